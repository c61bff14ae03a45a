/* Types, ranges, defaults and words of the schema come from the parameter table,
 * so that an editor knows what the program knows. Written out directly: a tree
 * of the schema would be another shape of the same table. */
#include "format/schema.h"

#include <stdbool.h>
#include <string.h>

#include "core/duration.h"
#include "core/limits.h"
#include "core/number.h"
#include "core/parameter.h"
#include "core/policy.h"
#include "format/labels.h"
#include "format/schema_writer.h"

#define DECIMAL        "(0|[1-9][0-9]*)([.][0-9]{1,9})?"
#define PATTERN_HOST   "^([0-9A-Za-z._:%\\[\\]-]|[^\\u0000-\\u007f])+$"
#define PATTERN_NAME   "^[0-9A-Za-z._+*/-]*[A-Za-z][0-9A-Za-z._+*/-]*$"
#define PATTERN_TIME   "^" DECIMAL "(ms|s|m|h)$"
#define PATTERN_SOURCE "^[0-9A-Fa-f:.]+(%[0-9]+)?$"
#define PATTERN_DEVICE "^[^/\\s]{1,15}$"
#define PATTERN_RANGE  "^@?(" DECIMAL "|(~|-?" DECIMAL "):(-?" DECIMAL ")?)$"
#define PATTERN_RATE   "^(" DECIMAL "/s|unlimited)$"
#define PREFIX         "[0-9A-Fa-f:.]+(/[0-9]{1,3})?"
#define PORTS          "([*]|[0-9]{1,5}(-[0-9]{1,5})?)"
#define PATTERN_RULE   "^(" PREFIX "|[0-9.]+(/[0-9]{1,2})?:" PORTS "|\\[" PREFIX "\\](:" PORTS ")?)$"

static void put_pattern(struct schema_writer *writer, const char *pattern)
{
    schema_put_string(writer, "type", "string");
    schema_put_string(writer, "pattern", pattern);
}

static void put_integer(struct schema_writer *writer, const struct parameter *parameter)
{
    schema_put_string(writer, "type", "integer");
    schema_put_int(writer, "minimum", parameter->min);
    schema_put_int(writer, "maximum", parameter->max);
}

static void open_either(struct schema_writer *writer)
{
    schema_begin_list(writer, "anyOf");
    schema_begin_object(writer, NULL);
}

/* The second form is text. */
static void close_either(struct schema_writer *writer, const char *pattern)
{
    schema_end_object(writer);
    schema_begin_object(writer, NULL);
    put_pattern(writer, pattern);
    schema_end_object(writer);
    schema_end_list(writer);
}

static void put_duration(struct schema_writer *writer, const struct parameter *parameter)
{
    open_either(writer);
    schema_put_string(writer, "type", "number");
    schema_put_seconds(writer, "minimum", parameter->min);
    schema_put_seconds(writer, "maximum", parameter->max);
    close_either(writer, PATTERN_TIME);
}

static void put_range(struct schema_writer *writer)
{
    open_either(writer);
    schema_put_string(writer, "type", "number");
    schema_put_int(writer, "minimum", 0);
    close_either(writer, PATTERN_RANGE);
}

static void put_choices(struct schema_writer *writer, const char *const *choices)
{
    schema_begin_list(writer, "enum");
    for (; *choices != NULL; choices++)
        schema_put_string(writer, NULL, *choices);
    schema_end_list(writer);
}

static void put_type(struct schema_writer *writer, const struct parameter *parameter)
{
    switch (parameter->type) {
    case PARAMETER_HOST: put_pattern(writer, PATTERN_HOST); break;
    case PARAMETER_PORT:
        open_either(writer);
        put_integer(writer, parameter);
        close_either(writer, PATTERN_NAME);
        break;
    case PARAMETER_INTEGER: put_integer(writer, parameter); break;
    case PARAMETER_DURATION: put_duration(writer, parameter); break;
    case PARAMETER_CHOICE: put_choices(writer, parameter->choices); break;
    case PARAMETER_BOOLEAN: schema_put_string(writer, "type", "boolean"); break;
    case PARAMETER_ADDRESS: put_pattern(writer, PATTERN_SOURCE); break;
    case PARAMETER_DEVICE: put_pattern(writer, PATTERN_DEVICE); break;
    case PARAMETER_RANGE: put_range(writer); break;
    }
}

static void put_default(struct schema_writer *writer, const struct parameter *parameter)
{
    const char *text = parameter->default_text;
    if (text == NULL)
        return;
    bool is_json =
        parameter->type == PARAMETER_BOOLEAN || number_is_well_formed(text, strlen(text));
    if (is_json)
        schema_put_json(writer, "default", text);
    else
        schema_put_string(writer, "default", text);
}

