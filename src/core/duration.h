/* Durations: "10", "1.5" (seconds), "250ms", "1.5s", "2m", "1h". */
#ifndef CORE_DURATION_H
#define CORE_DURATION_H

#include <stddef.h>
#include <stdint.h>

#include "core/number.h"
#include "core/text.h"

#define NS_PER_US   INT64_C(1000)
#define NS_PER_MS   INT64_C(1000000)
#define NS_PER_S    INT64_C(1000000000)
#define NS_PER_HOUR (3600 * NS_PER_S)

/* ns is rounded to the nearest nanosecond. NUMBER_OUT_OF_RANGE outside
 * min_ns..max_ns, both 0 or more. */
enum number_error duration_parse(const char *text, size_t length, int64_t min_ns, int64_t max_ns,
                                 int64_t *ns);

/* Exactly, in the largest unit of which it is at least one and that needs no more
 * than three decimals, down to ms: "10s", "1.5s", "250ms", "1h". Below a
 * millisecond as decimals of ms. ns must not be negative. */
void duration_append(struct text *text, int64_t ns);

#endif
