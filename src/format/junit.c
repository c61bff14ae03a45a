/* The format junit: one suite, a test case a check, for the pages of CI systems. A check whose
 * expectation did not hold is a <failure>; one that could not be made is an <error>, which those
 * pages keep apart in the same way as the verdicts do.
 *
 * The suite's counts come first in the file, so the format is held. Control characters that XML 1.0
 * knows are written as references; what it cannot hold at all becomes U+FFFD. */
#include <stddef.h>
#include <string.h>

#include "core/advice.h"
#include "core/finding.h"
#include "core/outcome.h"
#include "core/utf8.h"
#include "format/escape.h"
#include "format/evidence.h"
#include "format/report.h"

static void append_reference(struct text *out, uint32_t code_point)
{
    text_append_string(out, "&#");
    text_append_int(out, code_point);
    text_append_char(out, ';');
}

/* Char of XML 1.0; surrogates never come out of UTF-8. */
static bool is_xml_character(uint32_t code_point)
{
    return code_point == '\t' || code_point == '\n' || code_point == '\r' ||
           (code_point >= 0x20 && code_point != 0xfffe && code_point != 0xffff);
}

static bool replace_in_xml(struct text *out, const struct character *character)
{
    switch (character->code_point) {
    case '&': text_append_string(out, "&amp;"); return true;
    case '<': text_append_string(out, "&lt;"); return true;
    case '>': text_append_string(out, "&gt;"); return true;
    case '"': text_append_string(out, "&quot;"); return true;
    default: break;
    }
    if (!is_xml_character(character->code_point))
        text_append_string(out, "\xef\xbf\xbd");
    else if (utf8_is_control(character->code_point))
        append_reference(out, character->code_point);
    else
        return false;
    return true;
}

static void append_escaped(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, replace_in_xml);
}

static void append_attribute(struct text *out, const char *name, const char *value)
{
    text_append_strings(out, " ", name, "=\"", NULL);
    append_escaped(out, value, strlen(value));
    text_append_char(out, '"');
}

static void append_counts(struct text *out, const struct report_context *context)
{
    const struct tally *tally = context->tally;

    text_append_string(out, " name=\"tcpcheck\" tests=\"");
    text_append_int(out, (int64_t)tally->total);
    text_append_string(out, "\" failures=\"");
    text_append_int(out, (int64_t)tally->failed);
    text_append_string(out, "\" errors=\"");
    text_append_int(out, (int64_t)tally->unknown);
    text_append_string(out, "\" time=\"");
    text_append_seconds(out, context->elapsed_ns, 6);
    text_append_char(out, '"');
}

static void junit_begin(struct text *out, const struct report_context *context)
{
    text_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    append_counts(out, context);
    text_append_string(out, ">\n  <testsuite");
    append_counts(out, context);
    text_append_string(out, " skipped=\"0\"");
    if (context->tally->total == 0)
        text_append_string(out, ">\n");
}

static void append_properties(struct text *out, const struct check *check)
{
    if (check->label_count == 0)
        return;
    text_append_string(out, "      <properties>\n");
    for (uint32_t i = 0; i < check->label_count; i++) {
        text_append_string(out, "        <property");
        append_attribute(out, "name", check->labels[i].key);
        append_attribute(out, "value", check->labels[i].value);
        text_append_string(out, "/>\n");
    }
    text_append_string(out, "      </properties>\n");
}

static void append_evidence(struct text *out, const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct tried *decisive = result_decisive(result);

    if (attempt != NULL)
        text_append_strings(out, "phase: ", phase_name(attempt->phase), "\n", NULL);
    if (decisive == NULL)
        return;
    if (result->check->addresses == ADDRESSES_ALL) {
        text_append_string(out, "addresses: ");
        finding_append_counts(out, result, "");
        text_append_char(out, '\n');
    }
    text_append_string(out, "address: ");
    address_append(out, &decisive->address);
    text_append_char(out, '\n');
    if (decisive->error != 0) {
        text_append_string(out, "errno: ");
        evidence_append_errno(out, decisive->error);
        text_append_char(out, '\n');
    }
    if (decisive->icmp.is_present) {
        text_append_string(out, "icmp: ");
        evidence_append_icmp(out, &decisive->icmp);
        text_append_char(out, '\n');
    }
}

static void append_failure(struct text *out, const struct result *result)
{
    const char *element = result->verdict == TCPCHECK_UNKNOWN ? "error" : "failure";
    struct text advice;

    text_init(&advice, SIZE_MAX);
    advice_append(&advice, result, text_append);
    text_fail_with(out, &advice);
    text_append_strings(out, "      <", element, NULL);
    append_attribute(out, "type", outcome_info(result->outcome)->name);
    append_attribute(out, "message", result_error(result));
    text_append_char(out, '>');
    append_evidence(out, result);
    text_append_string(out, "attempts: ");
    text_append_int(out, result->attempt_count);
    text_append_char(out, '\n');
    append_escaped(out, text_string(&advice), strlen(text_string(&advice)));
    text_append_strings(out, "</", element, ">\n", NULL);
    text_fini(&advice);
}

static void junit_result(struct text *out, const struct report_context *context, uint32_t pass,
                         uint64_t index, const struct result *result)
{
    (void)pass;
    if (index == 0) { /* the run began with its first check */
        text_append_string(out, " timestamp=\"");
        report_append_timestamp(out, context, result);
        text_append_string(out, "\">\n");
    }
    text_append_string(out, "    <testcase classname=\"");
    report_append_target(out, result->check, append_escaped);
    text_append_string(out, "\" name=\"");
    report_append_name(out, result->check, append_escaped);
    text_append_string(out, "\" time=\"");
    text_append_seconds(out, result->response_time_ns, 6);
    if (result->is_success && result->check->label_count == 0) {
        text_append_string(out, "\"/>\n");
        return;
    }
    text_append_string(out, "\">\n");
    append_properties(out, result->check);
    if (!result->is_success)
        append_failure(out, result);
    text_append_string(out, "    </testcase>\n");
}

static void junit_end(struct text *out, const struct report_context *context)
{
    (void)context;
    text_append_string(out, "  </testsuite>\n</testsuites>\n");
}

const struct report_format report_junit = {
    .name = "junit",
    .is_held = true,
    .is_replaced = true,
    .passes = 1,
    .begin = junit_begin,
    .result = junit_result,
    .end = junit_end,
};
