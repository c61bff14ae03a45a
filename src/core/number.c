/* Decimal numbers, strictly, and a polite word about all the others.
 *
 * strtol() and strtod() are not used: they skip blanks, take signs, octal,
 * hexadecimal and exponents, and read the point by the locale. */
#include "core/number.h"

#include <string.h>

#define BILLION      INT64_C(1000000000)
#define DECIMALS_MAX 9

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* How many of the first bytes are digits. */
static size_t count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_digit(text[count]))
        count++;
    return count;
}

/* How many of the first bytes are 0|[1-9][0-9]*; 0 when a digit follows "0". */
static size_t count_integer(const char *text, size_t length)
{
    size_t count = count_digits(text, length);
    return count > 1 && text[0] == '0' ? 0 : count;
}

static bool read_digits(const char *text, size_t count, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, text[i] - '0', number))
            return false;
    return true;
}

enum number_error number_parse_int(const char *text, size_t length, int64_t min, int64_t max,
                                   int64_t *number)
{
    int64_t value;
    if (length == 0 || count_integer(text, length) != length)
        return NUMBER_MALFORMED;
    if (!read_digits(text, length, &value) || value < min || value > max)
        return NUMBER_OUT_OF_RANGE;
    *number = value;
    return NUMBER_OK;
}

bool number_is_well_formed(const char *text, size_t length)
{
    size_t whole = count_integer(text, length);
    if (whole == 0 || whole == length)
        return whole > 0;
    size_t decimals = count_digits(text + whole + 1, length - whole - 1);
    return text[whole] == '.' && decimals == length - whole - 1 && decimals >= 1 &&
           decimals <= DECIMALS_MAX;
}

enum number_error number_parse_decimal(const char *text, size_t length, int64_t *billionths)
{
    if (!number_is_well_formed(text, length))
        return NUMBER_MALFORMED;

    size_t whole = count_integer(text, length);
    int64_t fraction = 0;
    size_t decimals = 0;
    if (whole < length) {
        decimals = length - whole - 1;
        (void)read_digits(text + whole + 1, decimals, &fraction);
    }
    for (; decimals < DECIMALS_MAX; decimals++)
        fraction *= 10;

    int64_t value;
    if (!read_digits(text, whole, &value) || __builtin_mul_overflow(value, BILLION, &value) ||
        __builtin_add_overflow(value, fraction, &value))
        return NUMBER_OUT_OF_RANGE;
    *billionths = value;
    return NUMBER_OK;
}

/* `word` is in lower case. */
static bool is_word(const char *text, size_t length, const char *word)
{
    if (length != strlen(word))
        return false;
    for (size_t i = 0; i < length; i++) {
        bool is_upper = text[i] >= 'A' && text[i] <= 'Z';
        if ((is_upper ? text[i] - 'A' + 'a' : text[i]) != word[i])
            return false;
    }
    return true;
}

/* "0x50" and the like: a zero, the letter, and digits of that base only. */
static bool has_prefix(const char *text, size_t length, char letter, const char *digits)
{
    if (length < 3 || text[0] != '0' || (text[1] | 0x20) != letter)
        return false;
    for (size_t i = 2; i < length; i++)
        if (text[i] == '\0' || strchr(digits, text[i]) == NULL)
            return false;
    return true;
}

/* Digits with at least one of `extra` among or after them, and nothing else. */
static bool is_digits_and(const char *text, size_t length, char extra)
{
    bool has_extra = false;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i]) && text[i] != '.' && text[i] != extra)
            return false;
        has_extra = has_extra || text[i] == extra;
    }
    return length > 0 && is_digit(text[0]) && has_extra;
}

/* Digits with a point among, before or after them; 0 when the text does not start so. */
static size_t count_mantissa(const char *text, size_t length)
{
    size_t whole = count_digits(text, length);
    if (whole == length || text[whole] != '.')
        return whole;
    return whole + 1 + count_digits(text + whole + 1, length - whole - 1);
}

static bool has_exponent(const char *text, size_t length)
{
    size_t at = count_mantissa(text, length);
    if (at == 0 || at == length || (text[at] | 0x20) != 'e')
        return false;
    at++;
    if (at < length && (text[at] == '+' || text[at] == '-'))
        at++;
    return at < length && count_digits(text + at, length - at) == length - at;
}

/* What is wrong with digits and at most one point that are not well formed. */
static const char *mantissa_oddity(const char *text, size_t length)
{
    if (length < 2 || count_mantissa(text, length) != length)
        return NULL;
    if (text[0] == '.' || text[length - 1] == '.')
        return "a digit is needed on both sides of the point";
    if (text[0] == '0' && text[1] != '.')
        return "leading zeros are not accepted";
    return "more than 9 digits after the point are not accepted";
}

static const char *unsigned_oddity(const char *text, size_t length)
{
    if (has_prefix(text, length, 'x', "0123456789abcdefABCDEF_"))
        return "hexadecimal is not accepted: write it in decimal";
    if (has_prefix(text, length, 'o', "01234567_"))
        return "octal is not accepted: write it in decimal";
    if (has_prefix(text, length, 'b', "01_"))
        return "binary is not accepted: write it in decimal";
    if (has_exponent(text, length))
        return "an exponent is not accepted: write all digits";
    if (is_digits_and(text, length, '_'))
        return "an underscore in a number is not accepted";
    if (is_digits_and(text, length, ','))
        return "a comma in a number is not accepted";
    return mantissa_oddity(text, length);
}

const char *number_oddity(const char *text, size_t length)
{
    if (number_is_well_formed(text, length))
        return NULL;

    bool is_signed = length > 1 && (text[0] == '+' || text[0] == '-');
    const char *rest = is_signed ? text + 1 : text;
    size_t rest_length = is_signed ? length - 1 : length;
    if (is_word(rest, rest_length, ".inf") || is_word(rest, rest_length, "inf") ||
        is_word(rest, rest_length, "infinity"))
        return "infinity is not accepted";
    if (is_word(rest, rest_length, ".nan") || is_word(rest, rest_length, "nan"))
        return "not-a-number is not accepted";

    const char *oddity = unsigned_oddity(rest, rest_length);
    if (is_signed && (oddity != NULL || number_is_well_formed(rest, rest_length)))
        return text[0] == '-' ? "a negative number is not accepted" : "a plus sign is not accepted";
    return oddity;
}
