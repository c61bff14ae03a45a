/* "N", "N/s" or "unlimited": how often something may happen. */
#ifndef CORE_RATE_H
#define CORE_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

/* One event each interval_ps picoseconds; 0 is unlimited. Picoseconds, since
 * at 300,000 a second a rounded nanosecond is already an error of 1 in 10^4. */
struct rate {
    int64_t interval_ps;
};

/* From 0.001 to 1,000,000,000 a second. False: not a rate. */
bool rate_parse(const char *text, size_t length, struct rate *rate);

/* "unlimited", or "N/s" with the shortest N that means this interval: what
 * rate_parse() was given, but for its superfluous digits. */
void rate_append(struct text *text, const struct rate *rate);

#endif
