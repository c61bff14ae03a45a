/* Durations: a decimal and a unit, in integers from end to end. Sums like
 * "1h30m" were left out: one way to write a value is enough. */
#include "core/duration.h"

#include <string.h>

struct unit {
    const char *suffix;
    int64_t ns;
};

/* From the largest. */
static const struct unit units[] = {
    {"h", NS_PER_HOUR},
    {"m", 60 * NS_PER_S},
    {"s", NS_PER_S},
    {"ms", NS_PER_MS},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

/* The unit that `suffix` names; none is seconds. NULL: there is no such unit. */
static const struct unit *find_unit(const char *suffix, size_t length)
{
    if (length == 0)
        return find_unit("s", 1);
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (strlen(units[i].suffix) == length && memcmp(units[i].suffix, suffix, length) == 0)
            return &units[i];
    return NULL;
}

/* Billionths of a unit as ns; the order of the operations keeps it within int64_t. */
static int64_t fraction_to_ns(int64_t billionths, int64_t unit_ns)
{
    if (unit_ns >= NS_PER_S)
        return billionths * (unit_ns / NS_PER_S);
    return (billionths * unit_ns + NS_PER_S / 2) / NS_PER_S;
}

enum number_error duration_parse(const char *text, size_t length, int64_t min_ns, int64_t max_ns,
                                 int64_t *ns)
{
    size_t digits = 0;
    while (digits < length && ((text[digits] >= '0' && text[digits] <= '9') || text[digits] == '.'))
        digits++;
    const struct unit *unit = find_unit(text + digits, length - digits);
    if (unit == NULL)
        return NUMBER_MALFORMED;

    int64_t billionths;
    enum number_error error = number_parse_decimal(text, digits, &billionths);
    if (error != NUMBER_OK)
        return error;
    int64_t value;
    if (__builtin_mul_overflow(billionths / NS_PER_S, unit->ns, &value) ||
        __builtin_add_overflow(value, fraction_to_ns(billionths % NS_PER_S, unit->ns), &value) ||
        value < min_ns || value > max_ns)
        return NUMBER_OUT_OF_RANGE;
    *ns = value;
    return NUMBER_OK;
}

/* Decimals of `rest` out of `whole`, without zeros at the end. `whole` may be
 * 3600 s: dividing digit by digit finds those of "1.5h", too. */
static void append_fraction(struct text *text, int64_t rest, int64_t whole)
{
    if (rest > 0)
        text_append_char(text, '.');
    while (rest > 0) {
        text_append_char(text, (char)('0' + rest * 10 / whole));
        rest = rest * 10 % whole;
    }
}

void duration_append(struct text *text, int64_t ns)
{
    if (ns == 0) {
        text_append_string(text, "0s");
        return;
    }
    const struct unit *unit = units;
    const struct unit *smallest = &units[UNIT_COUNT - 1];
    while (unit != smallest && (ns < unit->ns || ns % unit->ns % (unit->ns / 1000) != 0))
        unit++;
    text_append_int(text, ns / unit->ns);
    append_fraction(text, ns % unit->ns, unit->ns);
    text_append_string(text, unit->suffix);
}
