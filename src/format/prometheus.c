/* The format prometheus: text exposition format 0.0.4, for node_exporter's textfile collector or
 * a push gateway. A family's samples must stand together, so each family is a pass.
 *
 * A collector rejects a whole file for one repeated series or label, so what checks say must not
 * be able to make one:
 * - A character that a label's name may not have becomes '_' (each byte of it), and one that
 *   would start with a digit gets a '_' before it.
 * - A label that would then be called like one of ours (name, host, port, class, duplicate), or
 *   "__" and more, which Prometheus keeps to itself, or nothing at all, gets "label_" before it.
 * - A label that would then be called like one before it of the same check is left out.
 * - The second check whose labels are all the same as an earlier one's has duplicate="2", the
 *   third duplicate="3". The last of them winning was considered: it would hide a failure of the
 *   others.
 * In values, control characters are escaped as elsewhere, and what is not UTF-8 is U+FFFD. */
#include <stddef.h>
#include <string.h>

#include "core/outcome.h"
#include "core/utf8.h"
#include "format/escape.h"
#include "format/report.h"

struct metric {
    const char *name;
    const char *help;
    bool has_class;
    void (*append_value)(struct text *out, const struct report_context *context,
                         const struct result *result);
};

static void append_success(struct text *out, const struct report_context *context,
                           const struct result *result)
{
    (void)context;
    text_append_string(out, result->is_success ? "1" : "0");
}

static void append_connected(struct text *out, const struct report_context *context,
                             const struct result *result)
{
    (void)context;
    text_append_string(out, result->is_connected ? "1" : "0");
}

static void append_response_time(struct text *out, const struct report_context *context,
                                 const struct result *result)
{
    (void)context;
    text_append_seconds(out, result->response_time_ns, 6);
}

static void append_attempts(struct text *out, const struct report_context *context,
                            const struct result *result)
{
    (void)context;
    text_append_int(out, result->attempt_count);
}

static void append_one(struct text *out, const struct report_context *context,
                       const struct result *result)
{
    (void)context;
    (void)result;
    text_append_char(out, '1');
}

static void append_started(struct text *out, const struct report_context *context,
                           const struct result *result)
{
    text_append_seconds(out, report_started_ns(context, result), 3);
}

static const struct metric metrics[] = {
    {"tcpcheck_success", "Whether the check's expectation held.", false, append_success},
    {"tcpcheck_connected", "Whether a TCP handshake finished.", false, append_connected},
    {"tcpcheck_response_time_seconds",
     "Time of the handshake; of a failed check, its whole duration.", false, append_response_time},
    {"tcpcheck_attempts", "Attempts made.", false, append_attempts},
    {"tcpcheck_outcome", "The class of the outcome, as a label; always 1.", true, append_one},
    {"tcpcheck_timestamp_seconds", "When the check started, since 1970.", false, append_started},
};

#define METRIC_COUNT (sizeof metrics / sizeof metrics[0])

static bool replace_in_value(struct text *out, const struct character *character)
{
    switch (character->code_point) {
    case '"': text_append_string(out, "\\\""); return true;
    case '\\': text_append_string(out, "\\\\"); return true;
    case '\n': text_append_string(out, "\\n"); return true;
    default: break;
    }
    if (!utf8_is_control(character->code_point))
        return false;
    text_append_char(out, '\\'); /* for the '\' that the escape begins with */
    text_append_escaped(out, character->bytes, character->length);
    return true;
}

static void append_escaped(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, replace_in_value);
}

/* A label's name as it is written: this, then the key with what is not
 * allowed replaced. */
struct label_name {
    const char *prefix;
    const char *key;
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static char allowed_in_name(char byte)
{
    bool is_allowed =
        (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte);

    return is_allowed ? byte : '_';
}

static bool is_reserved(const char *key)
{
    static const char *const ours[] = {"name", "host", "port", "class", "duplicate"};

    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strcmp(key, ours[i]) == 0)
            return true;
    return key[0] == '\0' ||
           (allowed_in_name(key[0]) == '_' && key[1] != '\0' && allowed_in_name(key[1]) == '_');
}

static struct label_name label_name(const char *key)
{
    if (is_reserved(key))
        return (struct label_name){"label_", key};
    return (struct label_name){is_digit(key[0]) ? "_" : "", key};
}

/* '\0' past the end. */
static char name_byte(const struct label_name *name, size_t at)
{
    size_t prefix_length = strlen(name->prefix);

    if (at < prefix_length)
        return name->prefix[at];
    char byte = name->key[at - prefix_length];
    return byte == '\0' ? '\0' : allowed_in_name(byte);
}

static bool is_same_name(const struct label_name *a, const struct label_name *b)
{
    size_t at = 0;

    while (name_byte(a, at) != '\0' && name_byte(a, at) == name_byte(b, at))
        at++;
    return name_byte(a, at) == name_byte(b, at);
}

static bool is_taken(const struct check *check, uint32_t position)
{
    struct label_name name = label_name(check->labels[position].key);

    for (uint32_t i = 0; i < position; i++) {
        struct label_name earlier = label_name(check->labels[i].key);
        if (is_same_name(&earlier, &name))
            return true;
    }
    return false;
}

static void append_label(struct text *out, const struct label *label)
{
    struct label_name name = label_name(label->key);

    text_append_char(out, ',');
    for (size_t at = 0; name_byte(&name, at) != '\0'; at++)
        text_append_char(out, name_byte(&name, at));
    text_append_string(out, "=\"");
    append_escaped(out, label->value, strlen(label->value));
    text_append_char(out, '"');
}

static void append_labels(struct text *out, const struct check *check)
{
    text_append_string(out, "name=\"");
    report_append_name(out, check, append_escaped);
    text_append_string(out, "\",host=\"");
    append_escaped(out, check->host, strlen(check->host));
    text_append_string(out, "\",port=\"");
    text_append_int(out, check->port);
    text_append_char(out, '"');
    for (uint32_t i = 0; i < check->label_count; i++)
        if (!is_taken(check, i))
            append_label(out, &check->labels[i]);
}

static void prometheus_begin_pass(struct text *out, const struct report_context *context,
                                  uint32_t pass)
{
    const struct metric *metric = &metrics[pass];

    seen_clear(&context->memory->seen);
    text_append_strings(out, "# HELP ", metric->name, " ", metric->help, "\n# TYPE ", metric->name,
                        " gauge\n", NULL);
}

static void prometheus_result(struct text *out, const struct report_context *context, uint32_t pass,
                              uint64_t index, const struct result *result)
{
    (void)index;
    text_append_strings(out, metrics[pass].name, "{", NULL);
    size_t start = out->length;
    append_labels(out, result->check);
    if (!text_is_ok(out))
        return;
    uint32_t count = seen_count(&context->memory->seen, out->bytes + start, out->length - start);
    if (count == 0)
        text_fail(out);
    if (count > 1) {
        text_append_string(out, ",duplicate=\"");
        text_append_int(out, count);
        text_append_char(out, '"');
    }
    if (metrics[pass].has_class)
        text_append_strings(out, ",class=\"", outcome_info(result->outcome)->name, "\"", NULL);
    text_append_string(out, "} ");
    metrics[pass].append_value(out, context, result);
    text_append_char(out, '\n');
}

const struct report_format report_prometheus = {
    .name = "prometheus",
    .is_held = true,
    .is_replaced = true,
    .passes = METRIC_COUNT,
    .begin_pass = prometheus_begin_pass,
    .result = prometheus_result,
};
