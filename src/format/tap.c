/* The format tap: Test Anything Protocol 14, a test point a check, the plan at the end, since
 * results come as they finish and a list's length is not known before. What is known of a failure
 * stands in a YAML block; its strings are written as JSON, which YAML reads. */
#include <stddef.h>

#include "core/advice.h"
#include "core/outcome.h"
#include "core/utf8.h"
#include "format/escape.h"
#include "format/evidence.h"
#include "format/json.h"
#include "format/report.h"

/* In a description '#' would start a directive and '\' escapes. */
static bool replace_in_description(struct text *out, const struct character *character)
{
    bool is_control = utf8_is_control(character->code_point);

    if (!is_control && character->code_point != '#' && character->code_point != '\\')
        return false;
    text_append_char(out, '\\');
    if (is_control) /* itself an escape that begins with '\' */
        text_append_escaped(out, character->bytes, character->length);
    else
        text_append(out, character->bytes, character->length);
    return true;
}

static void append_description(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, replace_in_description);
}

static void append_string(struct text *out, const char *key, const char *string)
{
    text_append_strings(out, "  ", key, ": ", NULL);
    json_append_string(out, string);
    text_append_char(out, '\n');
}

static void append_address(struct text *out, const char *key, const struct address *address)
{
    text_append_strings(out, "  ", key, ": \"", NULL);
    address_append(out, address);
    text_append_string(out, "\"\n");
}

static void append_icmp(struct text *out, const struct icmp_error *icmp)
{
    text_append_string(out, "  icmp: {type: ");
    text_append_int(out, icmp->type);
    text_append_string(out, ", code: ");
    text_append_int(out, icmp->code);
    text_append_string(out, ", from: \"");
    address_append(out, &icmp->from);
    text_append_string(out, "\"}\n");
}

static void append_evidence(struct text *out, const struct tried *tried)
{
    if (tried->error != 0) {
        text_append_string(out, "  errno: ");
        evidence_append_errno(out, tried->error);
        text_append_char(out, '\n');
    }
    append_address(out, "address", &tried->address);
    if (tried->icmp.is_present)
        append_icmp(out, &tried->icmp);
}

static void append_failure(struct text *out, const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct tried *decisive = result_decisive(result);

    append_string(out, "message", result_error(result));
    text_append_strings(out, "  verdict: ", verdict_name(result->verdict), "\n", NULL);
    if (attempt != NULL)
        text_append_strings(out, "  phase: ", phase_name(attempt->phase), "\n", NULL);
    if (decisive != NULL)
        append_evidence(out, decisive);
    struct text advice;
    text_init(&advice, SIZE_MAX);
    advice_append(&advice, result, text_append);
    text_fail_with(out, &advice);
    append_string(out, "hint", text_string(&advice));
    text_fini(&advice);
}

static void append_diagnostics(struct text *out, const struct report_context *context,
                               const struct result *result)
{
    text_append_strings(out, "  ---\n  class: ", outcome_info(result->outcome)->name, "\n", NULL);
    if (!result->is_success)
        append_failure(out, result);
    text_append_string(out, "  response_time: ");
    text_append_seconds(out, result->response_time_ns, 6);
    text_append_string(out, "\n  attempts: ");
    text_append_int(out, result->attempt_count);
    text_append_string(out, "\n  timestamp: \"");
    report_append_timestamp(out, context, result);
    text_append_string(out, "\"\n  ...\n");
}

static void tap_begin(struct text *out, const struct report_context *context)
{
    (void)context;
    text_append_string(out, "TAP version 14\n");
}

static void tap_result(struct text *out, const struct report_context *context, uint32_t pass,
                       uint64_t index, const struct result *result)
{
    (void)pass;
    text_append_string(out, result->is_success ? "ok " : "not ok ");
    text_append_int(out, (int64_t)index + 1);
    text_append_string(out, " - ");
    report_append_name(out, result->check, append_description);
    text_append_char(out, '\n');
    append_diagnostics(out, context, result);
}

static void tap_end(struct text *out, const struct report_context *context)
{
    text_append_string(out, "1..");
    text_append_int(out, (int64_t)context->tally->total);
    text_append_char(out, '\n');
}

const struct report_format report_tap = {
    .name = "tap",
    .passes = 1,
    .begin = tap_begin,
    .result = tap_result,
    .end = tap_end,
};
