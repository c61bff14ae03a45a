/* Written from the attempts and not from the folded result, which shows only the last one. The
 * addresses that did not decide are named too: packets went to them. A record an address was
 * rejected: a name with eight of them would have eight records of one outcome. */
#include "format/audit_record.h"

#include "core/outcome.h"
#include "format/evidence.h"
#include "format/json.h"
#include "format/report.h"

static void append_quoted_address(struct text *out, const struct address *address)
{
    text_append_char(out, '"');
    address_append(out, address);
    text_append_char(out, '"');
}

/* Who, and what for. */
static void append_check(struct text *out, const struct audit_context *context,
                         const struct check *check)
{
    text_append_string(out, "\",\"user\":");
    json_append_string(out, context->user);
    text_append_string(out, ",\"check\":");
    if (check->name != NULL) {
        json_append_string(out, check->name);
    } else {
        struct text name;
        text_init(&name, SIZE_MAX);
        check_append_name(&name, check);
        text_fail_with(out, &name);
        json_append_string(out, text_string(&name));
        text_fini(&name);
    }
    text_append_string(out, ",\"host\":");
    json_append_string(out, check->host);
    text_append_string(out, ",\"port\":");
    text_append_int(out, check->port);
}

static void append_address(struct text *out, const struct tried *tried)
{
    text_append_string(out, ",\"address\":");
    if (tried == NULL)
        text_append_string(out, "null");
    else
        append_quoted_address(out, &tried->address);
    text_append_string(out, ",\"source\":");
    if (tried == NULL || tried->source.family == FAMILY_ANY) {
        text_append_string(out, "null");
    } else {
        text_append_char(out, '"');
        address_append_with_port(out, &tried->source);
        text_append_char(out, '"');
    }
}

static void append_errno(struct text *out, const struct tried *tried)
{
    text_append_string(out, ",\"errno\":");
    if (tried == NULL || tried->error == 0) {
        text_append_string(out, "null");
    } else {
        text_append_char(out, '"');
        evidence_append_errno(out, tried->error);
        text_append_char(out, '"');
    }
}

static void append_others(struct text *out, const struct result *result,
                          const struct attempt *attempt, const struct tried *shown)
{
    const char *separator = "";
    text_append_string(out, ",\"others\":[");
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        if (tried == shown)
            continue;
        text_append_string(out, separator);
        append_quoted_address(out, &tried->address);
        separator = ",";
    }
    text_append_string(out, "]}\n");
}

/* The address that decided; where none did, the one that was tried, if it is one. */
static const struct tried *find_shown(const struct result *result, const struct attempt *attempt)
{
    if (attempt->decided_by >= 0)
        return &result->tried[attempt->decided_by];
    return attempt->tried_count == 1 ? &result->tried[attempt->tried_start] : NULL;
}

static void append_attempt(struct text *out, const struct audit_context *context,
                           const struct result *result, const struct attempt *attempt)
{
    const struct tried *shown = find_shown(result, attempt);
    int64_t began_ns =
        attempt->began_ns != 0 ? attempt->began_ns : result->started_ns + attempt->offset_ns;

    text_append_string(out, "{\"time\":\"");
    report_append_moment(out, began_ns + context->wall_offset_ns);
    append_check(out, context, result->check);
    append_address(out, shown);
    text_append_strings(out, ",\"class\":\"", outcome_info(attempt->outcome)->name, "\"", NULL);
    append_errno(out, shown);
    text_append_string(out, ",\"duration\":");
    text_append_seconds(out, attempt->wall_ns, 6);
    append_others(out, result, attempt, shown);
}

uint32_t audit_append_records(struct text *out, const struct audit_context *context,
                              const struct result *result)
{
    const struct attempt denied = {.outcome = result->outcome, .decided_by = -1};

    for (uint32_t i = 0; i < result->attempt_kept; i++)
        append_attempt(out, context, result, &result->attempts[i]);
    if (result->attempt_kept > 0 || result->outcome != TCPCHECK_NOT_ALLOWED)
        return result->attempt_kept;
    append_attempt(out, context, result, &denied);
    return 1;
}
