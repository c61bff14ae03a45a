#include "cli/threads.h"

#include <sched.h>

#include "core/duration.h"
#include "net/net.h"

#define SHORT_RUN 1000
/* Connections a second: a fraction of what one thread makes. */
#define EASY_RATE 10000
/* A thread with fewer connections than this has nothing to do that another could not. */
#define CONNECTIONS_EACH 32

#define PS_PER_S (NS_PER_S * 1000)

static uint32_t processor_count(void)
{
    cpu_set_t set;
    /* It fails where there are more processors than a set has room for. */
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return NET_WORKERS_MAX;
    }
    return (uint32_t)CPU_COUNT(&set);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static bool is_easy(const struct rate *rate)
{
    return rate->interval_ps >= PS_PER_S / EASY_RATE;
}

uint32_t threads_for(const struct options *options, uint64_t expected, const struct limits *limits)
{
    if (options->threads != 0) {
        return options->threads;
    }
    bool is_short = expected != 0 && expected < SHORT_RUN;
    if (is_short || is_easy(&limits->rate)) {
        return 1;
    }
    uint32_t busy = least(options->concurrency, net_socket_limit(true, 0) / CONNECTIONS_EACH);
    uint32_t count = least(least(processor_count(), NET_WORKERS_MAX), busy);
    return count == 0 ? 1 : count;
}
