/* The way from the monotonic clock to UTC. */
#ifndef NET_WALL_CLOCK_H
#define NET_WALL_CLOCK_H

#include <stdint.h>

/* What to add now to a monotonic time for nanoseconds since 1970, UTC. */
int64_t wall_clock_offset_ns(void);

#endif
