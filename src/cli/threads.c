#include "cli/threads.h"

#include <sched.h>

#include "core/duration.h"
#include "net/net.h"

#define SHORT_RUN 1000
/* Connections a second: a fraction of what one thread makes. */
#define EASY_RATE 10000

#define PS_PER_S (NS_PER_S * 1000)

static uint32_t processor_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    uint32_t count = (uint32_t)CPU_COUNT(&set);
    return count < NET_WORKERS_MAX ? count : NET_WORKERS_MAX;
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
    return is_short || is_easy(&limits->rate) ? 1 : processor_count();
}
