/* The long form of the text format: a headline, then what is known, a row each. A row appears only
 * when there is something to say in it, so that a check that went well stays short. Prose
 * ("the packet reached ... and then") was tried first; evidence is looked up, not read, and rows
 * can be found without reading. */
#include "format/text_explain.h"

#include <stddef.h>
#include <string.h>

#include "core/advice.h"
#include "core/finding.h"
#include "core/outcome.h"
#include "format/evidence.h"
#include "format/prose.h"

#define ROW_INDENT  (PROSE_MARK_COLUMNS + 2)
#define ROW_COLUMNS 12 /* of a row's label */

static void begin_row(struct text *out, const char *label)
{
    prose_pad(out, out->length, ROW_INDENT);
    size_t start = out->length;
    text_append_string(out, label);
    prose_pad(out, start, ROW_COLUMNS);
}

static void append_words_row(struct text *out, const char *label, const char *words)
{
    begin_row(out, label);
    prose_append_wrapped(out, words, ROW_INDENT + ROW_COLUMNS);
    text_append_char(out, '\n');
}

static void append_time_row(struct text *out, const char *label, int64_t ns, const char *remark)
{
    begin_row(out, label);
    prose_append_time(out, ns);
    text_append_strings(out, remark, "\n", NULL);
}

static void append_headline(struct text *out, const struct report_context *context,
                            const struct result *result)
{
    const char *message = outcome_info(result->outcome)->message;

    prose_append_mark(out, result, context->is_colored);
    text_append_string(out, "  ");
    report_append_target(out, result->check, text_append_escaped);
    if (!result->is_success) {
        text_append_string(out, ": ");
        prose_append_error(out, result);
        prose_append_detail(out, result);
        if (finding_is_partial(result))
            text_append_string(out, "; not every address could be checked");
        else if (result->verdict == TCPCHECK_UNKNOWN)
            text_append_string(out, "; this says nothing about the target");
    } else if (result->outcome != TCPCHECK_OPEN) {
        text_append_strings(out, ": ", message, ", as expected", NULL);
    } else {
        text_append_string(out, " is open: connected in ");
        prose_append_time(out, result->response_time_ns);
    }
    text_append_char(out, '\n');
}

static void append_cause(struct text *out, const struct result *result)
{
    if (result->is_success || result->outcome == TCPCHECK_OPEN)
        return;
    append_words_row(out, "stopped at", outcome_blame_name(finding_blame(result)));
    append_words_row(out, "meaning", finding_meaning(result));
}

static void append_address_row(struct text *out, const struct tried *tried)
{
    begin_row(out, "address");
    address_append(out, &tried->address);
    if (tried->source.family != FAMILY_ANY) {
        text_append_string(out, ", from ");
        address_append_with_port(out, &tried->source);
    }
    text_append_char(out, '\n');
}

static void append_ending_row(struct text *out, const struct tried *tried)
{
    if (tried->error != 0) {
        begin_row(out, "kernel");
        evidence_append_errno(out, tried->error);
        text_append_string(out, " after ");
        prose_append_time(out, tried->wall_ns);
        text_append_char(out, '\n');
    } else if (!outcome_has_handshake(tried->outcome)) {
        append_time_row(out, "waited", tried->wall_ns, "");
    }
}

static void append_handshake_rows(struct text *out, const struct tried *tried)
{
    if (tried->rtt_source != RTT_NONE)
        append_time_row(out, "handshake", tried->rtt_ns,
                        tried->rtt_source == RTT_KERNEL ? " by the kernel's clock"
                                                        : " by TCP timestamps, in steps of 1 ms");
    if (tried->has_syn_retransmits &&
        (tried->syn_retransmits > 0 || tried->outcome == TCPCHECK_TIMEOUT)) {
        begin_row(out, "SYN");
        text_append_string(out, "sent ");
        prose_append_count(out, (uint64_t)tried->syn_retransmits + 1, "time");
        text_append_char(out, '\n');
    }
}

static void append_icmp_row(struct text *out, const struct icmp_error *icmp)
{
    struct text words;

    text_init(&words, SIZE_MAX);
    evidence_append_icmp(&words, icmp);
    text_fail_with(out, &words);
    append_words_row(out, "ICMP", text_string(&words));
    text_fini(&words);
}

