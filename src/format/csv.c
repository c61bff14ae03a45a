/* The format csv: RFC 4180, lines ending in CRLF, a header first.
 *
 * Control characters and bytes that are not UTF-8 are escaped as everywhere, which also keeps
 * each record on one line. A field is quoted where the RFC wants it, and not elsewhere. Cells are
 * not prefixed against spreadsheets that take a leading '=' for a formula: such a prefix is part
 * of the value to every other reader. */
#include <stddef.h>
#include <string.h>

#include "core/outcome.h"
#include "core/utf8.h"
#include "format/escape.h"
#include "format/report.h"

static bool replace_in_field(struct text *out, const struct character *character)
{
    if (character->code_point == '"') {
        text_append_string(out, "\"\"");
        return true;
    }
    if (!utf8_is_control(character->code_point))
        return false;
    text_append_escaped(out, character->bytes, character->length);
    return true;
}

static void append_escaped(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, replace_in_field);
}

/* Leading and trailing spaces belong to a field, but not every reader knows. */
static bool needs_quotes(const char *string)
{
    size_t length = strlen(string);

    return strpbrk(string, "\",") != NULL ||
           (length > 0 && (string[0] == ' ' || string[length - 1] == ' '));
}

static void append_field(struct text *out, const char *string)
{
    const char *quote = needs_quotes(string) ? "\"" : "";

    text_append_string(out, quote);
    append_escaped(out, string, strlen(string));
    text_append_string(out, quote);
    text_append_char(out, ',');
}

static void append_name(struct text *out, const struct check *check)
{
    const char *quote = needs_quotes(check->name != NULL ? check->name : check->host) ? "\"" : "";

    text_append_string(out, quote);
    report_append_name(out, check, append_escaped);
    text_append_string(out, quote);
    text_append_char(out, ',');
}

static void csv_begin(struct text *out, const struct report_context *context)
{
    (void)context;
    text_append_string(out, "timestamp,name,host,port,status,connected,class,error,response_time,"
                            "attempts,address\r\n");
}

static void csv_result(struct text *out, const struct report_context *context, uint32_t pass,
                       uint64_t index, const struct result *result)
{
    const struct tried *decisive = result_decisive(result);

    (void)pass;
    (void)index;
    report_append_timestamp(out, context, result);
    text_append_char(out, ',');
    append_name(out, result->check);
    append_field(out, result->check->host);
    text_append_int(out, result->check->port);
    text_append_strings(out, result->is_success ? ",success," : ",error,",
                        result->is_connected ? "true," : "false,",
                        outcome_info(result->outcome)->name, ",", NULL);
    append_field(out, result->is_success ? "" : result_error(result));
    text_append_seconds(out, result->response_time_ns, 6);
    text_append_char(out, ',');
    text_append_int(out, result->attempt_count);
    text_append_char(out, ',');
    if (decisive != NULL)
        address_append(out, &decisive->address);
    text_append_string(out, "\r\n");
}

const struct report_format report_csv = {
    .name = "csv",
    .passes = 1,
    .begin = csv_begin,
    .result = csv_result,
};
