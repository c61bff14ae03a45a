#include "net/wall_clock.h"

#include <time.h>

#include "core/duration.h"

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t wall_clock_offset_ns(void)
{
    return read_clock(CLOCK_REALTIME) - read_clock(CLOCK_MONOTONIC);
}