static void append_hold_row(struct text *out, const struct result *result,
                            const struct tried *tried)
{
    if (result->check->hold_ns != 0 && outcome_has_handshake(tried->outcome))
        append_time_row(out, "held", tried->wall_ns - tried->connect_time_ns, "");
}

static void append_evidence(struct text *out, const struct tried *tried)
{
    append_address_row(out, tried);
    append_ending_row(out, tried);
    if (tried->icmp.is_present)
        append_icmp_row(out, &tried->icmp);
    append_handshake_rows(out, tried);
}

static const char *outcome_words(enum tcpcheck_outcome outcome, const struct tried *tried)
{
    return outcome == TCPCHECK_OPEN ? "open" : result_message(outcome, tried);
}

static void append_tried_words(struct text *out, const struct tried *tried)
{
    address_append(out, &tried->address);
    text_append_strings(out, ": ", outcome_words(tried->outcome, tried), NULL);
    if (tried->error != 0) {
        text_append_string(out, " (");
        evidence_append_errno(out, tried->error);
        text_append_char(out, ')');
    }
    text_append_string(out, " after ");
    prose_append_time(out, tried->phase == PHASE_CONNECT ? tried->connect_time_ns : tried->wall_ns);
    if (tried->source.family != FAMILY_ANY) {
        text_append_string(out, ", from ");
        address_append_with_port(out, &tried->source);
    }
    if (tried->icmp.is_present) {
        text_append_string(out, ", ");
        evidence_append_icmp(out, &tried->icmp);
    }
    if (tried->has_syn_retransmits && tried->syn_retransmits > 0) {
        text_append_string(out, ", SYN sent ");
        prose_append_count(out, (uint64_t)tried->syn_retransmits + 1, "time");
    }
    text_append_char(out, '\n');
}

/* The others of its addresses, where there are any: -v has a longer form of them. */
static void append_other_rows(struct text *out, const struct result *result,
                              const struct attempt *attempt)
{
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        if (tried == result_decisive(result))
            continue;
        begin_row(out, "also");
        append_tried_words(out, tried);
    }
}

static void append_counts_row(struct text *out, const struct result *result)
{
    if (result->check->addresses != ADDRESSES_ALL)
        return;
    begin_row(out, "addresses");
    finding_append_counts(out, result, "");
    text_append_char(out, '\n');
}

/* Beside the final dot, the name that has the addresses is not the one that was asked for. */
static bool is_other_name(const struct check *check, const char *name)
{
    size_t length = strlen(name);
    return strncmp(check->host, name, length) != 0 ||
           (check->host[length] != '\0' && strcmp(&check->host[length], ".") != 0);
}

static void append_missing_answer_row(struct text *out, const char *label,
                                      const struct family_facts *family)
{
    bool is_pending = family->answer == ANSWER_NONE;
    bool has_server = family->server.family != FAMILY_ANY;
    if (!family->is_asked || !has_server || !(is_pending || answer_is_failure(family->answer)))
        return;
    begin_row(out, label);
    evidence_append_missing_answer(out, family);
    text_append_char(out, '\n');
}

/* Where the search list made several of one. */
static void append_asked_row(struct text *out, const struct lookup_facts *facts)
{
    const char *name = lookup_facts_next_asked(facts, NULL);
    struct text words;
    if (facts->answer == ANSWER_ADDRESSES || name == NULL ||
        lookup_facts_next_asked(facts, name) == NULL)
        return;
    text_init(&words, SIZE_MAX);
    for (const char *separator = ""; name != NULL; separator = ", ") {
        text_append_string(&words, separator);
        text_append_escaped(&words, name, strlen(name));
        name = lookup_facts_next_asked(facts, name);
    }
    text_fail_with(out, &words);
    append_words_row(out, "asked for", text_string(&words));
    text_fini(&words);
}

/* Beside the servers that the families' rows name. */
static void append_server_rows(struct text *out, const struct lookup_facts *facts)
{
    for (uint32_t i = 0; i < facts->failed_count; i++) {
        if (lookup_facts_names_server(facts, &facts->failed[i].server))
            continue;
        begin_row(out, "failed");
        evidence_append_failed_server(out, &facts->failed[i]);
        text_append_char(out, '\n');
    }
    if (facts->uses_default_server && facts->answer != ANSWER_ADDRESSES)
        append_words_row(
            out, "servers",
            "/etc/resolv.conf names none, so 127.0.0.1 was asked, as the C library does");
}

