/* Numbers as the product writes them: decimal only, no locale, no exponent. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_error {
    NUMBER_OK,
    NUMBER_MALFORMED,    /* not of the form below */
    NUMBER_OUT_OF_RANGE, /* well formed, but outside what fits or was asked */
};

/* 0|[1-9][0-9]* within min..max. min and max must not be negative. */
enum number_error number_parse_int(const char *text, size_t length, int64_t min, int64_t max,
                                   int64_t *number);

/* An integer as above, or one with a point and 1-9 digits after it, as
 * billionths: "1.5" is 1,500,000,000. A tenth digit is malformed. */
enum number_error number_parse_decimal(const char *text, size_t length, int64_t *billionths);

/* Written so that number_parse_int() or number_parse_decimal() reads it. */
bool number_is_well_formed(const char *text, size_t length);

/* Why `text`, though other languages take it for a number, is none here, as a
 * clause for a message ("octal is not accepted: write 80"), or NULL when it
 * does not look like a number at all. Hexadecimal, octal, leading zeros,
 * signs, exponents, underscores, .inf and .nan. */
const char *number_oddity(const char *text, size_t length);

#endif
