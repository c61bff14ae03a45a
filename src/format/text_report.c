/* The format text, for people: an aligned line a check as it finishes, below the failures the advice
 * that has not been given yet, a summary at the end; or, for one check on the command line, an explanation.
 *
 * The mark and the time come first because only they have a width that is known for a stream of
 * a million targets. Waiting for all results to align the rest was rejected: a person watches. */
#include <stddef.h>
#include <string.h>

#include "core/advice.h"
#include "core/duration.h"
#include "core/finding.h"
#include "core/outcome.h"
#include "format/evidence.h"
#include "format/prose.h"
#include "format/report.h"
#include "format/summary.h"
#include "format/text_explain.h"

#define HINT_INDENT (PROSE_MARK_COLUMNS + 2)
/* Who waits for less does not ask why. */
#define NOTICED_NS (100 * NS_PER_MS)

static void append_separator(struct text *out, size_t start)
{
    if (out->length > start)
        text_append_string(out, ", ");
}

/* What kept the check from being plainly open: nothing for most. */
static void append_remark(struct text *out, const struct result *result)
{
    const struct tried *decisive = result_decisive(result);
    uint32_t notes = prose_notes(result);
    size_t start = out->length;

    if (!result->is_success) {
        prose_append_error(out, result);
        prose_append_detail(out, result);
    } else if (result->outcome != TCPCHECK_OPEN) {
        text_append_strings(out, outcome_info(result->outcome)->message, ", as expected", NULL);
    }
    if (!result->is_success && decisive != NULL && result->check->host_kind == HOST_NAME) {
        text_append_string(out, " (");
        address_append(out, &decisive->address);
        text_append_char(out, ')');
    }
    if (!result->is_success && decisive != NULL && decisive->icmp.is_present) {
        append_separator(out, start);
        evidence_append_icmp(out, &decisive->icmp);
    }
    if (result->check->addresses == ADDRESSES_ALL && !result->is_success && decisive != NULL) {
        append_separator(out, start);
        finding_append_counts(out, result, " addresses");
    }
    for (enum note note = 0; note < NOTE_COUNT; note++) {
        if ((notes & 1u << note) == 0)
            continue;
        append_separator(out, start);
        text_append_string(out, prose_note(result, note));
    }
    if (result->attempt_count > 1) {
        append_separator(out, start);
        prose_append_count(out, result->attempt_count, "attempt");
    }
}

static bool has_remark(const struct result *result)
{
    return !result->is_success || result->outcome != TCPCHECK_OPEN || result->notes != 0 ||
           result->attempt_count > 1;
}

/* Many a check is called like its target. */
static bool is_named_otherwise(const struct check *check)
{
    struct text target;

    if (check->name == NULL)
        return false;
    text_init(&target, SIZE_MAX);
    report_append_target(&target, check, text_append);
    bool is_otherwise = strcmp(check->name, text_string(&target)) != 0;
    text_fini(&target);
    return is_otherwise;
}

static void append_line(struct text *out, const struct report_context *context,
                        const struct result *result)
{
    size_t width = context->name_width;
    size_t target_width = context->target_width > 0 ? context->target_width + 2 : 0;

    prose_append_mark(out, result, context->is_colored);
    text_append_string(out, "  ");
    prose_append_time_column(out, result->response_time_ns);
    text_append_string(out, "  ");
    size_t start = out->length;
    report_append_name(out, result->check, text_append_escaped);
    if (is_named_otherwise(result->check)) {
        prose_pad(out, start, width);
        text_append_string(out, "  ");
        report_append_target(out, result->check, text_append_escaped);
    }
    if (has_remark(result)) {
        prose_pad(out, start, width + target_width);
        text_append_string(out, "  ");
        append_remark(out, result);
    }
    text_append_char(out, '\n');
}

/* The first time only: where a hundred checks fail alike, who reads their lines needs it once.
 * Without memory to remember it, it is said again. */
static void append_hint(struct text *out, const struct report_context *context,
                        const struct result *result)
{
    struct text advice;

    if (result->is_success)
        return;
    text_init(&advice, SIZE_MAX);
    advice_append(&advice, result, text_append);
    text_fail_with(out, &advice);
    if (seen_count(&context->memory->seen, text_string(&advice), advice.length) <= 1) {
        prose_pad(out, out->length, HINT_INDENT);
        prose_append_wrapped(out, text_string(&advice), HINT_INDENT);
        text_append_char(out, '\n');
    }
    text_fini(&advice);
}

