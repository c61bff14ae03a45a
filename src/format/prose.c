/* What the lines of the text format are made of. Marks are words and not signs: they line up in
 * every font, survive a log, and can be searched for. */
#include "format/prose.h"

#include <string.h>

#include "core/duration.h"
#include "core/finding.h"
#include "core/utf8.h"
#include "format/report.h"

#define NUMBER_COLUMNS 5
#define ELLIPSIS       "..."

struct time_form {
    int64_t below_ns; /* of what is rounded: 9.995 ms is already "10.0 ms" */
    int64_t factor;   /* makes seconds of the unit */
    int decimals;
    const char *unit;
};

static const struct time_form time_forms[] = {
    {999500, 1000, 3, "ms"},    {9995000, 1000, 2, "ms"},         {99950000, 1000, 1, "ms"},
    {999500000, 1000, 0, "ms"}, {INT64_C(9995000000), 1, 2, "s"}, {INT64_C(99950000000), 1, 1, "s"},
    {INT64_MAX, 1, 0, "s"},
};

static const struct time_form *find_time_form(int64_t ns)
{
    const struct time_form *form = time_forms;

    while (ns >= form->below_ns && form->below_ns != INT64_MAX)
        form++;
    return form;
}

void prose_append_time(struct text *out, int64_t ns)
{
    const struct time_form *form = find_time_form(ns);

    text_append_seconds(out, ns * form->factor, form->decimals);
    text_append_strings(out, " ", form->unit, NULL);
}

static void append_spaces(struct text *out, size_t count)
{
    while (count-- > 0)
        text_append_char(out, ' ');
}

/* Digits before the point once the number is rounded. */
static size_t count_digits(int64_t ns, int decimals)
{
    int64_t half_ns = NS_PER_S / 2;
    size_t count = 1;

    for (; decimals > 0; decimals--)
        half_ns /= 10;
    for (int64_t number = (ns + half_ns) / NS_PER_S; number >= 10; number /= 10)
        count++;
    return count;
}

void prose_append_time_column(struct text *out, int64_t ns)
{
    const struct time_form *form = find_time_form(ns);
    size_t columns = count_digits(ns * form->factor, form->decimals);

    if (form->decimals > 0)
        columns += 1 + (size_t)form->decimals;
    append_spaces(out, columns < NUMBER_COLUMNS ? NUMBER_COLUMNS - columns : 0);
    prose_append_time(out, ns);
    append_spaces(out, 2 - strlen(form->unit));
}

static const char *mark_color(const struct result *result)
{
    if (!result->is_success)
        return result->verdict == TCPCHECK_UNKNOWN ? "\033[33m" : "\033[31m";
    return (result->notes & 1u << NOTE_SLOW) != 0 ? "\033[33m" : "\033[32m";
}

void prose_append_mark(struct text *out, const struct result *result, bool is_colored)
{
    const char *mark = "FAIL";

    if (result->is_success)
        mark = "ok  ";
    else if (result->verdict == TCPCHECK_UNKNOWN)
        mark = "????";
    if (is_colored)
        text_append_strings(out, mark_color(result), mark, "\033[0m", NULL);
    else
        text_append_string(out, mark);
}

void prose_pad(struct text *out, size_t start, size_t columns)
{
    if (!text_is_ok(out) || out->length < start)
        return;
    size_t taken = utf8_width(out->bytes + start, out->length - start);
    append_spaces(out, taken < columns ? columns - taken : 0);
}

void prose_append_wrapped(struct text *out, const char *words, size_t indent)
{
    size_t column = indent;

    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        size_t width = utf8_width(words, length);
        if (column > indent && column + 1 + width > PROSE_COLUMNS) {
            text_append_char(out, '\n');
            append_spaces(out, indent);
            column = indent;
        } else if (column > indent) {
            text_append_char(out, ' ');
            column++;
        }
        text_append_escaped(out, words, length);
        column += width;
        words += length;
        words += strspn(words, " ");
    }
}

static size_t character_size(const char *bytes, size_t length)
{
    uint32_t code_point;
    size_t size = utf8_decode(bytes, length, &code_point);

    return size > 0 ? size : 1;
}

