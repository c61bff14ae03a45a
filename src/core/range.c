/* Threshold ranges, by the letter of the Monitoring Plugins' guidelines.
 *
 * Their own C parser lets atof() decide, so that "10s", "1o" and "" are
 * thresholds too. A threshold that was misread is an alert that never comes:
 * what is not of the form is refused. Doubles were rejected as well: 0.1 could
 * not be shown again as it was written. */
#include "core/range.h"

#include <string.h>

#include "core/duration.h"
#include "core/number.h"

/* "12.5" or "-12.5". The largest int64_t stands for no end and is no end. */
static bool parse_end(const char *text, size_t length, int64_t *ns)
{
    bool is_negative = length > 0 && text[0] == '-';
    int64_t value;
    if (number_parse_decimal(text + is_negative, length - is_negative, &value) != NUMBER_OK ||
        value == INT64_MAX)
        return false;
    *ns = is_negative ? -value : value;
    return true;
}

bool range_parse(const char *text, size_t length, struct range *range)
{
    struct range parsed = {.start_ns = 0, .end_ns = INT64_MAX};
    parsed.alerts_inside = length > 0 && text[0] == '@';
    text += parsed.alerts_inside;
    length -= parsed.alerts_inside;

    const char *colon = length > 0 ? memchr(text, ':', length) : NULL;
    const char *end = colon != NULL ? colon + 1 : text;
    size_t end_length = length - (size_t)(end - text);
    if (colon != NULL) {
        size_t start_length = (size_t)(colon - text);
        if (start_length == 1 && text[0] == '~')
            parsed.start_ns = INT64_MIN;
        else if (!parse_end(text, start_length, &parsed.start_ns))
            return false;
    }
    bool is_open = colon != NULL && end_length == 0;
    if ((!is_open && !parse_end(end, end_length, &parsed.end_ns)) ||
        parsed.start_ns > parsed.end_ns)
        return false;
    *range = parsed;
    return true;
}

bool range_alerts(const struct range *range, int64_t ns)
{
    bool is_inside = ns >= range->start_ns && ns <= range->end_ns;
    return is_inside == range->alerts_inside;
}

static void append_end(struct text *text, int64_t ns)
{
    int64_t unit_ns = NS_PER_S;
    int decimals = 0;
    while (ns % unit_ns != 0) {
        unit_ns /= 10;
        decimals++;
    }
    text_append_seconds(text, ns, decimals);
}

void range_append(struct text *text, const struct range *range)
{
    bool has_end = range->end_ns != INT64_MAX;
    if (range->alerts_inside)
        text_append_char(text, '@');
    if (range->start_ns == INT64_MIN)
        text_append_string(text, "~:");
    else if (range->start_ns != 0 || !has_end) {
        append_end(text, range->start_ns);
        text_append_char(text, ':');
    }
    if (has_end)
        append_end(text, range->end_ns);
}
