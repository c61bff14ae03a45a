/* Log-linear buckets, as in HdrHistogram: the octave is the place of the highest bit, and the five
 * bits behind it are the bucket in it. So a bucket is 1/32 of its lower end wide, and its middle is
 * off by half of that. Sketches that keep samples (t-digest) are smaller and more exact at the ends,
 * and neither merge nor repeat exactly. */
#include "core/histogram.h"

#include <stdbool.h>
#include <stddef.h>

#define PART_BITS  5
#define FIRST_BITS 10 /* 1024 ns: where the octaves begin */

static int highest_bit(uint64_t number)
{
    int bit = 0;
    while (number >>= 1)
        bit++;
    return bit;
}

static size_t bucket_of(int64_t ns)
{
    uint64_t value = (uint64_t)ns;
    if (value < UINT64_C(1) << FIRST_BITS)
        return (size_t)(value >> (FIRST_BITS - PART_BITS));
    int octave = highest_bit(value) - FIRST_BITS;
    if (octave >= HISTOGRAM_OCTAVES)
        return HISTOGRAM_BUCKETS - 1;
    size_t part = (size_t)(value >> (octave + FIRST_BITS - PART_BITS)) - HISTOGRAM_PARTS;
    return ((size_t)octave + 1) * HISTOGRAM_PARTS + part;
}

static int64_t middle_of(size_t bucket)
{
    size_t octave = bucket / HISTOGRAM_PARTS;
    size_t part = bucket % HISTOGRAM_PARTS;
    size_t shift = FIRST_BITS - PART_BITS + (octave > 0 ? octave - 1 : 0);
    uint64_t start = (octave > 0 ? part + HISTOGRAM_PARTS : part) << shift;
    return (int64_t)(start + (UINT64_C(1) << shift) / 2);
}

void histogram_add(struct histogram *histogram, int64_t ns)
{
    if (ns < 0)
        ns = 0;
    if (histogram->count == 0 || ns < histogram->min_ns)
        histogram->min_ns = ns;
    if (ns > histogram->max_ns)
        histogram->max_ns = ns;
    histogram->count++;
    histogram->buckets[bucket_of(ns)]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min_ns < into->min_ns)
        into->min_ns = from->min_ns;
    if (from->max_ns > into->max_ns)
        into->max_ns = from->max_ns;
    into->count += from->count;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

/* The last bucket has no middle: what is longer than it is there too. */
static int64_t value_of(const struct histogram *histogram, size_t bucket)
{
    int64_t value = bucket == HISTOGRAM_BUCKETS - 1 ? histogram->max_ns : middle_of(bucket);
    if (value < histogram->min_ns)
        return histogram->min_ns;
    return value > histogram->max_ns ? histogram->max_ns : value;
}

/* ceil(count * thousandths / 1000), without overflow. */
static uint64_t rank_of(uint64_t count, uint32_t thousandths)
{
    uint64_t whole = count / 1000 * thousandths;
    return whole + (count % 1000 * thousandths + 999) / 1000;
}

int64_t histogram_quantile(const struct histogram *histogram, uint32_t thousandths)
{
    uint64_t rank = rank_of(histogram->count, thousandths);
    uint64_t seen = 0;
    if (histogram->count == 0)
        return 0;
    if (rank >= histogram->count)
        return histogram->max_ns;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= rank && seen > 0)
            return value_of(histogram, i);
    }
    return histogram->max_ns;
}

uint64_t histogram_count(const struct histogram *histogram, int64_t from_ns, int64_t to_ns)
{
    uint64_t count = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        int64_t value = value_of(histogram, i);
        bool is_inside = value >= from_ns && value < to_ns;
        count += is_inside ? histogram->buckets[i] : 0;
    }
    return count;
}
