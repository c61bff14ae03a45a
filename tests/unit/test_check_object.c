/* format/check_object: JSON objects to checks, and what is said about wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/parameter.h"
#include "format/check_object.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TARGET       "\"host\": \"h\", \"port\": 1"
#define ENTRY(more) \
    "{\"name\": \"a\", \"plugin\": \"check_tcp_connection\", \"parameters\": {" TARGET "}" more "}"

struct object_case {
    const char *json;
    const char *shown;
};

static void show_check(struct text *text, const struct check *check)
{
    text_append_strings(text, check->name != NULL ? check->name : "-", NULL);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (!check_has(check, (enum parameter_id)i))
            continue;
        text_append_strings(text, " ", parameters[i].name, "=", NULL);
        parameter_append(text, check, &parameters[i]);
    }
    for (uint32_t i = 0; i < check->label_count; i++)
        text_append_strings(text, " [", check->labels[i].key, "=", check->labels[i].value, "]",
                            NULL);
    if (check->description != NULL)
        text_append_strings(text, " (", check->description, ")", NULL);
    text_append_char(text, '\n');
}

static void parse(struct text *shown, const char *json, size_t length,
                  const struct check *overrides)
{
    struct service_table services;
    struct problem_list problems;
    struct arena arena;
    struct check check;
    service_table_init(&services);
    assert_true(service_table_add_well_known(&services));
    const struct naming naming = {.services = &services};
    problem_list_init(&problems);
    arena_init(&arena);
    /* Exactly as large as the text: a byte read behind it is found by ASan. */
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, json, length);
    bool is_right = check_object_parse(&check, &arena, copy, length, overrides, &naming, &problems);
    free(copy);
    if (is_right)
        show_check(shown, &check);
    else
        problem_list_append(shown, &problems, "-", NULL, 0);
    assert_true(is_right == (problems.total == 0));
    problem_list_fini(&problems);
    arena_fini(&arena);
    service_table_fini(&services);
}

static void assert_object(const char *json, size_t length, const char *expected)
{
    struct text shown;
    text_init(&shown, 65536);
    parse(&shown, json, length, NULL);
    if (strcmp(text_string(&shown), expected) != 0)
        fail_msg("of <<%.*s>>\nshown:\n%s\nexpected:\n%s", (int)(length < 400 ? length : 400), json,
                 text_string(&shown), expected);
    text_fini(&shown);
}

static void assert_cases(const struct object_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_object(cases[i].json, strlen(cases[i].json), cases[i].shown);
}

