/* Rates are kept as intervals: what a pacer adds up, without dividing again. */
#include "core/rate.h"

#include <string.h>

#include "core/number.h"

#define BILLION        INT64_C(1000000000)
#define MIN_BILLIONTHS INT64_C(1000000)             /* 0.001 a second */
#define MAX_BILLIONTHS INT64_C(1000000000000000000) /* 10^9 a second */

/* 10^21 / number, to the nearest: billionths of events a second to picoseconds
 * between them, and back. The dividend does not fit in 64 bits, and 128-bit
 * division is a call into libgcc: the last three digits by long division.
 * number is within 1000..10^18. */
static int64_t reciprocal(int64_t number)
{
    uint64_t divisor = (uint64_t)number;
    uint64_t quotient = UINT64_C(1000000000000000000) / divisor;
    uint64_t rest = UINT64_C(1000000000000000000) % divisor;
    for (int i = 0; i < 3; i++) {
        quotient = quotient * 10 + rest * 10 / divisor;
        rest = rest * 10 % divisor;
    }
    if (rest >= divisor - rest)
        quotient++;
    return (int64_t)quotient;
}

bool rate_parse(const char *text, size_t length, struct rate *rate)
{
    static const char unlimited[] = "unlimited";
    int64_t billionths;
    if (length == sizeof(unlimited) - 1 && memcmp(text, unlimited, length) == 0) {
        rate->interval_ps = 0;
        return true;
    }
    if (length > 2 && memcmp(text + length - 2, "/s", 2) == 0)
        length -= 2;
    if (number_parse_decimal(text, length, &billionths) != NUMBER_OK ||
        billionths < MIN_BILLIONTHS || billionths > MAX_BILLIONTHS)
        return false;
    rate->interval_ps = reciprocal(billionths);
    return true;
}

/* The roundest number of billionths that means this interval. */
static int64_t roundest(int64_t interval_ps)
{
    int64_t exact = reciprocal(interval_ps);
    for (int64_t unit = MAX_BILLIONTHS; unit > 1; unit /= 10) {
        int64_t rounded = (exact + unit / 2) / unit * unit;
        if (rounded >= MIN_BILLIONTHS && rounded <= MAX_BILLIONTHS &&
            reciprocal(rounded) == interval_ps)
            return rounded;
    }
    return exact;
}

void rate_append(struct text *text, const struct rate *rate)
{
    if (rate->interval_ps == 0) {
        text_append_string(text, "unlimited");
        return;
    }
    int64_t billionths = roundest(rate->interval_ps);
    int64_t fraction = billionths % BILLION;
    int decimals = 9;
    for (; decimals > 0 && fraction % 10 == 0; decimals--)
        fraction /= 10;
    text_append_int(text, billionths / BILLION);
    if (decimals > 0) {
        text_append_char(text, '.');
        text_append_padded_int(text, fraction, decimals);
    }
    text_append_string(text, "/s");
}
