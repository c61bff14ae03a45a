/* Types, ranges, defaults and words of the schema come from the parameter table,
 * so that an editor knows what the program knows. Written out directly: a tree
 * of the schema would be another shape of the same table. */
#include "format/schema.h"

#include <stdbool.h>
#include <string.h>

#include "core/duration.h"
#include "core/number.h"
#include "core/parameter.h"
#include "format/json.h"

#define DECIMAL        "(0|[1-9][0-9]*)([.][0-9]{1,9})?"
#define PATTERN_HOST   "^[0-9A-Za-z._:%\\[\\]-]+$"
#define PATTERN_NAME   "^[0-9A-Za-z._+*/-]*[A-Za-z][0-9A-Za-z._+*/-]*$"
#define PATTERN_TIME   "^" DECIMAL "(ms|s|m|h)$"
#define PATTERN_SOURCE "^[0-9A-Fa-f:.]+(%[0-9]+)?$"
#define PATTERN_RANGE  "^@?(" DECIMAL "|(~|-?" DECIMAL "):(-?" DECIMAL ")?)$"
#define PATTERN_RATE   "^(" DECIMAL "/s|unlimited)$"

struct schema {
    struct text *out;
    int depth;
    bool has_member; /* of the object or list that is open */
};

/* ---- JSON ------------------------------------------------------------- */

static void start_line(struct schema *schema)
{
    text_append_char(schema->out, '\n');
    for (int i = 0; i < schema->depth; i++)
        text_append_string(schema->out, "  ");
}

/* The key of an object's member; NULL in a list. */
static void start_member(struct schema *schema, const char *key)
{
    if (schema->has_member)
        text_append_char(schema->out, ',');
    start_line(schema);
    if (key != NULL) {
        json_append_string(schema->out, key);
        text_append_string(schema->out, ": ");
    }
    schema->has_member = true;
}

static void begin(struct schema *schema, const char *key, char bracket)
{
    start_member(schema, key);
    text_append_char(schema->out, bracket);
    schema->depth++;
    schema->has_member = false;
}

static void end(struct schema *schema, char bracket)
{
    schema->depth--;
    start_line(schema);
    text_append_char(schema->out, bracket);
    schema->has_member = true;
}

static void put_string(struct schema *schema, const char *key, const char *value)
{
    start_member(schema, key);
    json_append_string(schema->out, value);
}

/* true, a number, a short list: JSON already. */
static void put_json(struct schema *schema, const char *key, const char *json)
{
    start_member(schema, key);
    text_append_string(schema->out, json);
}

static void put_int(struct schema *schema, const char *key, int64_t number)
{
    start_member(schema, key);
    text_append_int(schema->out, number);
}

static void put_seconds(struct schema *schema, const char *key, int64_t ns)
{
    start_member(schema, key);
    text_append_seconds(schema->out, ns, ns % NS_PER_S == 0 ? 0 : 3);
}

/* ---- parameters ------------------------------------------------------- */

static void put_pattern(struct schema *schema, const char *pattern)
{
    put_string(schema, "type", "string");
    put_string(schema, "pattern", pattern);
}

static void put_integer(struct schema *schema, const struct parameter *parameter)
{
    put_string(schema, "type", "integer");
    put_int(schema, "minimum", parameter->min);
    put_int(schema, "maximum", parameter->max);
}

static void open_either(struct schema *schema)
{
    begin(schema, "anyOf", '[');
    begin(schema, NULL, '{');
}

/* The second form is text. */
static void close_either(struct schema *schema, const char *pattern)
{
    end(schema, '}');
    begin(schema, NULL, '{');
    put_pattern(schema, pattern);
    end(schema, '}');
    end(schema, ']');
}

static void put_duration(struct schema *schema, const struct parameter *parameter)
{
    open_either(schema);
    put_string(schema, "type", "number");
    put_seconds(schema, "minimum", parameter->min);
    put_seconds(schema, "maximum", parameter->max);
    close_either(schema, PATTERN_TIME);
}

static void put_range(struct schema *schema)
{
    open_either(schema);
    put_string(schema, "type", "number");
    put_int(schema, "minimum", 0);
    close_either(schema, PATTERN_RANGE);
}

static void put_choices(struct schema *schema, const char *const *choices)
{
    begin(schema, "enum", '[');
    for (; *choices != NULL; choices++)
        put_string(schema, NULL, *choices);
    end(schema, ']');
}

static void put_type(struct schema *schema, const struct parameter *parameter)
{
    switch (parameter->type) {
    case PARAMETER_HOST: put_pattern(schema, PATTERN_HOST); break;
    case PARAMETER_PORT:
        open_either(schema);
        put_integer(schema, parameter);
        close_either(schema, PATTERN_NAME);
        break;
    case PARAMETER_INTEGER: put_integer(schema, parameter); break;
    case PARAMETER_DURATION: put_duration(schema, parameter); break;
    case PARAMETER_CHOICE: put_choices(schema, parameter->choices); break;
    case PARAMETER_BOOLEAN: put_string(schema, "type", "boolean"); break;
    case PARAMETER_ADDRESS: put_pattern(schema, PATTERN_SOURCE); break;
    case PARAMETER_RANGE: put_range(schema); break;
    }
}

static void put_default(struct schema *schema, const struct parameter *parameter)
{
    const char *text = parameter->default_text;
    if (text == NULL)
        return;
    bool is_json =
        parameter->type == PARAMETER_BOOLEAN || number_is_well_formed(text, strlen(text));
    if (is_json)
        put_json(schema, "default", text);
    else
        put_string(schema, "default", text);
}

