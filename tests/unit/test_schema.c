/* format/schema: says of check files what the parsers do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>
#include <cmocka.h>

#include "core/parameter.h"
#include "format/check_entry.h"
#include "format/schema.h"

static json_t *load_schema(void)
{
    struct text text;
    json_error_t error;
    text_init(&text, (size_t)1024 * 1024);
    schema_append(&text);
    assert_true(text_is_ok(&text));
    assert_int_equal(text.bytes[text.length - 1], '\n');
    json_t *schema = json_loads(text.bytes, JSON_REJECT_DUPLICATES, &error);
    if (schema == NULL)
        fail_msg("line %d: %s", error.line, error.text);
    text_fini(&text);
    return schema;
}

/* By a path of keys; the last is NULL. */
static const json_t *find(const json_t *json, ...)
{
    va_list keys;
    va_start(keys, json);
    for (const char *key; (key = va_arg(keys, const char *)) != NULL;) {
        json = json_object_get(json, key);
        if (json == NULL)
            fail_msg("there is no '%s'", key);
    }
    va_end(keys);
    return json;
}

static void it_announces_its_draft(void **state)
{
    json_t *schema = load_schema();
    (void)state;
    assert_string_equal(json_string_value(find(schema, "$schema", NULL)),
                        "http://json-schema.org/draft-07/schema#");
    json_decref(schema);
}

static void every_parameter_is_there_and_no_other(void **state)
{
    json_t *schema = load_schema();
    const json_t *known = find(schema, "definitions", "parameters", "properties", NULL);
    (void)state;
    assert_int_equal(json_object_size(known), PARAMETER_COUNT);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const json_t *parameter = find(known, parameters[i].name, NULL);
        const char *description = json_string_value(find(parameter, "description", NULL));
        assert_non_null(strstr(description, parameters[i].meaning));
        assert_non_null(strstr(description, parameters[i].accepted));
    }
    const json_t *others = find(schema, "definitions", "parameters", "additionalProperties", NULL);
    assert_true(json_is_false(others));
    json_decref(schema);
}

static void defaults_are_those_of_the_table(void **state)
{
    json_t *schema = load_schema();
    const json_t *known = find(schema, "definitions", "parameters", "properties", NULL);
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const json_t *parameter = find(known, parameters[i].name, NULL);
        if (parameters[i].default_text == NULL)
            assert_null(json_object_get(parameter, "default"));
    }
    assert_int_equal(json_integer_value(find(known, "timeout", "default", NULL)), 10);
    assert_int_equal(json_integer_value(find(known, "attempts", "default", NULL)), 1);
    assert_true(json_is_true(find(known, "search", "default", NULL)));
    assert_string_equal(json_string_value(find(known, "expect", "default", NULL)), "open");
    json_decref(schema);
}

static void ranges_are_those_of_the_table(void **state)
{
    json_t *schema = load_schema();
    const json_t *known = find(schema, "definitions", "parameters", "properties", NULL);
    (void)state;
    const json_t *timeout = json_array_get(find(known, "timeout", "anyOf", NULL), 0);
    assert_true(json_number_value(find(timeout, "minimum", NULL)) == 0.001);
    assert_true(json_number_value(find(timeout, "maximum", NULL)) == 3600);
    const json_t *port = json_array_get(find(known, "port", "anyOf", NULL), 0);
    assert_int_equal(json_integer_value(find(port, "minimum", NULL)), 1);
    assert_int_equal(json_integer_value(find(port, "maximum", NULL)), 65535);
    assert_int_equal(json_integer_value(find(known, "attempts", "maximum", NULL)), 1000);
    assert_int_equal(json_array_size(find(known, "expect", "enum", NULL)), 5);
    json_decref(schema);
}

static void a_check_has_the_keys_that_the_parser_takes(void **state)
{
    json_t *schema = load_schema();
    const json_t *check = find(schema, "definitions", "check", NULL);
    const json_t *keys = find(check, "properties", NULL);
    size_t count = 0;
    (void)state;
    for (; entry_names[count] != NULL; count++)
        assert_non_null(json_object_get(keys, entry_names[count]));
    assert_int_equal(json_object_size(keys), count);
    assert_true(json_is_false(find(check, "additionalProperties", NULL)));
    assert_int_equal(json_array_size(find(check, "required", NULL)), 2);
    json_decref(schema);
}

/* `defaults` may give host and port; a list has none. */
static void only_a_list_requires_host_and_port(void **state)
{
    json_t *schema = load_schema();
    (void)state;
    assert_string_equal(json_string_value(find(schema, "items", "$ref", NULL)),
                        "#/definitions/complete_check");
    assert_string_equal(
        json_string_value(find(schema, "properties", "checks", "items", "$ref", NULL)),
        "#/definitions/check");
    const json_t *all = find(schema, "definitions", "complete_check", "allOf", NULL);
    const json_t *required =
        find(json_array_get(all, 1), "properties", "parameters", "required", NULL);
    assert_int_equal(json_array_size(required), 2);
    assert_null(json_object_get(find(schema, "definitions", "parameters", NULL), "required"));
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_announces_its_draft),
        cmocka_unit_test(every_parameter_is_there_and_no_other),
        cmocka_unit_test(defaults_are_those_of_the_table),
        cmocka_unit_test(ranges_are_those_of_the_table),
        cmocka_unit_test(a_check_has_the_keys_that_the_parser_takes),
        cmocka_unit_test(only_a_list_requires_host_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
