/* Rows of the histogram end at 1, 2 and 5 times a power of ten, which people can read; the
 * buckets end elsewhere, so that what is within 3 % of such an end may be counted on either side. */
#include "format/summary.h"

#include <string.h>

#include "core/duration.h"
#include "format/prose.h"

#define CLASS_COLUMNS 16
#define COUNT_COLUMNS 10
#define TIME_COLUMNS  12
#define BAR_COLUMNS   40
#define PROGRESS_MAX  512

static void append_right(struct text *out, const struct text *cell, size_t columns)
{
    for (size_t width = prose_columns(cell); width < columns; width++)
        text_append_char(out, ' ');
    text_fail_with(out, cell);
    text_append_string(out, text_string(cell));
}

static void append_count(struct text *out, uint64_t count)
{
    struct text cell;
    text_init(&cell, PROGRESS_MAX);
    text_append_int(&cell, (int64_t)count);
    append_right(out, &cell, COUNT_COLUMNS);
    text_fini(&cell);
}

static void append_time(struct text *out, int64_t ns)
{
    struct text cell;
    text_init(&cell, PROGRESS_MAX);
    prose_append_time_column(&cell, ns);
    append_right(out, &cell, TIME_COLUMNS);
    text_fini(&cell);
}

static void append_heading(struct text *out)
{
    static const char *const names[] = {"p50", "p90", "p99", "max"};
    size_t start = out->length;
    text_append_string(out, "class");
    for (size_t i = 0; i < 5; i++) {
        size_t end = CLASS_COLUMNS + COUNT_COLUMNS + i * TIME_COLUMNS;
        const char *name = i == 0 ? "count" : names[i - 1];
        prose_pad(out, start, end - strlen(name));
        text_append_string(out, name);
    }
    text_append_char(out, '\n');
}

static void append_row(struct text *out, const char *name, const struct histogram *histogram)
{
    static const uint32_t thousandths[] = {500, 900, 990, 1000};
    size_t start = out->length;
    text_append_string(out, name);
    prose_pad(out, start, CLASS_COLUMNS);
    append_count(out, histogram->count);
    for (size_t i = 0; i < sizeof thousandths / sizeof thousandths[0]; i++)
        append_time(out, histogram_quantile(histogram, thousandths[i]));
    text_append_char(out, '\n');
}

/* 1, 2, 5, 10, 20, ... microseconds. */
static int64_t next_edge(int64_t edge_ns)
{
    int64_t power = 1;
    while (power * 10 <= edge_ns)
        power *= 10;
    if (edge_ns / power == 1)
        return power * 2;
    return edge_ns / power == 2 ? power * 5 : power * 10;
}

static void append_bar(struct text *out, uint64_t count, uint64_t most)
{
    uint64_t columns = (count * BAR_COLUMNS + most - 1) / most;
    text_append_string(out, columns > 0 ? "  " : "");
    for (; columns > 0; columns--)
        text_append_char(out, '#');
    text_append_char(out, '\n');
}

struct spread {
    int64_t first_ns; /* the lower end of the first row */
    int64_t last_ns;  /* the upper end of the last */
    uint64_t most;    /* in a row */
};

static struct spread find_spread(const struct histogram *histogram)
{
    struct spread spread = {.first_ns = 0, .last_ns = 1000, .most = 1};
    for (int64_t from = 0; from <= histogram->max_ns; from = spread.last_ns) {
        spread.last_ns = from == 0 ? 1000 : next_edge(from);
        uint64_t count = histogram_count(histogram, from, spread.last_ns);
        spread.most = count > spread.most ? count : spread.most;
        if (spread.last_ns <= histogram->min_ns)
            spread.first_ns = spread.last_ns;
    }
    return spread;
}

static void append_histogram(struct text *out, const struct histogram *histogram)
{
    const struct spread spread = find_spread(histogram);
    text_append_string(out, "\nhandshake below      count\n");
    for (int64_t from = spread.first_ns; from < spread.last_ns;) {
        int64_t to = from == 0 ? 1000 : next_edge(from);
        uint64_t count = histogram_count(histogram, from, to);
        size_t start = out->length;
        append_time(out, to);
        prose_pad(out, start, CLASS_COLUMNS);
        append_count(out, count);
        append_bar(out, count, spread.most);
        from = to;
    }
}