static void put_parameter(struct schema_writer *writer, const struct parameter *parameter)
{
    schema_begin_object(writer, parameter->name);
    schema_put_string(writer, "title", parameter->name);
    struct text words;
    text_init(&words, 4096);
    text_append_strings(&words, parameter->meaning, "; accepted is ", parameter->accepted, NULL);
    text_fail_with(writer->out, &words);
    schema_put_string(writer, "description", text_string(&words));
    text_fini(&words);
    put_type(writer, parameter);
    put_default(writer, parameter);
    schema_end_object(writer);
}

static void put_parameters(struct schema_writer *writer)
{
    schema_begin_object(writer, "parameters");
    schema_put_string(writer, "title", "parameters of a check");
    schema_put_string(writer, "type", "object");
    schema_begin_object(writer, "properties");
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        put_parameter(writer, &parameters[i]);
    schema_end_object(writer);
    schema_put_json(writer, "additionalProperties", "false");
    schema_end_object(writer);
}

/* ---- checks ----------------------------------------------------------- */

static void put_reference(struct schema_writer *writer, const char *key, const char *definition)
{
    schema_begin_object(writer, key);
    schema_put_string(writer, "$ref", definition);
    schema_end_object(writer);
}

/* YAML's `2` and `true` are text where text is wanted. */
static void put_text(struct schema_writer *writer, const char *key, const char *description)
{
    schema_begin_object(writer, key);
    schema_put_string(writer, "description", description);
    schema_put_json(writer, "type", "[\"string\", \"number\", \"boolean\"]");
    schema_end_object(writer);
}

static void put_name(struct schema_writer *writer)
{
    schema_begin_object(writer, "name");
    schema_put_string(writer, "description", "what results call the check");
    schema_put_json(writer, "type", "[\"string\", \"number\", \"boolean\"]");
    schema_put_int(writer, "minLength", 1);
    schema_end_object(writer);
}

static void put_labels(struct schema_writer *writer)
{
    schema_begin_object(writer, "labels");
    schema_put_string(writer, "description",
                      "words to choose checks by (--label), shown in results");
    schema_put_string(writer, "type", "object");
    schema_put_json(writer, "propertyNames", "{\"minLength\": 1}");
    schema_put_int(writer, "maxProperties", LABELS_MAX);
    schema_put_json(writer, "additionalProperties",
                    "{\"type\": [\"string\", \"number\", \"boolean\"]}");
    schema_end_object(writer);
}

static void put_check(struct schema_writer *writer)
{
    schema_begin_object(writer, "check");
    schema_put_string(writer, "title", "check");
    schema_put_string(writer, "type", "object");
    schema_begin_object(writer, "properties");
    put_name(writer);
    schema_begin_object(writer, "plugin");
    schema_put_string(writer, "const", "check_tcp_connection");
    schema_end_object(writer);
    put_reference(writer, "parameters", "#/definitions/parameters");
    put_text(writer, "description", "a remark for people");
    put_labels(writer);
    schema_end_object(writer);
    schema_put_json(writer, "required", "[\"name\", \"plugin\"]");
    schema_put_json(writer, "additionalProperties", "false");
    schema_end_object(writer);
}

/* Where there is no `defaults`, nothing else can give what is required. */
static void put_complete_check(struct schema_writer *writer)
{
    schema_begin_object(writer, "complete_check");
    schema_begin_list(writer, "allOf");
    put_reference(writer, NULL, "#/definitions/check");
    schema_begin_object(writer, NULL);
    schema_put_json(writer, "required", "[\"parameters\"]");
    schema_begin_object(writer, "properties");
    schema_begin_object(writer, "parameters");
    schema_begin_list(writer, "required");
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (parameters[i].is_required)
            schema_put_string(writer, NULL, parameters[i].name);
    schema_end_list(writer);
    schema_end_object(writer);
    schema_end_object(writer);
    schema_end_object(writer);
    schema_end_list(writer);
    schema_end_object(writer);
}

static void put_rate(struct schema_writer *writer)
{
    open_either(writer);
    schema_put_string(writer, "type", "number");
    schema_put_json(writer, "minimum", "0.001");
    schema_put_json(writer, "maximum", "1000000000");
    close_either(writer, PATTERN_RATE);
}

static void put_count(struct schema_writer *writer, int64_t max, bool may_be_boolean)
{
    static const char *const unlimited[] = {"unlimited", NULL};
    schema_begin_list(writer, "anyOf");
    schema_begin_object(writer, NULL);
    schema_put_string(writer, "type", "integer");
    schema_put_int(writer, "minimum", 1);
    schema_put_int(writer, "maximum", max);
    schema_end_object(writer);
    schema_begin_object(writer, NULL);
    put_choices(writer, unlimited);
    schema_end_object(writer);
    if (may_be_boolean) {
        schema_begin_object(writer, NULL);
        schema_put_string(writer, "type", "boolean");
        schema_end_object(writer);
    }
    schema_end_list(writer);
}