static void append_lookup_rows(struct text *out, const struct check *check,
                               const struct attempt *attempt)
{
    const struct lookup_facts *facts = attempt->lookup;
    begin_row(out, "lookup");
    prose_append_time(out, attempt->dns_time_ns);
    if (facts != NULL)
        evidence_append_lookup(out, facts);
    text_append_char(out, '\n');
    if (facts == NULL)
        return;
    if (facts->name != NULL && is_other_name(check, facts->name)) {
        begin_row(out, "name");
        text_append_escaped(out, facts->name, strlen(facts->name));
        text_append_char(out, '\n');
    }
    append_missing_answer_row(out, "IPv4", &facts->families[LOOKUP_IPV4]);
    append_missing_answer_row(out, "IPv6", &facts->families[LOOKUP_IPV6]);
    append_asked_row(out, facts);
    append_server_rows(out, facts);
}

static void append_advice_row(struct text *out, const struct result *result)
{
    struct text advice;

    text_init(&advice, SIZE_MAX);
    advice_append(&advice, result, text_append);
    text_fail_with(out, &advice);
    if (advice.length > 0)
        append_words_row(out, "what to do", text_string(&advice));
    text_fini(&advice);
}

static void append_notes_row(struct text *out, const struct result *result)
{
    uint32_t notes = prose_notes(result);
    const char *separator = "";

    if (notes == 0)
        return;
    begin_row(out, "note");
    for (enum note note = 0; note < NOTE_COUNT; note++) {
        if ((notes & 1u << note) == 0)
            continue;
        text_append_strings(out, separator, prose_note(result, note), NULL);
        separator = ", ";
    }
    text_append_char(out, '\n');
}

void text_explain(struct text *out, const struct report_context *context,
                  const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct tried *decisive = result_decisive(result);

    append_headline(out, context, result);
    append_cause(out, result);
    if (decisive != NULL) {
        append_evidence(out, decisive);
        append_hold_row(out, result, decisive);
        append_counts_row(out, result);
    }
    if (decisive != NULL && !context->is_verbose)
        append_other_rows(out, result, attempt);
    if (attempt != NULL && attempt->has_resolved)
        append_lookup_rows(out, result->check, attempt);
    if (result->attempt_count > 1) {
        begin_row(out, "attempts");
        text_append_int(out, result->attempt_count);
        text_append_string(out, " in ");
        prose_append_time(out, result->total_time_ns);
        text_append_char(out, '\n');
    }
    append_notes_row(out, result);
    append_advice_row(out, result);
}

static void append_tried_line(struct text *out, const struct tried *tried)
{
    prose_pad(out, out->length, ROW_INDENT + 2);
    append_tried_words(out, tried);
}

static void append_attempt_line(struct text *out, const struct attempt *attempt, uint32_t number)
{
    prose_pad(out, out->length, ROW_INDENT);
    text_append_string(out, "attempt ");
    text_append_int(out, number);
    if (number > 1) {
        text_append_string(out, ", begun after ");
        prose_append_time(out, attempt->offset_ns);
    }
    text_append_strings(out, ": ", outcome_words(attempt->outcome, NULL), " after ", NULL);
    prose_append_time(out, attempt->wall_ns);
    if (attempt->has_resolved) {
        text_append_string(out, ", lookup ");
        prose_append_time(out, attempt->dns_time_ns);
        if (attempt->lookup != NULL)
            evidence_append_lookup(out, attempt->lookup);
    }
    text_append_char(out, '\n');
}

void text_explain_attempts(struct text *out, const struct result *result)
{
    uint32_t forgotten = result->attempt_count - result->attempt_kept;

    for (uint32_t i = 0; i < result->attempt_kept; i++) {
        const struct attempt *attempt = &result->attempts[i];
        append_attempt_line(out, attempt, forgotten + i + 1);
        for (uint32_t j = 0; j < attempt->tried_count; j++)
            append_tried_line(out, &result->tried[attempt->tried_start + j]);
    }
}