static void put_parameter(struct schema *schema, const struct parameter *parameter)
{
    begin(schema, parameter->name, '{');
    put_string(schema, "title", parameter->name);
    start_member(schema, "description");
    struct text words;
    text_init(&words, 4096);
    text_append_strings(&words, parameter->meaning, "; accepted is ", parameter->accepted, NULL);
    json_append_string(schema->out, text_string(&words));
    text_fini(&words);
    put_type(schema, parameter);
    put_default(schema, parameter);
    end(schema, '}');
}

static void put_parameters(struct schema *schema)
{
    begin(schema, "parameters", '{');
    put_string(schema, "title", "parameters of a check");
    put_string(schema, "type", "object");
    begin(schema, "properties", '{');
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        put_parameter(schema, &parameters[i]);
    end(schema, '}');
    put_json(schema, "additionalProperties", "false");
    end(schema, '}');
}

/* ---- checks ----------------------------------------------------------- */

static void put_reference(struct schema *schema, const char *key, const char *definition)
{
    begin(schema, key, '{');
    put_string(schema, "$ref", definition);
    end(schema, '}');
}

/* YAML's `2` and `true` are text where text is wanted. */
static void put_text(struct schema *schema, const char *key, const char *description)
{
    begin(schema, key, '{');
    put_string(schema, "description", description);
    put_json(schema, "type", "[\"string\", \"number\", \"boolean\"]");
    end(schema, '}');
}

static void put_name(struct schema *schema)
{
    begin(schema, "name", '{');
    put_string(schema, "description", "what results call the check");
    put_json(schema, "type", "[\"string\", \"number\", \"boolean\"]");
    put_int(schema, "minLength", 1);
    end(schema, '}');
}

static void put_labels(struct schema *schema)
{
    begin(schema, "labels", '{');
    put_string(schema, "description", "words to choose checks by (--label), shown in results");
    put_string(schema, "type", "object");
    put_json(schema, "propertyNames", "{\"minLength\": 1}");
    put_json(schema, "additionalProperties", "{\"type\": [\"string\", \"number\", \"boolean\"]}");
    end(schema, '}');
}

static void put_check(struct schema *schema)
{
    begin(schema, "check", '{');
    put_string(schema, "title", "check");
    put_string(schema, "type", "object");
    begin(schema, "properties", '{');
    put_name(schema);
    begin(schema, "plugin", '{');
    put_string(schema, "const", "check_tcp_connection");
    end(schema, '}');
    put_reference(schema, "parameters", "#/definitions/parameters");
    put_text(schema, "description", "a remark for people");
    put_labels(schema);
    end(schema, '}');
    put_json(schema, "required", "[\"name\", \"plugin\"]");
    put_json(schema, "additionalProperties", "false");
    end(schema, '}');
}

/* Where there is no `defaults`, nothing else can give what is required. */
static void put_complete_check(struct schema *schema)
{
    begin(schema, "complete_check", '{');
    begin(schema, "allOf", '[');
    put_reference(schema, NULL, "#/definitions/check");
    begin(schema, NULL, '{');
    put_json(schema, "required", "[\"parameters\"]");
    begin(schema, "properties", '{');
    begin(schema, "parameters", '{');
    begin(schema, "required", '[');
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (parameters[i].is_required)
            put_string(schema, NULL, parameters[i].name);
    end(schema, ']');
    end(schema, '}');
    end(schema, '}');
    end(schema, '}');
    end(schema, ']');
    end(schema, '}');
}

static void put_rate(struct schema *schema, const char *key, const char *description)
{
    begin(schema, key, '{');
    put_string(schema, "description", description);
    open_either(schema);
    put_string(schema, "type", "number");
    put_json(schema, "minimum", "0.001");
    put_json(schema, "maximum", "1000000000");
    close_either(schema, PATTERN_RATE);
    put_string(schema, "default", "unlimited");
    end(schema, '}');
}

static void put_limits(struct schema *schema)
{
    begin(schema, "limits", '{');
    put_string(schema, "description", "how fast connections may start");
    put_string(schema, "type", "object");
    begin(schema, "properties", '{');
    put_rate(schema, "rate", "connections a second in all");
    put_rate(schema, "host_rate", "connections a second to one address");
    end(schema, '}');
    put_json(schema, "additionalProperties", "false");
    end(schema, '}');
}

/* The keywords of lists and those of mappings pass over what is the other. */
static void put_file(struct schema *schema)
{
    put_json(schema, "type", "[\"array\", \"object\"]");
    put_reference(schema, "items", "#/definitions/complete_check");
    begin(schema, "properties", '{');
    begin(schema, "checks", '{');
    put_string(schema, "type", "array");
    put_reference(schema, "items", "#/definitions/check");
    end(schema, '}');
    begin(schema, "defaults", '{');
    put_string(schema, "description", "parameters that every check starts from");
    put_json(schema, "allOf", "[{\"$ref\": \"#/definitions/parameters\"}]");
    end(schema, '}');
    put_limits(schema);
    end(schema, '}');
    put_json(schema, "required", "[\"checks\"]");
    put_json(schema, "additionalProperties", "false");
}

void schema_append(struct text *out)
{
    struct schema schema = {.out = out, .depth = 1};
    text_append_char(out, '{');
    put_string(&schema, "$schema", "http://json-schema.org/draft-07/schema#");
    put_string(&schema, "title", "tcpcheck check file");
    put_string(&schema, "description",
               "a list of checks, or a mapping of checks, defaults and limits");
    put_file(&schema);
    begin(&schema, "definitions", '{');
    put_check(&schema);
    put_complete_check(&schema);
    put_parameters(&schema);
    end(&schema, '}');
    end(&schema, '}');
    text_append_char(out, '\n');
}