/* Of all classes together: only where there are several is there a row for it. */
static void append_all(struct text *out, const struct run_times *times)
{
    struct histogram all = {.count = 0};
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        histogram_merge(&all, &times->response[i]);
    append_row(out, "all", &all);
}

void summary_append_times(struct text *out, const struct run_times *times)
{
    size_t rows = 0;
    append_heading(out);
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        if (times->response[i].count > 0) {
            append_row(out, outcome_info((enum tcpcheck_outcome)i)->name, &times->response[i]);
            rows++;
        }
    }
    if (rows != 1)
        append_all(out, times);
    if (times->connect.count > 0)
        append_histogram(out, &times->connect);
}

/* ---- progress ----------------------------------------------------------- */

/* "52 s", "12 min", "3 h 5 min". */
static void append_span(struct text *out, int64_t seconds)
{
    int64_t minutes = (seconds + 30) / 60;
    if (seconds < 120) {
        text_append_int(out, seconds);
        text_append_string(out, " s");
        return;
    }
    if (minutes >= 120) {
        text_append_int(out, minutes / 60);
        text_append_string(out, " h ");
        minutes %= 60;
    }
    text_append_int(out, minutes);
    text_append_string(out, " min");
}

/* Three digits, at most one of them behind the point. */
static void append_rate(struct text *out, uint64_t total, int64_t elapsed_ns)
{
    double rate = (double)total * (double)NS_PER_S / (double)elapsed_ns;
    text_append_string(out, ", ");
    if (rate < 100)
        text_append_seconds(out, (int64_t)(rate * (double)NS_PER_S), 1);
    else
        text_append_int(out, (int64_t)(rate + 0.5));
    text_append_string(out, "/s");
}

static void append_left(struct text *out, uint64_t total, uint64_t expected, int64_t elapsed_ns)
{
    if (total == 0 || expected <= total)
        return;
    double left_ns = (double)elapsed_ns / (double)total * (double)(expected - total);
    text_append_string(out, ", ");
    append_span(out, (int64_t)(left_ns / (double)NS_PER_S) + 1);
    text_append_string(out, " left");
}

/* The most frequent class that is not shown yet; OUTCOME_COUNT: none. */
static size_t find_next(const struct tally *tally, const bool is_shown[OUTCOME_COUNT])
{
    size_t next = OUTCOME_COUNT;
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        bool is_more = next == OUTCOME_COUNT || tally->by_outcome[i] > tally->by_outcome[next];
        if (tally->by_outcome[i] > 0 && !is_shown[i] && is_more)
            next = i;
    }
    return next;
}

static void append_classes(struct text *out, const struct tally *tally, size_t start,
                           size_t columns)
{
    bool is_shown[OUTCOME_COUNT] = {false};
    const char *separator = ": ";
    for (size_t i; (i = find_next(tally, is_shown)) != OUTCOME_COUNT; is_shown[i] = true) {
        size_t before = out->length;
        text_append_strings(out, separator, outcome_info((enum tcpcheck_outcome)i)->name, " ",
                            NULL);
        text_append_int(out, (int64_t)tally->by_outcome[i]);
        if (columns != 0 && text_is_ok(out) && out->length - start > columns) {
            text_cut(out, before);
            return;
        }
        separator = ", ";
    }
}

void summary_append_progress(struct text *out, const struct tally *tally, uint64_t expected,
                             int64_t elapsed_ns, size_t columns)
{
    size_t start = out->length;
    text_append_int(out, (int64_t)tally->total);
    if (expected != 0) {
        text_append_string(out, " of ");
        text_append_int(out, (int64_t)expected);
    }
    text_append_string(out, " checked in ");
    append_span(out, elapsed_ns / NS_PER_S);
    if (elapsed_ns > 0) {
        append_rate(out, tally->total, elapsed_ns);
        append_left(out, tally->total, expected, elapsed_ns);
    }
    append_classes(out, tally, start, columns);
}