static void both_forms_are_read(void **state)
{
    static const struct object_case cases[] = {
        {"{" TARGET "}", "- host=h port=1\n"},
        {"\xef\xbb\xbf \n{" TARGET "}\n", "- host=h port=1\n"},
        {"{\"port\": \"redis\", \"host\": \"[::1]\", \"timeout\": 0.25, \"retry_delay\": \"2s\", "
         "\"search\": false, \"warning\": \"10:\", \"critical\": 3}",
         "- host=::1 port=6379 timeout=250ms retry_delay=2s search=false warning=10: "
         "critical=3\n"},
        {ENTRY(""), "a host=h port=1\n"},
        {ENTRY(", \"description\": \"d\", \"labels\": {\"env\": \"prod\", \"tier\": \"1\"}"),
         "a host=h port=1 [env=prod] [tier=1] (d)\n"},
        {"{\"h\\u006fst\": \"\\u0068\", \"port\": 1}", "- host=h port=1\n"},
        {"{\"name\":\"\\\"\\\\\\ud83d\\ude00\",\"plugin\":\"check_tcp_connection\","
         "\"parameters\":{" TARGET "}}",
         "\"\\\xf0\x9f\x98\x80 host=h port=1\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void wrong_objects_are_told_what_and_where(void **state)
{
    static const struct object_case cases[] = {
        {"{}", "-:1:1: host and port are missing\n"},
        {"{\"host\": \"h\"}", "-:1:1: port is missing: accepted is 1-65535 or a service name\n"},
        {"{\"name\": \"a\", \"host\": \"h\"}",
         "-:1:1: plugin is missing: accepted is check_tcp_connection\n"
         "-:1:1: host and port are missing\n"
         "-:1:15: unknown key 'host' in a check: it belongs under 'parameters'\n"},
        {"{\"name\": 5, \"plugin\": \"check_http\", \"parameters\": [], \"labels\": {\"\": \"x\", "
         "\"a\": 1}, \"description\": null}",
         "-:1:10: name must be a string, found a number\n"
         "-:1:23: plugin must be check_tcp_connection, found 'check_http'\n"
         "-:1:51: parameters must be a mapping ('host: db', 'port: 5432', ...), found a list\n"
         "-:1:66: the name of a label is empty\n"
         "-:1:80: a label must be a string, found a number\n"
         "-:1:99: description must be a string, found nothing\n"},
        {"{" TARGET ", \"tiemout\": 1, \"name \": 2, \"<<\": {}}",
         "-:1:26: unknown key 'tiemout' in parameters (did you mean 'timeout'?)\n"
         "-:1:40: unknown key 'name ' in parameters: accepted are host, port, timeout, "
         "source_port, attempts, retry_delay, source_address, interface, family, addresses, "
         "require, resolver, search, handshake, hold, close, expect, warning and critical\n"
         "-:1:52: unknown key '<<' in parameters: accepted are host, port, timeout, source_port, "
         "attempts, retry_delay, source_address, interface, family, addresses, require, resolver, "
         "search, handshake, hold, "
         "close, expect, warning and critical\n"},
        {"{" TARGET ",\n  \"family\": \"ipv4\",\r\n\t\"source_address\": \"::1\"}",
         "-:3:20: source_address ::1 and family ipv4 exclude each other: one is IPv4, the other "
         "IPv6\n"},
        {"{\"host\": \"caf\xc3\xa9\", \"port\": 0}",
         "-:1:10: host 'caf\xc3\xa9' is not ASCII: write the A-label of the name (xn--...)\n"
         "-:1:26: port '0' is out of range: accepted is 1-65535 or a service name\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

/* jansson makes 80 of 80.0, and 1000 of 1e3: what was written is what counts. */
static void numbers_are_judged_as_they_are_written(void **state)
{
    static const struct object_case cases[] = {
        {"{\"host\": \"h\", \"port\": 80.0}",
         "-:1:23: port '80.0' is not a whole number: accepted is 1-65535 or a service name\n"},
        {"{\"host\": \"h\", \"port\": 8e1}",
         "-:1:23: port '8e1' is malformed (an exponent is not accepted: write all digits): "
         "accepted is 1-65535 or a service name\n"},
        {"{\"host\": \"h\", \"port\": -1}",
         "-:1:23: port '-1' is malformed (a negative number is not accepted): accepted is 1-65535 "
         "or a service name\n"},
        {"{\"host\": \"h\", \"port\": 99999999999999999999}",
         "-:1:23: port '99999999999999999999' is out of range: accepted is 1-65535 or a service "
         "name\n"},
        {"{\"host\": \"h\", \"port\": \"80\"}",
         "-:1:23: port '80' is a string (write the number without quotes): accepted is 1-65535 or "
         "a service name\n"},
        {"{\"host\": \"h\", \"port\": true}",
         "-:1:23: port is true or false: accepted is 1-65535 or a service name\n"},
        {"{\"host\": \"h\", \"port\": null}",
         "-:1:23: port has no value: accepted is 1-65535 or a service name\n"},
        {"{\"host\": 5, \"port\": 1}",
         "-:1:10: host '5' is a number: accepted is a name or an IP address\n"},
        {"{\"host\": {\"a\": [1, \"]}\"]}, \"port\": 0}",
         "-:1:10: host is a mapping: accepted is a name or an IP address\n"
         "-:1:36: port '0' is out of range: accepted is 1-65535 or a service name\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void what_is_no_object_is_told_so(void **state)
{
    static const struct object_case cases[] = {
        {"", "-:1:1: there is nothing: accepted is a JSON object of parameters\n"},
        {" \n", "-:2:1: there is nothing: accepted is a JSON object of parameters\n"},
        {"[]", "-:1:1: accepted is a JSON object: {\"host\": \"db\", \"port\": 5432}\n"},
        {"\n null", "-:2:2: accepted is a JSON object: {\"host\": \"db\", \"port\": 5432}\n"},
        {"host: h", "-:1:1: accepted is a JSON object: {\"host\": \"db\", \"port\": 5432}\n"},
        {"{\"host\": \"h\"", "-:1:13: not JSON: '}' expected near end of file\n"},
        {"{\"host\": \"h\",}", "-:1:14: not JSON: string or '}' expected near '}'\n"},
        {"{\"host\": 'h'}", "-:1:10: not JSON: invalid token near '''\n"},
        {"{\"port\": 0x50}", "-:1:11: not JSON: '}' expected near 'x'\n"},
        {"{\"port\": 080}", "-:1:10: not JSON: invalid token near '0'\n"},
        {"{\"port\": NaN}", "-:1:10: not JSON: invalid token near 'NaN'\n"},
        {"{\"timeout\": 1e999}", "-:1:13: the number is too large\n"},
        {"{\"host\": \"h\", \"host\": \"i\"}", "-:1:15: the key is there twice in one object\n"},
        {"{} x", "-:1:4: the text goes on after the end of the object\n"},
        {"{}{}", "-:1:3: the text goes on after the end of the object\n"},
        {"{\"host\": \"a\\u0000b\"}", "-:1:10: a NUL character in a string is not accepted\n"},
        {"{\"ho\\u0000st\": 1}", "-:1:2: a NUL character in a string is not accepted\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
    assert_object("{\"a\": \"\xe9\"}", 10, "-:1:8: byte 0xe9 is not UTF-8: save it as UTF-8\n");
    assert_object("{\0}\0", 4, "-:1:1: this looks like UTF-16: save it as UTF-8\n");
    assert_object("{\"host\": \"\0\"}", 13, "-:1:10: not JSON: control character 0x0 near '\"'\n");
}

static void append_repeated(struct text *text, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_append_char(text, byte);
}

static void ceilings_hold(void **state)
{
    struct text json;
    (void)state;
    text_init(&json, 2 * CHECK_OBJECT_MAX_BYTES);
    text_append_string(&json, "{" TARGET ", \"x\": ");
    append_repeated(&json, '[', 32);
    append_repeated(&json, ']', 32);
    text_append_char(&json, '}');
    assert_object(json.bytes, json.length,
                  "-:1:62: nesting deeper than 32 levels is not accepted\n");

    text_clear(&json);
    text_append_string(&json, "{" TARGET ", \"x\": ");
    append_repeated(&json, '[', 100000);
    assert_object(json.bytes, json.length,
                  "-:1:2078: nesting deeper than 32 levels is not accepted\n");

    text_clear(&json);
    text_append_string(&json, "{" TARGET "}");
    append_repeated(&json, ' ', CHECK_OBJECT_MAX_BYTES - json.length);
    assert_object(json.bytes, json.length, "- host=h port=1\n");
    text_append_char(&json, ' ');
    assert_object(json.bytes, json.length, "-:1:1: the input is larger than 1 MiB\n");
    text_fini(&json);
}

static void options_win_over_the_object(void **state)
{
    struct check overrides;
    struct text shown;
    (void)state;
    check_init(&overrides);
    overrides.port = 7;
    overrides.given = 1U << PARAM_PORT;
    text_init(&shown, 4096);
    parse(&shown, "{" TARGET "}", strlen("{" TARGET "}"), &overrides);
    assert_string_equal(text_string(&shown), "- host=h port=7\n");
    text_clear(&shown);
    parse(&shown, "{\"host\": \"h\"}", strlen("{\"host\": \"h\"}"), &overrides);
    assert_string_equal(text_string(&shown), "- host=h port=7\n");
    text_fini(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_are_read),
        cmocka_unit_test(wrong_objects_are_told_what_and_where),
        cmocka_unit_test(numbers_are_judged_as_they_are_written),
        cmocka_unit_test(what_is_no_object_is_told_so),
        cmocka_unit_test(ceilings_hold),
        cmocka_unit_test(options_win_over_the_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