static void text_result(struct text *out, const struct report_context *context, uint32_t pass,
                        uint64_t index, const struct result *result)
{
    (void)pass;
    (void)index;
    if (context->is_quiet && result->is_success)
        return;
    if (context->is_single) {
        text_explain(out, context, result);
    } else {
        append_line(out, context, result);
        append_hint(out, context, result);
    }
    if (context->is_verbose)
        text_explain_attempts(out, result);
}

static void append_kind(struct text *out, const char **separator, uint64_t count, const char *kind)
{
    if (count == 0)
        return;
    text_append_string(out, *separator);
    text_append_int(out, (int64_t)count);
    text_append_strings(out, " ", kind, NULL);
    *separator = ", ";
}

static void append_outcomes(struct text *out, const struct tally *tally)
{
    const char *separator = " (";

    if (tally->by_outcome[TCPCHECK_OPEN] == tally->total)
        return;
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        append_kind(out, &separator, tally->by_outcome[i],
                    outcome_info((enum tcpcheck_outcome)i)->name);
    text_append_char(out, ')');
}

static void append_summary(struct text *out, const struct report_context *context)
{
    const struct tally *tally = context->tally;
    const char *separator = ": ";

    prose_append_count(out, tally->total, "check");
    text_append_string(out, " in ");
    prose_append_time(out, context->elapsed_ns);
    append_kind(out, &separator, tally->success - tally->slow, "ok");
    append_kind(out, &separator, tally->slow, "ok but slow");
    append_kind(out, &separator, tally->failed, "failed");
    append_kind(out, &separator, tally->unknown, "could not be checked");
    append_outcomes(out, tally);
    text_append_char(out, '\n');
}

/* Whether such a host can reach nobody at all. Other local causes may lie in the checks: the
 * source that they name, the rate that they come at. */
static bool is_cut_off(enum tcpcheck_outcome outcome)
{
    return outcome == TCPCHECK_NO_ROUTE || outcome == TCPCHECK_DNS_UNREACHABLE;
}

/* "host_rate 20/s (99 connections, up to 4.95 s)". */
static void append_felt(struct text *out, const struct report_context *context, enum limit_id id)
{
    text_append_strings(out, limit_table[id].name, " ", NULL);
    limit_append(out, &context->limits, id);
    text_append_string(out, " (");
    prose_append_count(out, context->restraint.counts[id], "connection");
    if (id == LIMIT_ALLOW_MANY_PORTS) {
        text_append_string(out, " not made)");
        return;
    }
    text_append_string(out, ", up to ");
    prose_append_time(out, context->restraint.longest_ns[id]);
    text_append_char(out, ')');
}

/* Which limits held the run back: nothing where nobody would have noticed. */
static void append_restraint(struct text *out, const struct report_context *context)
{
    const struct restraint *restraint = &context->restraint;
    const char *separator = "Held back by limits: ";

    for (unsigned i = 0; i < LIMIT_COUNT; i++) {
        bool is_noticed = restraint->longest_ns[i] >= NOTICED_NS || i == LIMIT_ALLOW_MANY_PORTS;
        if (restraint->counts[i] == 0 || !is_noticed)
            continue;
        text_append_string(out, separator);
        append_felt(out, context, (enum limit_id)i);
        separator = ", ";
    }
    if (separator[0] == ',')
        text_append_char(out, '\n');
}

static void append_common_cause(struct text *out, enum tcpcheck_outcome outcome)
{
    const struct outcome_info *info = outcome_info(outcome);
    struct text words;

    if (outcome == TCPCHECK_OPEN)
        return;
    text_init(&words, SIZE_MAX);
    text_append_strings(&words, "Every check ended the same way, and before its target",
                        is_cut_off(outcome) ? ": this host itself seems to be cut off (" : " (",
                        info->message, ").", NULL);
    text_fail_with(out, &words);
    prose_append_wrapped(out, text_string(&words), 0);
    text_append_char(out, '\n');
    prose_append_wrapped(out, info->meaning, 0);
    text_append_char(out, '\n');
    text_fini(&words);
}

static void text_end(struct text *out, const struct report_context *context)
{
    const struct tally *tally = context->tally;

    if (context->times != NULL) {
        text_append_string(out, tally->total > 0 ? "\n" : "");
        summary_append_times(out, context->times);
        text_append_string(out, context->is_single ? "" : "\n");
    }
    if (context->is_single || (context->is_quiet && tally->failed + tally->unknown == 0))
        return;
    append_common_cause(out, tally_common_cause(tally));
    append_restraint(out, context);
    append_summary(out, context);
}

const struct report_format report_text = {
    .name = "text",
    .passes = 1,
    .result = text_result,
    .end = text_end,
};
