/* The plugin's line, by the Monitoring Plugins' guidelines.
 *
 * A failure has no time= at all. The guidelines would allow time=U, which the common receivers log
 * as an error, and the time until a failure would be drawn into the graph of response times. */
#include "format/nagios.h"

#include <stddef.h>
#include <string.h>

#include "core/finding.h"
#include "core/outcome.h"
#include "core/utf8.h"
#include "format/prose.h"
#include "format/report.h"

#define ERROR_COLUMNS 40

static bool is_refusal(enum tcpcheck_outcome outcome)
{
    return outcome == TCPCHECK_REFUSED || outcome == TCPCHECK_REFUSED_ICMP;
}

/* Whether what kept it from success was refusals and nothing else. The strongest evidence speaks
 * for all addresses, and behind a refusal another may be silent. What this host could not
 * check counts against it where every address has a say. */
static bool was_refused(const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    bool counts_all = result->check->addresses == ADDRESSES_ALL;

    if (!is_refusal(result->outcome) || result->is_too_slow)
        return false;
    for (uint32_t i = 0; attempt != NULL && i < attempt->tried_count; i++) {
        enum tcpcheck_outcome outcome = result->tried[attempt->tried_start + i].outcome;
        enum tcpcheck_verdict verdict = outcome_info(outcome)->verdict;
        if (!is_refusal(outcome) &&
            (verdict == TCPCHECK_DOWN || (verdict == TCPCHECK_UNKNOWN && counts_all)))
            return false;
    }
    return true;
}

enum nagios_state nagios_state(const struct result *result, enum nagios_state refusal)
{
    if (result->is_success)
        return (result->notes & 1u << NOTE_SLOW) != 0 ? NAGIOS_WARNING : NAGIOS_OK;
    if (result->verdict == TCPCHECK_UNKNOWN)
        return NAGIOS_UNKNOWN;
    return was_refused(result) ? refusal : NAGIOS_CRITICAL;
}

const char *nagios_state_name(enum nagios_state state)
{
    switch (state) {
    case NAGIOS_OK: return "OK";
    case NAGIOS_WARNING: return "WARNING";
    case NAGIOS_CRITICAL: return "CRITICAL";
    case NAGIOS_UNKNOWN: break;
    }
    return "UNKNOWN";
}

bool nagios_replace(struct text *out, const struct character *character)
{
    if (character->code_point == '|') {
        text_append_string(out, "\\x7c");
        return true;
    }
    if (!utf8_is_control(character->code_point))
        return false;
    text_append_escaped(out, character->bytes, character->length);
    return true;
}

void nagios_append_escaped(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, nagios_replace);
}

bool nagios_has_value(const struct result *result)
{
    return result->is_success || result->is_too_slow || result->outcome == TCPCHECK_OPEN;
}

/* What is not there, in the place of the error: the line has no room for both. */
static bool append_missing(struct text *out, const struct result *result)
{
    const char *device = finding_missing_device(result);
    const char *zone = finding_missing_zone(result);
    const char *missing = device != NULL ? device : zone;

    if (missing == NULL)
        return false;
    text_append_string(out, device != NULL ? "No such device " : "No such zone ");
    nagios_append_escaped(out, missing, strlen(missing));
    return true;
}

/* "Connection refused, 2 of 3 required". */
static void append_failure(struct text *out, const struct result *result)
{
    const char *error = result_error(result);
    struct address_counts counts = result_count_addresses(result);
    struct text piece;

    text_init(&piece, SIZE_MAX);
    if (!append_missing(&piece, result))
        nagios_append_escaped(&piece, error, strlen(error));
    text_fail_with(out, &piece);
    prose_append_shortened(out, text_string(&piece), ERROR_COLUMNS);
    text_fini(&piece);
    if (result->check->addresses != ADDRESSES_ALL || counts.tried == 0)
        return;
    text_append_string(out, ", ");
    text_append_int(out, counts.met);
    text_append_string(out, " of ");
    text_append_int(out, counts.required);
    text_append_string(out, " required");
}

static void append_finding(struct text *out, const struct result *result)
{
    const char *message = outcome_info(result->outcome)->message;

    if (result->is_success && result->outcome != TCPCHECK_OPEN) {
        text_append_strings(out, message, " as expected", NULL);
    } else if (result->is_success || result->is_too_slow) {
        text_append_seconds(out, report_measured_ns(result), 3);
        text_append_string(out, " second response time");
    } else {
        append_failure(out, result);
    }
}

/* " on HOST port PORT", within `columns`. */
static void append_place(struct text *out, const struct check *check, size_t columns)
{
    struct text host;
    struct text port;

    text_init(&host, SIZE_MAX);
    text_init(&port, SIZE_MAX);
    nagios_append_escaped(&host, check->host, strlen(check->host));
    text_append_string(&port, " port ");
    text_append_int(&port, check->port);
    size_t taken = strlen(" on ") + prose_columns(&port);
    text_append_string(out, " on ");
    text_fail_with(out, &host);
    prose_append_shortened(out, text_string(&host), columns > taken ? columns - taken : 0);
    text_fail_with(out, &port);
    text_append_string(out, text_string(&port));
    text_fini(&host);
    text_fini(&port);
}

void nagios_append_words(struct text *out, const struct result *result, enum nagios_state refusal)
{
    struct text words;

    text_init(&words, SIZE_MAX);
    text_append_strings(&words, "TCP ", nagios_state_name(nagios_state(result, refusal)), " - ",
                        NULL);
    append_finding(&words, result);
    append_place(&words, result->check, NAGIOS_COLUMNS - prose_columns(&words));
    text_fail_with(out, &words);
    text_append_string(out, text_string(&words));
    text_fini(&words);
}

static void append_threshold(struct text *out, const struct check *check, enum parameter_id id,
                             const struct range *range)
{
    text_append_char(out, ';');
    if (check_has(check, id))
        range_append(out, range);
}

void nagios_append_value(struct text *out, const struct result *result)
{
    const struct check *check = result->check;

    text_append_seconds(out, report_measured_ns(result), 6);
    text_append_char(out, 's');
    append_threshold(out, check, PARAM_WARNING, &check->warning);
    append_threshold(out, check, PARAM_CRITICAL, &check->critical);
    text_append_string(out, ";0.000000;");
    text_append_seconds(out, check->timeout_ns, 6);
}

void nagios_append_line(struct text *out, const struct result *result, enum nagios_state refusal)
{
    nagios_append_words(out, result, refusal);
    if (nagios_has_value(result)) {
        text_append_string(out, "|time=");
        nagios_append_value(out, result);
    }
}