static void put_limit(struct schema_writer *writer, enum limit_id id)
{
    const struct limit_info *info = &limit_table[id];
    bool is_number = number_is_well_formed(info->default_text, strlen(info->default_text));
    struct text words;
    schema_begin_object(writer, info->name);
    text_init(&words, 4096);
    text_append_strings(&words, info->meaning, "; accepted is ", info->accepted, NULL);
    text_fail_with(writer->out, &words);
    schema_put_string(writer, "description", text_string(&words));
    text_fini(&words);
    if (info->max == 0)
        put_rate(writer);
    else
        put_count(writer, info->max, id == LIMIT_ALLOW_MANY_PORTS);
    if (is_number)
        schema_put_json(writer, "default", info->default_text);
    else
        schema_put_string(writer, "default", info->default_text);
    schema_end_object(writer);
}

static void put_limits(struct schema_writer *writer)
{
    schema_begin_object(writer, "limits");
    schema_put_string(writer, "description", "how hard the run may press on networks and hosts");
    schema_put_string(writer, "type", "object");
    schema_begin_object(writer, "properties");
    for (unsigned i = 0; i < LIMIT_COUNT; i++)
        put_limit(writer, (enum limit_id)i);
    schema_end_object(writer);
    schema_put_json(writer, "additionalProperties", "false");
    schema_end_object(writer);
}

static void put_rules(struct schema_writer *writer, const char *key, const char *description)
{
    schema_begin_object(writer, key);
    schema_put_string(writer, "description", description);
    schema_put_string(writer, "type", "array");
    schema_put_int(writer, "maxItems", POLICY_RULES_MAX);
    schema_begin_object(writer, "items");
    put_pattern(writer, PATTERN_RULE);
    schema_end_object(writer);
    schema_end_object(writer);
}

static void put_policy(struct schema_writer *writer)
{
    schema_begin_object(writer, "policy");
    schema_put_string(writer, "description",
                      "which addresses may be connected to: " POLICY_RULE_ACCEPTED);
    schema_put_string(writer, "type", "object");
    schema_begin_object(writer, "properties");
    put_rules(writer, "allow", "one of these must be met, where there are any");
    put_rules(writer, "deny", "none of these may be met");
    schema_end_object(writer);
    schema_put_json(writer, "additionalProperties", "false");
    schema_end_object(writer);
}

static void put_audit(struct schema_writer *writer)
{
    schema_begin_object(writer, "audit");
    schema_put_string(writer, "description", "where a record of every attempt goes");
    schema_put_string(writer, "type", "object");
    schema_begin_object(writer, "properties");
    schema_begin_object(writer, "file");
    schema_put_string(writer, "description", "a file that is appended to, syslog or journal");
    schema_put_json(writer, "type", "[\"string\", \"number\", \"boolean\"]");
    schema_put_int(writer, "minLength", 1);
    schema_end_object(writer);
    schema_begin_object(writer, "required");
    schema_put_string(writer, "description",
                      "whether a record that cannot be written ends the run");
    schema_put_string(writer, "type", "boolean");
    schema_put_json(writer, "default", "true");
    schema_end_object(writer);
    schema_end_object(writer);
    schema_put_json(writer, "required", "[\"file\"]");
    schema_put_json(writer, "additionalProperties", "false");
    schema_end_object(writer);
}

/* The keywords of lists and those of mappings pass over what is the other. */
static void put_file(struct schema_writer *writer)
{
    schema_put_json(writer, "type", "[\"array\", \"object\"]");
    put_reference(writer, "items", "#/definitions/complete_check");
    schema_begin_object(writer, "properties");
    schema_begin_object(writer, "checks");
    schema_put_string(writer, "type", "array");
    put_reference(writer, "items", "#/definitions/check");
    schema_end_object(writer);
    schema_begin_object(writer, "defaults");
    schema_put_string(writer, "description", "parameters that every check starts from");
    schema_put_json(writer, "allOf", "[{\"$ref\": \"#/definitions/parameters\"}]");
    schema_end_object(writer);
    put_limits(writer);
    put_policy(writer);
    put_audit(writer);
    schema_end_object(writer);
    schema_put_json(writer, "required", "[\"checks\"]");
    schema_put_json(writer, "additionalProperties", "false");
}

void schema_append(struct text *out)
{
    struct schema_writer writer = {.out = out};
    schema_begin_object(&writer, NULL);
    schema_put_string(&writer, "$schema", "http://json-schema.org/draft-07/schema#");
    schema_put_string(&writer, "title", "tcpcheck check file");
    schema_put_string(
        &writer, "description",
        "a list of checks, or a mapping of checks, defaults, limits, policy and audit");
    put_file(&writer);
    schema_begin_object(&writer, "definitions");
    put_check(&writer);
    put_complete_check(&writer);
    put_parameters(&writer);
    schema_end_object(&writer);
    schema_end_object(&writer);
    text_append_char(out, '\n');
}
