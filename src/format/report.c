/* The table of formats, and what several of them need.
 *
 * The date is computed from the day's number in the Gregorian calendar: gmtime_r(3) does the same
 * behind a lock and the time-zone database. A stateful writer object for each format was the
 * other shape for report_format; a table of functions over values leaves nothing to close on the
 * way out, and the formats that must remember something say so in report_memory. */
#include "format/report.h"

#include <string.h>

#include "core/duration.h"
#include "format/prose.h"

#define SECONDS_PER_DAY         86400
#define COLUMN_MAX              40
#define DAYS_PER_400_YEARS      146097
#define DAYS_TO_MARCH_OF_YEAR_0 719468 /* from 0000-03-01 to 1970-01-01 */

static const struct report_format *const formats[] = {
    &report_text,  &report_json, &report_jsonl,      &report_csv,
    &report_junit, &report_tap,  &report_prometheus, &report_nagios,
};

const struct report_format *report_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const char *report_format_names(void)
{
    return "text, json, jsonl, csv, junit, tap, prometheus, nagios";
}

void report_memory_init(struct report_memory *memory)
{
    *memory = (struct report_memory){0};
    seen_init(&memory->seen);
}

void report_memory_fini(struct report_memory *memory)
{
    seen_fini(&memory->seen);
    *memory = (struct report_memory){0};
}

static uint32_t fitted_width(uint32_t width, const struct text *column)
{
    size_t needed = prose_columns(column);

    if (needed > COLUMN_MAX)
        needed = COLUMN_MAX;
    return needed > width ? (uint32_t)needed : width;
}

void report_context_fit(struct report_context *context, const struct check *check)
{
    struct text column;

    text_init(&column, SIZE_MAX);
    report_append_name(&column, check, text_append_escaped);
    context->name_width = fitted_width(context->name_width, &column);
    if (check->name != NULL) {
        text_clear(&column);
        report_append_target(&column, check, text_append_escaped);
        context->target_width = fitted_width(context->target_width, &column);
    }
    text_fini(&column);
}

void report_append_target(struct text *out, const struct check *check,
                          void (*append)(struct text *out, const char *bytes, size_t length))
{
    bool needs_brackets = strchr(check->host, ':') != NULL;

    if (needs_brackets)
        text_append_char(out, '[');
    append(out, check->host, strlen(check->host));
    text_append_string(out, needs_brackets ? "]:" : ":");
    text_append_int(out, check->port);
}

void report_append_name(struct text *out, const struct check *check,
                        void (*append)(struct text *out, const char *bytes, size_t length))
{
    if (check->name != NULL)
        append(out, check->name, strlen(check->name));
    else
        report_append_target(out, check, append);
}

int64_t report_measured_ns(const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct tried *decisive = result_decisive(result);

    if (result->is_success || attempt == NULL)
        return result->response_time_ns;
    if (decisive != NULL && decisive->outcome == TCPCHECK_OPEN)
        return decisive->connect_time_ns;
    return attempt->wall_ns;
}

int64_t report_started_ns(const struct report_context *context, const struct result *result)
{
    int64_t began_ns = result->began_ns != 0 ? result->began_ns : result->started_ns;
    return began_ns + context->wall_offset_ns;
}

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

static void write_two_digits(char *at, int64_t number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
}

/* Years are counted from March, so that the leap day is a year's last; every
 * month of such a year begins (153 * month + 2) / 5 days into it. */
static void append_date(struct text *out, int64_t days_since_1970)
{
    int64_t days = days_since_1970 + DAYS_TO_MARCH_OF_YEAR_0;
    int64_t era = floor_divide(days, DAYS_PER_400_YEARS);
    int64_t day_of_era = days - era * DAYS_PER_400_YEARS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t year = era * 400 + year_of_era + (month >= 10);

    char rest[] = "-MM-DD";
    write_two_digits(rest + 1, month < 10 ? month + 3 : month - 9);
    write_two_digits(rest + 4, day_of_year - (153 * month + 2) / 5 + 1);
    text_append_padded_int(out, year, 4);
    text_append_string(out, rest);
}

/* "2024-01-01T12:00:00". */
static void append_date_and_time(struct text *out, int64_t seconds_since_1970)
{
    int64_t days = floor_divide(seconds_since_1970, SECONDS_PER_DAY);
    int64_t second_of_day = seconds_since_1970 - days * SECONDS_PER_DAY;

    char time[] = "Thh:mm:ss";

    write_two_digits(time + 1, second_of_day / 3600);
    write_two_digits(time + 4, second_of_day / 60 % 60);
    write_two_digits(time + 7, second_of_day % 60);
    append_date(out, days);
    text_append_string(out, time);
}

void report_append_moment(struct text *out, int64_t utc_ns)
{
    int64_t seconds = floor_divide(utc_ns, NS_PER_S);

    append_date_and_time(out, seconds);
    text_append_char(out, '.');
    text_append_padded_int(out, (utc_ns - seconds * NS_PER_S) / 1000, 6);
    text_append_char(out, 'Z');
}

void report_append_timestamp(struct text *out, const struct report_context *context,
                             const struct result *result)
{
    append_date_and_time(out, floor_divide(report_started_ns(context, result), NS_PER_S));
    text_append_char(out, 'Z');
}
