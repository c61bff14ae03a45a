/* How durations are spread, in memory that does not grow with their number. */
#ifndef CORE_HISTOGRAM_H
#define CORE_HISTOGRAM_H

#include <stdint.h>

/* Each power of two of nanoseconds, from 1024 ns to 4.9 hours, is cut into this many equal buckets;
 * what is shorter goes into buckets of 32 ns, what is longer into the last one. */
#define HISTOGRAM_PARTS   32
#define HISTOGRAM_OCTAVES 34
#define HISTOGRAM_BUCKETS (HISTOGRAM_PARTS * (HISTOGRAM_OCTAVES + 1))

/* Zeroed, it is empty. */
struct histogram {
    uint64_t count;
    int64_t min_ns; /* these two are exact */
    int64_t max_ns;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* A negative duration counts as 0. */
void histogram_add(struct histogram *histogram, int64_t ns);

/* As if all that `from` was given had been added to `into`. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* The shortest duration that is not shorter than this share, in thousandths (1-1000), of all:
 * the nearest rank. Off by at most 1.6 % (16 ns below 1 us), never outside of what was added; of
 * durations above 4.9 hours it may be any up to the longest. 0 where there is none. */
int64_t histogram_quantile(const struct histogram *histogram, uint32_t thousandths);

/* How many are in from_ns <= x < to_ns, where a bucket counts as its middle. */
uint64_t histogram_count(const struct histogram *histogram, int64_t from_ns, int64_t to_ns);

#endif
