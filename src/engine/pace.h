/* How often connections may start: in all, and towards one address. Without
 * bursts: a pause saves nothing up. Whoever had to wait and is then let go late
 * by at most PACE_CATCH_UP_NS, or by one interval where that is longer, starts
 * late, but those after him do not: the rate holds although each
 * wake-up comes a little late. */
#ifndef ENGINE_PACE_H
#define ENGINE_PACE_H

#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/rate.h"

#define PACE_CATCH_UP_NS INT64_C(10000000)

/* A moment to the picosecond. In one number it would end after 106 days. */
struct pace_moment {
    int64_t ns;
    int64_t ps; /* beyond ns: 0-999 */
};

struct pace_host {
    struct address address; /* port 0; FAMILY_ANY: an empty place */
    struct pace_moment next;
};

struct pace {
    struct rate total;
    struct rate host;
    struct pace_moment next; /* when the next connection may start, in all */
    struct pace_host *hosts; /* open addressing; those whose time has passed are forgotten */
    size_t host_count;
    size_t host_capacity; /* a power of two, or 0 */
};

void pace_init(struct pace *pace, struct rate total, struct rate host);
void pace_fini(struct pace *pace);

/* When a connection may start at the earliest, in all: now_ns or later. */
int64_t pace_total_ns(const struct pace *pace, int64_t now_ns);
/* The same towards this address (its port does not count). */
int64_t pace_host_ns(const struct pace *pace, const struct address *address, int64_t now_ns);

/* A connection starts at now_ns, which pace_total_ns() allowed; it has waited
 * for that since since_ns. */
void pace_take_total(struct pace *pace, int64_t now_ns, int64_t since_ns);
/* The same for pace_host_ns(). Returns 0 or -ENOMEM, and then nothing was counted. */
int pace_take_host(struct pace *pace, const struct address *address, int64_t now_ns,
                   int64_t since_ns) __attribute__((warn_unused_result));

#endif