/* How many bytes at the start fit into `columns`. */
static size_t fit_head(const char *bytes, size_t length, size_t columns)
{
    size_t fitting = 0;

    while (fitting < length) {
        size_t size = character_size(bytes + fitting, length - fitting);
        size_t width = utf8_width(bytes + fitting, size);
        if (width > columns)
            break;
        columns -= width;
        fitting += size;
    }
    return fitting;
}

/* The same at the end, of a string that is `width` wide. */
static size_t fit_tail(const char *bytes, size_t length, size_t width, size_t columns)
{
    size_t start = 0;

    while (start < length && width > columns) {
        size_t size = character_size(bytes + start, length - start);
        width -= utf8_width(bytes + start, size);
        start += size;
    }
    return length - start;
}

void prose_append_shortened(struct text *out, const char *string, size_t columns)
{
    size_t length = strlen(string);
    size_t width = utf8_width(string, length);
    size_t kept = columns > strlen(ELLIPSIS) ? columns - strlen(ELLIPSIS) : 0;

    if (width <= columns) {
        text_append(out, string, length);
        return;
    }
    size_t tail = fit_tail(string, length, width, kept / 2);
    text_append(out, string, fit_head(string, length, kept - kept / 2));
    text_append_string(out, ELLIPSIS);
    text_append(out, string + length - tail, tail);
}

size_t prose_columns(const struct text *text)
{
    return utf8_width(text_string(text), strlen(text_string(text)));
}

void prose_append_error(struct text *out, const struct result *result)
{
    const char *error = result_error(result);

    text_append_escaped(out, error, strlen(error));
    if (!result->is_too_slow)
        return;
    text_append_string(out, ": ");
    prose_append_time(out, report_measured_ns(result));
}

void prose_append_detail(struct text *out, const struct result *result)
{
    struct text detail;

    text_init(&detail, SIZE_MAX);
    finding_append_detail(&detail, result);
    text_fail_with(out, &detail);
    text_append_string(out, detail.length > 0 ? ", " : "");
    text_append_escaped(out, text_string(&detail), detail.length);
    text_fini(&detail);
}

void prose_append_count(struct text *out, uint64_t count, const char *noun)
{
    text_append_int(out, (int64_t)count);
    text_append_strings(out, " ", noun, count == 1 ? "" : "s", NULL);
}

uint32_t prose_notes(const struct result *result)
{
    return result->is_too_slow ? result->notes & ~(1u << NOTE_SLOW) : result->notes;
}

struct family_words {
    const char *connection;
    const char *lookup;
    const char *delay;
};

/* What failed of a family: where its lookup did, none of its addresses can have been tried. */
static const char *family_note(const struct result *result, size_t family,
                               const struct family_words *words)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct lookup_facts *facts = attempt != NULL ? attempt->lookup : NULL;
    if (facts == NULL || !facts->families[family].is_asked)
        return words->connection;
    enum answer answer = facts->families[family].answer;
    if (answer == ANSWER_NONE)
        return words->delay;
    return answer_is_failure(answer) ? words->lookup : words->connection;
}

const char *prose_note(const struct result *result, enum note note)
{
    static const struct family_words ipv6 = {"IPv6 failed", "IPv6 addresses could not be looked up",
                                             "IPv6 addresses not known in time"};
    static const struct family_words ipv4 = {"IPv4 failed", "IPv4 addresses could not be looked up",
                                             "IPv4 addresses not known in time"};

    switch (note) {
    case NOTE_RESET_AFTER_HANDSHAKE: return "the peer reset it after the handshake";
    case NOTE_ZERO_WINDOW: return "the peer accepts no data";
    case NOTE_SYNACK_REPEATED: return "the peer repeats its SYN-ACK";
    case NOTE_IPV6_FAILED: return family_note(result, LOOKUP_IPV6, &ipv6);
    case NOTE_IPV4_FAILED: return family_note(result, LOOKUP_IPV4, &ipv4);
    case NOTE_SLOW: return "slow";
    case NOTE_CLOCK_MS: return "time known to 1 ms only";
    case NOTE_COUNT: break;
    }
    return "";
}
