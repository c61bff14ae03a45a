/* How often connections may start: in all, and towards one address. Without
 * bursts: a pause saves nothing up. */
#ifndef ENGINE_PACE_H
#define ENGINE_PACE_H

#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/rate.h"

struct pace_host;

struct pace {
    struct rate total;
    struct rate host;
    int64_t next_ps; /* when the next connection may start, in all */
    struct pace_host *hosts; /* open addressing; those whose time has passed are forgotten */
    size_t host_count;
    size_t host_capacity;
};

void pace_init(struct pace *pace, struct rate total, struct rate host);
void pace_fini(struct pace *pace);

/* When a connection may start at the earliest, in all: now_ns or later. */
int64_t pace_total_ns(const struct pace *pace, int64_t now_ns);
/* The same towards this address (its port does not count). */
int64_t pace_host_ns(const struct pace *pace, const struct address *address, int64_t now_ns);

/* A connection starts at now_ns, which both functions above allowed. Returns 0
 * or -ENOMEM, and then nothing was counted. */
int pace_take(struct pace *pace, const struct address *address, int64_t now_ns)
    __attribute__((warn_unused_result));

#endif
