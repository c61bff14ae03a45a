/* The format nagios: a whole run as the output of one plugin. The first line sums up and names what
 * failed, and carries the performance data of all checks, each under its name; the lines after it
 * say what became of each check. A file is thus one service for Nagios and its like. */
#include <stddef.h>
#include <string.h>

#include "format/escape.h"
#include "format/nagios.h"
#include "format/prose.h"
#include "format/report.h"

#define NAME_COLUMNS 20 /* of each check that the first line names */
#define NAMES_SUFFIX ", ..."

enum { PASS_NAMES, PASS_PERFDATA, PASS_LINES, PASS_COUNT };

/* In a quoted label of performance data '=' is not allowed, and a quote is
 * written twice. */
static bool replace_in_label(struct text *out, const struct character *character)
{
    if (character->code_point == '=' || character->code_point == '\'') {
        text_append_string(out, character->code_point == '=' ? "_" : "''");
        return true;
    }
    return nagios_replace(out, character);
}

static void append_label(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, replace_in_label);
}

enum nagios_state nagios_run_state(const struct tally *tally)
{
    if (tally->failed > 0)
        return NAGIOS_CRITICAL;
    if (tally->unknown > 0)
        return NAGIOS_UNKNOWN;
    return tally->slow > 0 ? NAGIOS_WARNING : NAGIOS_OK;
}

static uint64_t count_in_state(const struct tally *tally, enum nagios_state state)
{
    switch (state) {
    case NAGIOS_OK: return tally->total;
    case NAGIOS_WARNING: return tally->slow;
    case NAGIOS_CRITICAL: return tally->failed;
    case NAGIOS_UNKNOWN: break;
    }
    return tally->unknown;
}

static const char *what_happened(enum nagios_state state)
{
    switch (state) {
    case NAGIOS_OK: return " checks succeeded";
    case NAGIOS_WARNING: return " checks slow";
    case NAGIOS_CRITICAL: return " checks failed";
    case NAGIOS_UNKNOWN: break;
    }
    return " checks could not be made";
}

static void begin_summary(struct text *out, const struct report_context *context)
{
    enum nagios_state state = nagios_run_state(context->tally);
    struct text words;

    text_init(&words, SIZE_MAX);
    text_append_strings(&words, "TCP ", nagios_state_name(state), " - ", NULL);
    if (context->tally->total == 0) {
        text_append_string(&words, "no checks");
    } else {
        text_append_int(&words, (int64_t)count_in_state(context->tally, state));
        text_append_string(&words, " of ");
        text_append_int(&words, (int64_t)context->tally->total);
        text_append_string(&words, what_happened(state));
    }
    text_fail_with(out, &words);
    text_append_string(out, text_string(&words));
    context->memory->columns = prose_columns(&words);
    context->memory->items = 0;
    text_fini(&words);
}

static void nagios_begin(struct text *out, const struct report_context *context)
{
    if (!context->is_single)
        begin_summary(out, context);
}

static void nagios_begin_pass(struct text *out, const struct report_context *context, uint32_t pass)
{
    if (context->is_single)
        return;
    if (pass == PASS_LINES)
        text_append_char(out, '\n');
    context->memory->items = 0;
    seen_clear(&context->memory->seen);
}

/* Names those that gave the run its state, while there is room on the line
 * for one more and the "..." that stands for the rest. */
static void append_name(struct text *out, const struct report_context *context,
                        const struct result *result)
{
    struct report_memory *memory = context->memory;
    enum nagios_state state = nagios_state(result, NAGIOS_CRITICAL);

    if (state == NAGIOS_OK || state != nagios_run_state(context->tally) ||
        memory->columns >= NAGIOS_COLUMNS)
        return;
    struct text name;
    struct text shortened;
    text_init(&name, SIZE_MAX);
    text_init(&shortened, SIZE_MAX);
    report_append_name(&name, result->check, nagios_append_escaped);
    text_append_string(&shortened, memory->items++ == 0 ? ": " : ", ");
    text_fail_with(&shortened, &name);
    prose_append_shortened(&shortened, text_string(&name), NAME_COLUMNS);
    size_t columns = prose_columns(&shortened);
    if (memory->columns + columns + strlen(NAMES_SUFFIX) <= NAGIOS_COLUMNS) {
        text_fail_with(out, &shortened);
        text_append_string(out, text_string(&shortened));
        memory->columns += columns;
    } else {
        text_append_string(out, memory->items > 1 ? NAMES_SUFFIX : "");
        memory->columns = NAGIOS_COLUMNS;
    }
    text_fini(&name);
    text_fini(&shortened);
}

/* Receivers keep one series a label: the second check of a name gets '#2' behind its own. */
static void append_unique_label(struct text *out, const struct report_context *context,
                                const struct result *result)
{
    struct seen *seen = &context->memory->seen;
    struct text label;
    uint32_t count;

    text_init(&label, SIZE_MAX);
    report_append_name(&label, result->check, append_label);
    size_t length = label.length;
    count = seen_count(seen, text_string(&label), label.length);
    for (uint32_t number = count; count > 1; number++) {
        label.length = length; /* "a #2" may be the name of another check: then "a #3" */
        text_append_string(&label, " #");
        text_append_int(&label, number);
        count = seen_count(seen, text_string(&label), label.length);
    }
    if (count == 0)
        text_fail(out);
    text_fail_with(out, &label);
    text_append_string(out, text_string(&label));
    text_fini(&label);
}

static void append_perfdatum(struct text *out, const struct report_context *context,
                             const struct result *result)
{
    if (!nagios_has_value(result))
        return;
    text_append_string(out, context->memory->items++ == 0 ? "|'" : " '");
    append_unique_label(out, context, result);
    text_append_string(out, "'=");
    nagios_append_value(out, result);
}

static void append_long_line(struct text *out, const struct result *result)
{
    if (result->check->name != NULL) {
        nagios_append_escaped(out, result->check->name, strlen(result->check->name));
        text_append_string(out, ": ");
    }
    nagios_append_words(out, result, NAGIOS_CRITICAL);
    text_append_char(out, '\n');
}

static void nagios_result(struct text *out, const struct report_context *context, uint32_t pass,
                          uint64_t index, const struct result *result)
{
    (void)index;
    if (context->is_single) {
        if (pass == PASS_LINES) {
            nagios_append_line(out, result, NAGIOS_CRITICAL);
            text_append_char(out, '\n');
        }
    } else if (pass == PASS_NAMES) {
        append_name(out, context, result);
    } else if (pass == PASS_PERFDATA) {
        append_perfdatum(out, context, result);
    } else {
        append_long_line(out, result);
    }
}

static int nagios_exit_code(const struct tally *tally)
{
    return (int)nagios_run_state(tally);
}

const struct report_format report_nagios = {
    .name = "nagios",
    .is_held = true,
    .passes = PASS_COUNT,
    .begin = nagios_begin,
    .begin_pass = nagios_begin_pass,
    .result = nagios_result,
    .exit_code = nagios_exit_code,
};
