/* format/check_file: YAML to checks, and what is said about files that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/parameter.h"
#include "format/check_file.h"

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define PLUGIN         "plugin: check_tcp_connection"
#define TARGET         "parameters: {host: h, port: 1}"
#define CHECK          "{name: a, " PLUGIN ", " TARGET "}"
#define PARAMETERS(of) "- {name: a, " PLUGIN ", parameters: {" of "}}\n"
#define SHOWN_MAX      ((size_t)1024 * 1024)

/* A parsed file, or the problems of one. */
struct parsed {
    struct check_list list;
    struct problem_list problems;
    struct service_table services;
    bool is_right;
};

static void parse_with(struct parsed *parsed, const char *bytes, size_t length,
                       const struct check *overrides)
{
    check_list_init(&parsed->list);
    problem_list_init(&parsed->problems);
    service_table_init(&parsed->services);
    assert_true(service_table_add_well_known(&parsed->services));
    const struct naming naming = {.services = &parsed->services};
    /* Exactly as large as the file: a byte read behind it is found by ASan. */
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    parsed->is_right =
        check_file_parse(&parsed->list, copy, length, overrides, &naming, &parsed->problems);
    free(copy);
}

static void forget(struct parsed *parsed)
{
    check_list_fini(&parsed->list);
    problem_list_fini(&parsed->problems);
    service_table_fini(&parsed->services);
}

/* "3:3 name host=h port=1 [label=value]", a line a check; only what was given. */
static void append_check(struct text *text, const struct check *check)
{
    text_append_int(text, check->line);
    text_append_char(text, ':');
    text_append_int(text, check->column);
    text_append_strings(text, " ", check->name, NULL);
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

/* The checks, or the problems as `lint` shows them, without the lines of the file. */
static void show(struct text *text, const struct parsed *parsed)
{
    if (!parsed->is_right) {
        problem_list_append(text, &parsed->problems, "f", NULL, 0);
        return;
    }
    for (size_t i = 0; i < parsed->list.count; i++)
        append_check(text, check_list_at(&parsed->list, i));
}

static void assert_parsed(const char *bytes, size_t length, const char *expected)
{
    struct parsed parsed;
    struct text text;
    parse_with(&parsed, bytes, length, NULL);
    text_init(&text, SHOWN_MAX);
    show(&text, &parsed);
    if (strcmp(text_string(&text), expected) != 0)
        fail_msg("of <<%.*s>>\nshown:\n%s\nexpected:\n%s", (int)(length < 400 ? length : 400),
                 bytes, text_string(&text), expected);
    text_fini(&text);
    forget(&parsed);
}

struct file_case {
    const char *file;
    const char *shown;
};

static void assert_cases(const struct file_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_parsed(cases[i].file, strlen(cases[i].file), cases[i].shown);
}

static void both_forms_are_read(void **state)
{
    static const struct file_case cases[] = {
        {"[]", ""},
        {"checks: []", ""},
        {"- name: web\n  " PLUGIN "\n  parameters:\n    host: example.com\n    port: 80\n",
         "1:3 web host=example.com port=80\n"},
        {"- name: a\n  " PLUGIN "\n  " TARGET "\n-\n  name: b\n  " PLUGIN "\n  " TARGET "\n",
         "1:3 a host=h port=1\n5:3 b host=h port=1\n"},
        {"checks:\n- " CHECK "\n", "2:3 a host=h port=1\n"},
        {"---\n- " CHECK "\n...\n# the end\n", "2:3 a host=h port=1\n"},
        {"%YAML 1.2\n---\n- " CHECK "\n", "3:3 a host=h port=1\n"},
        {"# yaml-language-server: $schema=x\n- " CHECK, "2:3 a host=h port=1\n"},
        {"- {name: a, " PLUGIN ", " TARGET ", description: 'it''s', labels: {env: prod, tier: 1}}",
         "1:3 a host=h port=1 [env=prod] [tier=1] (it's)\n"},
        {"- {name: a, " PLUGIN ", " TARGET ", labels: {}}", "1:3 a host=h port=1\n"},
        {"- {name: 443, " PLUGIN ", parameters: {host: no, port: redis}}",
         "1:3 443 host=no port=6379\n"},
        {PARAMETERS("host: '::1', port: 22, timeout: 250ms, attempts: 3, retry_delay: 0"),
         "1:3 a host=::1 port=22 timeout=250ms attempts=3 retry_delay=0s\n"},
        {"- name: |\n    a\n    b\n  " PLUGIN "\n  " TARGET, "1:3 a\nb\n host=h port=1\n"},
        {"- name: \"\\x1b[31m\"\n  " PLUGIN "\n  " TARGET, "1:3 \x1b[31m host=h port=1\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void defaults_count_wherever_they_stand(void **state)
{
    static const struct file_case cases[] = {
        {"defaults: {timeout: 3, port: 80}\nchecks:\n- {name: a, " PLUGIN
         ", parameters: {host: h}}\n- {name: b, " PLUGIN
         ", parameters: {host: h, port: 81, timeout: 10}}\n",
         "3:3 a host=h port=80 timeout=3s\n4:3 b host=h port=81 timeout=10s\n"},
        {"checks:\n- {name: a, " PLUGIN ", parameters: {host: h}}\ndefaults: {port: 80}\n",
         "2:3 a host=h port=80\n"},
        {"defaults: {host: h, port: 1}\nchecks:\n- {name: a, " PLUGIN "}\n- {name: b, " PLUGIN
         ", parameters: {}}\n",
         "3:3 a host=h port=1\n4:3 b host=h port=1\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void aliases_and_merge_keys_work_everywhere(void **state)
{
    static const struct file_case cases[] = {
        {"- &one " CHECK "\n- *one\n", "1:3 a host=h port=1\n2:3 a host=h port=1\n"},
        {"- {name: &n a, " PLUGIN ", parameters: &p {host: h, port: &q 1}}\n"
         "- {name: *n, " PLUGIN ", parameters: *p}\n"
         "- {name: c, " PLUGIN ", parameters: {host: *n, port: *q}}\n",
         "1:3 a host=h port=1\n2:3 a host=h port=1\n3:3 c host=a port=1\n"},
        {"- {name: a, &k plugin: check_tcp_connection, " TARGET "}\n"
         "- {name: b, *k : check_tcp_connection, " TARGET "}\n",
         "1:3 a host=h port=1\n2:3 b host=h port=1\n"},
        /* Explicit keys win over merged ones, wherever the merge key stands. */
        {"defaults: &d {timeout: 3, attempts: 2}\nchecks:\n- {name: a, " PLUGIN
         ", parameters: {port: 1, <<: *d, host: h, timeout: 4}}\n",
         "3:3 a host=h port=1 timeout=4s attempts=2\n"},
        /* Of several, the first wins; a mapping's own entries win over what it merges. */
        {PARAMETERS("<<: [{host: x}, {host: y, port: 5}]"), "1:3 a host=x port=5\n"},
        {PARAMETERS("<<: {<<: {host: x, port: 1}, port: 2}, timeout: 1"),
         "1:3 a host=x port=2 timeout=1s\n"},
        {PARAMETERS("<<: {host: x}, <<: {port: 2}"), "1:3 a host=x port=2\n"},
        {PARAMETERS("<<: [], host: x, port: 2"), "1:3 a host=x port=2\n"},
        {"- &one " CHECK "\n- {<<: *one, name: b}\n", "1:3 a host=h port=1\n2:3 b host=h port=1\n"},
        {"- {name: a, " PLUGIN ", " TARGET ", labels: &l {env: prod, tier: 1}}\n"
         "- {name: b, " PLUGIN ", " TARGET ", labels: {tier: 2, <<: *l, zone: x}}\n",
         "1:3 a host=h port=1 [env=prod] [tier=1]\n"
         "2:3 b host=h port=1 [tier=2] [zone=x] [env=prod]\n"},
        {"limits: {rate: &r 5}\ndefaults: {timeout: *r}\nchecks: [" CHECK "]",
         "3:10 a host=h port=1 timeout=5s\n"},
        {"<<: {checks: [" CHECK "], defaults: {timeout: 4}}", "1:15 a host=h port=1 timeout=4s\n"},
        /* An anchor that is set again names the new value from there on. */
        {"- {name: &n a, " PLUGIN ", " TARGET "}\n- {name: &n b, " PLUGIN ", " TARGET "}\n"
         "- {name: *n, " PLUGIN ", " TARGET "}\n",
         "1:3 a host=h port=1\n2:3 b host=h port=1\n3:3 b host=h port=1\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void tags_decide_the_type(void **state)
{
    static const struct file_case cases[] = {
        {PARAMETERS("host: !!str no, port: !!int 80"), "1:3 a host=no port=80\n"},
        {PARAMETERS("host: h, port: !!int '80', search: !!bool true, timeout: !!float 1.5"),
         "1:3 a host=h port=80 timeout=1.5s search=true\n"},
        {"!!seq\n- !!map " CHECK, "2:3 a host=h port=1\n"},
        {PARAMETERS("host: h, port: !!str 80"),
         "f:1:71: port '80' is a string (write the number without quotes): accepted is 1-65535 "
         "or a service name\n"},
        {PARAMETERS("host: h, port: ! 80"),
         "f:1:71: port '80' is a string (write the number without quotes): accepted is 1-65535 "
         "or a service name\n"},
        {PARAMETERS("host: h, port: !!int x"), "f:1:71: 'x' is not what its tag says: !!int\n"},
        {PARAMETERS("host: h, port: !port 80"),
         "f:1:71: the tag '!port' does not belong here: accepted are !!str, !!int, !!float, "
         "!!bool and !!null on a value, !!seq on a list, !!map on a mapping\n"},
        {"!!set []",
         "f:1:1: the tag !!set does not belong here: accepted are !!str, !!int, !!float, !!bool "
         "and !!null on a value, !!seq on a list, !!map on a mapping\n"},
        {PARAMETERS("host: h, port: !p!x 80"),
         "f:1:71: unknown tag: accepted are !!str, !!int, !!float, !!bool, !!null, !!seq and "
         "!!map\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void limits_are_read(void **state)
{
    static const char file[] = "limits: {rate: 100, host_rate: 2.5/s, host_in_flight: 3,\n"
                               "  allow_many_ports: 40}\nchecks: []";
    struct parsed parsed;
    (void)state;
    parse_with(&parsed, file, strlen(file), NULL);
    assert_true(parsed.is_right);
    assert_int_equal(parsed.list.limits.given, (1u << LIMIT_COUNT) - 1);
    assert_int_equal(parsed.list.limits.rate.interval_ps, 10000000000);
    assert_int_equal(parsed.list.limits.host_rate.interval_ps, 400000000000);
    assert_int_equal(parsed.list.limits.host_in_flight, 3);
    assert_int_equal(parsed.list.limits.host_ports, 40);
    forget(&parsed);

    static const char other[] = "limits: {host_rate: 'unlimited', allow_many_ports: true}\n"
                                "checks: []";
    parse_with(&parsed, other, strlen(other), NULL);
    assert_true(parsed.is_right);
    assert_int_equal(parsed.list.limits.given,
                     1u << LIMIT_HOST_RATE | 1u << LIMIT_ALLOW_MANY_PORTS);
    assert_int_equal(parsed.list.limits.host_rate.interval_ps, 0);
    assert_int_equal(parsed.list.limits.host_ports, 0);
    forget(&parsed);
}

/* What a target of the check is told. */
static const char *objection_to(const struct check *check, const char *target, uint16_t port)
{
    struct address address;
    assert_true(address_parse(target, strlen(target), &address));
    address.port = port;
    return policy_objection(check->policy, &address);
}

static void every_check_has_the_policy_of_its_file(void **state)
{
    static const char file[] = "checks: [" CHECK "]\n"
                               "policy:\n"
                               "  allow: [10.0.0.0/8, '[2001:db8::/32]:443']\n"
                               "  deny:\n  - 10.1.0.0/16:8000-8999\n";
    struct parsed parsed;
    (void)state;
    parse_with(&parsed, file, strlen(file), NULL);
    assert_true(parsed.is_right);
    const struct check *check = check_list_at(&parsed.list, 0);
    assert_null(objection_to(check, "10.1.0.1", 80));
    assert_null(objection_to(check, "2001:db8::1", 443));
    assert_string_equal(objection_to(check, "10.1.0.1", 8080),
                        "Not allowed by policy (deny 10.1.0.0/16:8000-8999)");
    assert_string_equal(objection_to(check, "192.0.2.1", 80),
                        "Not allowed by policy (not in allow)");
    forget(&parsed);
}

static void an_audit_is_read_and_required_unless_the_file_says_otherwise(void **state)
{
    static const struct {
        const char *file;
        const char *to;
        bool is_required;
    } cases[] = {
        {"checks: []", NULL, false},
        {"audit: {file: /var/log/audit.jsonl}\nchecks: []", "/var/log/audit.jsonl", true},
        {"audit: {file: syslog, required: false}\nchecks: []", "syslog", false},
        {"audit: {required: true, file: \"journal\"}\nchecks: []", "journal", true},
        {"audit: {file: 2024}\nchecks: []", "2024", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parsed parsed;
        parse_with(&parsed, cases[i].file, strlen(cases[i].file), NULL);
        assert_true(parsed.is_right);
        if (cases[i].to == NULL)
            assert_null(parsed.list.audit.to);
        else
            assert_string_equal(parsed.list.audit.to, cases[i].to);
        assert_int_equal(parsed.list.audit.is_required, cases[i].is_required);
        forget(&parsed);
    }
}

static void options_win_over_the_file(void **state)
{
    static const char file[] = "defaults: {timeout: 1}\nchecks: [{name: a, " PLUGIN
                               ", parameters: {host: '::1', port: 1, timeout: 2}}]";
    struct check overrides;
    struct parsed parsed;
    (void)state;
    check_init(&overrides);
    overrides.timeout_ns = 3000000000;
    overrides.given = 1U << PARAM_TIMEOUT;
    parse_with(&parsed, file, strlen(file), &overrides);
    assert_true(parsed.is_right);
    assert_int_equal(check_list_at(&parsed.list, 0)->timeout_ns, 3000000000);
    forget(&parsed);

    /* What an option makes wrong has no place but the check's. */
    overrides.family = FAMILY_IPV4;
    overrides.given = 1U << PARAM_FAMILY;
    parse_with(&parsed, file, strlen(file), &overrides);
    assert_false(parsed.is_right);
    assert_int_equal(parsed.problems.problems[0].line, 2);
    assert_int_equal(parsed.problems.problems[0].column, 10);
    forget(&parsed);
}

static const struct file_case no_check_files[] = {
    {"", "f:1:1: the file is empty: accepted is a list of checks ('[]' if there are none)\n"},
    {"\n# nothing\n\n",
     "f:1:1: there is nothing but comments and blank lines: accepted is a list of checks "
     "('[]' if there are none)\n"},
    {"---\n", "f:2:1: a check file must be a list of checks or a mapping with 'checks', found "
              "nothing\n"},
    {"hello world\n",
     "f:1:1: a check file must be a list of checks or a mapping with 'checks', found 'hello "
     "world'\n"},
    {"{}", "f:1:1: checks is missing: accepted is a list of checks ('[]' if there are none)\n"},
    {"checks:\n", "f:1:8: checks must be a list ('[]' if there are none), found nothing\n"},
    {"checks: {}\n", "f:1:9: checks must be a list ('[]' if there are none), found a mapping\n"},
    {"checks: 5\n", "f:1:9: checks must be a list ('[]' if there are none), found '5'\n"},
    {"name: a\n" PLUGIN "\n",
     "f:1:1: unknown key 'name' in a check file: it belongs in an element of 'checks'\n"
     "f:1:1: checks is missing: accepted is a list of checks ('[]' if there are none)\n"
     "f:2:1: unknown key 'plugin' in a check file: it belongs in an element of 'checks'\n"},
    {"check: []\n",
     "f:1:1: unknown key 'check' in a check file (did you mean 'checks'?)\n"
     "f:1:1: checks is missing: accepted is a list of checks ('[]' if there are none)\n"},
    {"checks: []\npolicy: {}\nmonitor: {}\n", "f:3:1: unknown key 'monitor' in a check file: "
                                              "accepted are checks, defaults, limits, policy "
                                              "and audit\n"},
    {"checks: []\npolicy: [10.0.0.0/8]\n",
     "f:2:9: policy must be a mapping of allow and deny, found a list\n"},
    {"checks: []\npolicy: {alow: [], deny: 10.0.0.0/8}\n",
     "f:2:10: unknown key 'alow' in policy (did you mean 'allow'?)\n"
     "f:2:26: deny must be a list of rules ('- 10.0.0.0/8', ...), found '10.0.0.0/8'\n"},
    {"checks: []\npolicy:\n  deny:\n  - 10.0.0.5/8:443\n  - [2001:db8::/32]\n  - db:80\n",
     "f:4:5: '10.0.0.5/8:443' has bits set behind its prefix: write 10.0.0.0/8:443\n"
     "f:5:5: a rule must be " POLICY_RULE_ACCEPTED ", found a list\n"
     "f:6:5: 'db:80' is no rule: accepted is " POLICY_RULE_ACCEPTED "\n"},
    {"checks: []\nchecks: []\n", "f:2:1: the key 'checks' is there twice in a check file\n"},
    {"checks: []\ndefaults: ~\nlimits: 3\n",
     "f:2:11: defaults must be a mapping ('host: db', 'port: 5432', ...), found nothing\n"
     "f:3:9: limits must be a mapping ('rate: 100', ...), found '3'\n"},
    {"checks: []\ndefaults: {name: x, tiemout: 1, timeout: 0}\n",
     "f:2:12: unknown key 'name' in defaults: it belongs in the check, beside 'parameters'\n"
     "f:2:21: unknown key 'tiemout' in defaults (did you mean 'timeout'?)\n"
     "f:2:42: timeout '0' is out of range: accepted is 1ms to 1h (seconds, or a number with "
     "ms, s, m or h)\n"},
    {"checks: []\nlimits: {rate: 0, host_rate: '5', in_flight: 1}\n",
     "f:2:16: rate must be connections a second (100 or 100/s; 0.001 to 1000000000) or "
     "unlimited, found '0'\n"
     "f:2:30: host_rate must be connections a second (100 or 100/s; 0.001 to 1000000000) or "
     "unlimited, found '5'\n"
     "f:2:35: unknown key 'in_flight' in limits: accepted are rate, host_rate, "
     "host_in_flight and allow_many_ports\n"},
    {"checks: []\nlimits: {host_in_flight: 0, allow_many_ports: no}\n",
     "f:2:26: host_in_flight must be 1-1000000 or unlimited, found '0'\n"
     "f:2:47: allow_many_ports must be 1-65535, unlimited, true (unlimited) or false (16), "
     "found 'no'\n"},
    {"checks: []\naudit: yes\n",
     "f:2:8: audit must be a mapping ('file: audit.jsonl', ...), found 'yes'\n"},
    {"checks: []\naudit: {required: yes, path: x}\n",
     "f:2:8: file is missing: accepted is the name of a file, syslog or journal\n"
     "f:2:19: required must be true or false, found 'yes'\n"
     "f:2:24: unknown key 'path' in audit: accepted are file and required\n"},
    {"checks: []\naudit: {file: '', required: 'true'}\n",
     "f:2:15: file must be the name of a file, syslog or journal, found ''\n"
     "f:2:29: required must be true or false, found 'true'\n"},
    {"checks: []\naudit: {file: [a], file: ~}\n",
     "f:2:15: file must be the name of a file, syslog or journal, found a list\n"
     "f:2:20: the key 'file' is there twice in audit\n"},
    {"--- []\n--- []\n", "f:2:1: a second document starts here: a check file is one document\n"},
};

static void what_is_no_check_file_is_told_so(void **state)
{
    (void)state;
    assert_cases(no_check_files, COUNT(no_check_files));
}

static void a_wrong_check_is_told_what_and_where(void **state)
{
    static const struct file_case cases[] = {
        {"- abc\n- [a]\n-\n",
         "f:1:3: a check must be a mapping with name, plugin and parameters, found 'abc'\n"
         "f:2:3: a check must be a mapping with name, plugin and parameters, found a list\n"
         "f:3:2: a check must be a mapping with name, plugin and parameters, found nothing\n"},
        {"- " TARGET "\n", "f:1:3: name is missing: every check has one\n"
                           "f:1:3: plugin is missing: accepted is check_tcp_connection\n"},
        {"- {name: a, " PLUGIN "}\n", "f:1:3: host and port are missing\n"},
        {PARAMETERS("port: 1"), "f:1:3: host is missing: accepted is a name or an IP address\n"},
        {PARAMETERS("host: h"), "f:1:3: port is missing: accepted is 1-65535 or a service name\n"},
        {"- {name: '', plugin: check_http, " TARGET "}\n",
         "f:1:10: name is empty: accepted is any other text\n"
         "f:1:22: plugin must be check_tcp_connection, found 'check_http'\n"},
        {"- {name: [], plugin: ~, parameters: [], description: {}, labels: x}\n",
         "f:1:10: name must be a string, found a list\n"
         "f:1:22: plugin must be check_tcp_connection, found nothing\n"
         "f:1:37: parameters must be a mapping ('host: db', 'port: 5432', ...), found a list\n"
         "f:1:54: description must be a string, found a mapping\n"
         "f:1:66: labels must be a mapping of strings, found 'x'\n"},
        {"- {name: a, name: b, " PLUGIN ", " TARGET ", hots: x, timeout: 5, frequency: 3}\n",
         "f:1:13: the key 'name' is there twice in a check\n"
         "f:1:84: unknown key 'hots' in a check: accepted are name, plugin, parameters, "
         "description and labels\n"
         "f:1:93: unknown key 'timeout' in a check: it belongs under 'parameters'\n"
         "f:1:105: unknown key 'frequency' in a check: accepted are name, plugin, parameters, "
         "description and labels\n"},
        {PARAMETERS("host: h, port: 1, port: 2, tiemout: 5, name: x, '<<': 1"),
         "f:1:74: the key 'port' is there twice in parameters\n"
         "f:1:83: unknown key 'tiemout' in parameters (did you mean 'timeout'?)\n"
         "f:1:95: unknown key 'name' in parameters: it belongs in the check, beside 'parameters'\n"
         "f:1:104: unknown key '<<' in parameters: accepted are host, port, timeout, source_port, "
         "attempts, retry_delay, source_address, interface, family, addresses, require, resolver, "
         "search, handshake, hold, "
         "close, expect, warning and critical\n"},
        {"- {name: a, " PLUGIN ", " TARGET ", labels: {a: 1, '': 2, b: [], c: ~, a: 3, ~: 4}}\n",
         "f:1:90: the name of a label is empty\n"
         "f:1:100: a label must be a string, found a list\n"
         "f:1:107: a label must be a string, found nothing\n"
         "f:1:110: the label 'a' is there twice\n"
         "f:1:116: the name of a label must be a string, found nothing\n"},
        {PARAMETERS("host: h, port: 1, ? [a] : 1, ? {b: c}"),
         "f:1:76: a key must be a word, found a list\nf:1:87: a key must be a word, found a "
         "mapping\n"},
        {PARAMETERS("host: h, port: 1, <<: 5, <<: [x, {}]"),
         "f:1:78: '<<' must be a mapping or a list of mappings, found '5'\n"
         "f:1:86: '<<' must be a mapping or a list of mappings, found 'x'\n"},
        {PARAMETERS("host: \"a\\0b\", port: 1"),
         "f:1:62: a NUL character in a string is not accepted\n"},
        {"- {name: \"a\\0b\", " PLUGIN ", " TARGET "}\n",
         "f:1:10: a NUL character in a string is not accepted\n"},
        {PARAMETERS("host: '::1', port: 1, family: ipv4"),
         "f:1:86: family ipv4 and host '::1' exclude each other: one is IPv4, the other IPv6\n"},
        {"checks:\n- {name: a, " PLUGIN ", parameters: {host: '::1', port: 1}}\n"
         "defaults: {family: ipv4}\n",
         "f:3:20: family ipv4 and host '::1' exclude each other: one is IPv4, the other IPv6 (in "
         "the "
         "check 'a' of line 2)\n"},
        {"defaults: {require: 2}\nchecks:\n- {name: a, " PLUGIN
         ", parameters: {host: a, port: 1}}\n"
         "- {name: b, " PLUGIN ", parameters: {host: b, port: 1}}\n",
         "f:1:21: require 2 and addresses any exclude each other: only addresses all counts them "
         "(in "
         "the check 'a' of line 3)\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void a_wrong_value_is_told_what_and_where(void **state)
{
    static const struct {
        const char *parameter;
        const char *value;
        const char *said; /* of the message: it contains this */
    } cases[] = {
        {"host", "''", "is empty"},
        {"host", "'a b'", "white space"},
        {"host", "127.1", "ends in a number"},
        {"host", "0x7f.1", "ends in a number"},
        {"host", "2130706433", "ends in a number"},
        {"host", "~", "has no value"},
        {"host", "[a]", "is a list"},
        {"port", "0", "is out of range"},
        {"port", "65536", "is out of range"},
        {"port", "99999999999999999999", "is out of range"},
        {"port", "-1", "a negative number is not accepted"},
        {"port", "80.5", "is not a whole number"},
        {"port", "'80'", "without quotes"},
        {"port", "0o120", "octal is not accepted"},
        {"port", "0x50", "hexadecimal is not accepted"},
        {"port", "010", "leading zeros are not accepted"},
        {"port", "+80", "a plus sign is not accepted"},
        {"port", "8e1", "an exponent is not accepted"},
        {"port", "1_000", "an underscore in a number is not accepted"},
        {"port", "no-such-service", "is not a known service"},
        {"timeout", "0", "is out of range"},
        {"timeout", "-1", "a negative number is not accepted"},
        {"timeout", "nan", "not-a-number is not accepted"},
        {"timeout", ".inf", "infinity is not accepted"},
        {"timeout", "1e9", "an exponent is not accepted"},
        {"timeout", "5 parsecs", "is not a duration"},
        {"attempts", "0", "is out of range"},
        {"attempts", "1001", "is out of range"},
        {"attempts", "1.5", "is not a whole number"},
        {"search", "yes", "is neither true nor false"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parsed parsed;
        struct text file;
        text_init(&file, 1000);
        bool is_host = strcmp(cases[i].parameter, "host") == 0;
        bool is_port = strcmp(cases[i].parameter, "port") == 0;
        text_append_strings(&file, "- name: a\n  " PLUGIN "\n  parameters:\n",
                            is_host ? "" : "    host: h\n", is_port ? "" : "    port: 1\n", "    ",
                            cases[i].parameter, ": ", cases[i].value, "\n", NULL);
        parse_with(&parsed, file.bytes, file.length, NULL);
        assert_false(parsed.is_right);
        assert_int_equal(parsed.problems.total, 1);
        const struct problem *problem = &parsed.problems.problems[0];
        if (strstr(problem->message, cases[i].said) == NULL)
            fail_msg("%s: %s: %s", cases[i].parameter, cases[i].value, problem->message);
        assert_int_equal(problem->line, is_host || is_port ? 5 : 6);
        assert_int_equal(problem->column, 7 + strlen(cases[i].parameter));
        text_fini(&file);
        forget(&parsed);
    }
}

static void what_is_not_yaml_is_told_what_to_change(void **state)
{
    static const struct file_case cases[] = {
        {"- name: a\n\tplugin: b\n", "f:2:1: a tab cannot indent: use spaces\n"},
        {"checks:\n\t- a\n", "f:2:1: a tab cannot indent: use spaces\n"},
        {"\tchecks: []\n", "f:1:1: a tab cannot indent: use spaces\n"},
        {"- name: |\n    x\n\ty\n", "f:3:1: a tab cannot indent: use spaces\n"},
        {"- name: @home\n", "f:1:9: '@' cannot start a value: put it in quotes\n"},
        {"- name: `x`\n", "f:1:9: '`' cannot start a value: put it in quotes\n"},
        {"- name: a: b\n",
         "f:1:10: a ':' is not expected here: keys of one mapping are indented alike, and a value "
         "that contains ': ' is put in quotes\n"},
        {"- name: a\n plugin: b\n",
         "f:2:2: expected another '- ', indented like the first of its list (it starts at line 1, "
         "column 1)\n"},
        {"checks:\n- a\n- b\nc\n",
         "f:2:3: a check must be a mapping with name, plugin and parameters, found 'a'\n"
         "f:4:1: this key has no ':' behind it\n"},
        {"- [a, b\n", "f:2:1: expected ',' or ']' in the list (it starts at line 1, column 3)\n"},
        {"- {a: b\n",
         "f:2:1: expected ',' or '}' in the mapping (it starts at line 1, column 3)\n"},
        {"- name: \"abc\n", "f:1:9: this quote is never closed\n"},
        {"- name: 'abc\n", "f:1:9: this quote is never closed\n"},
        {"- name: \"C:\\Windows\"\n",
         "f:1:12: unknown escape in double quotes: write a backslash twice, or use single "
         "quotes\n"},
        {"- name: 'it's'\n",
         "f:1:13: expected another 'key: value', indented like the first of its mapping (it starts "
         "at line 1, column 3)\n"},
        {"- name: *\n",
         "f:1:9: '&' and '*' need the name of an anchor: put a value that starts so in quotes\n"},
        {"[]]\n",
         "f:1:3: the list or mapping of the file ends before this: check the indentation and the "
         "brackets\n"},
        {"%YAML 3.0\n--- []\n", "f:1:1: accepted are %YAML 1.1 and 1.2\n"},
        {"- name: \x01\n", "f:1:9: the control character U+0001 is not accepted\n"},
        {"- name: \x7f\n", "f:1:9: the control character U+007F is not accepted\n"},
        {"- name: *nobody\n  " PLUGIN "\n  " TARGET "\n",
         "f:1:9: there is no anchor of the name 'nobody' above this alias\n"},
        {"- &a {name: *a, " PLUGIN ", " TARGET "}\n",
         "f:1:13: this alias stands inside what it names\n"},
        {"- &a [*a]\n", "f:1:3: a check must be a mapping with name, plugin and parameters, found "
                        "a list\nf:1:7: this alias stands inside what it names\n"},
        {"checks: &c []\ndefaults: *c\n",
         "f:2:11: the whole list of checks cannot be repeated by an alias\n"},
        {"&c [*c]\n", "f:1:5: this alias stands inside what it names\n"},
        {"*x\n", "f:1:1: there is no anchor of the name 'x' above this alias\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

/* All that was found before the file breaks off is said, and no more. */
static void a_broken_file_still_has_its_other_problems(void **state)
{
    static const struct file_case cases[] = {
        {PARAMETERS("host: h") "- {a: ]\n",
         "f:1:3: port is missing: accepted is 1-65535 or a service name\n"
         "f:2:7: a value is expected here\n"},
        /* Here `defaults` might have followed. */
        {"checks:\n" PARAMETERS("host: h") "- {a: ]\n", "f:3:7: a value is expected here\n"},
        {"checks:\n" PARAMETERS("host: h") "---\n",
         "f:2:3: port is missing: accepted is 1-65535 or a service name\n"
         "f:3:1: a second document starts here: a check file is one document\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void other_encodings_are_recognised(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *shown;
    } cases[] = {
        {"\xff\xfe-\0 \0a\0", 8, "f:1:1: this looks like UTF-16: save it as UTF-8\n"},
        {"\xfe\xff\0-\0 \0a", 8, "f:1:1: this looks like UTF-16: save it as UTF-8\n"},
        {"\xff\xfe\0\0-\0\0\0", 8, "f:1:1: this looks like UTF-32: save it as UTF-8\n"},
        {"\0\0\xfe\xff\0\0\0-", 8, "f:1:1: this looks like UTF-32: save it as UTF-8\n"},
        {"-\0 \0a\0", 6, "f:1:1: this looks like UTF-16: save it as UTF-8\n"},
        {"\0-\0 \0a", 6, "f:1:1: this looks like UTF-16: save it as UTF-8\n"},
        {"\0\0\0\0", 4, "f:1:1: this looks like binary data or UTF-32: save it as UTF-8\n"},
        {"- a\n- \xc3\xa9\xe9\n", 10, "f:2:4: byte 0xe9 is not UTF-8: save it as UTF-8\n"},
        {"- \xc0\x80\n", 5, "f:1:3: byte 0xc0 is not UTF-8: save it as UTF-8\n"},
        {"- abc\0d\n", 8, "f:1:6: the control character U+0000 is not accepted\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_parsed(cases[i].bytes, cases[i].length, cases[i].shown);
}

/* A broken alias names a place far in front of all that is wrong by then. */
static void no_problem_is_without_words(void **state)
{
    static const char *const lines[] = {"- &a {nam}\n", "- {x: 1}\n", "- *a\n"};
    struct parsed parsed;
    struct text file;
    (void)state;
    text_init(&file, 4096);
    text_append_string(&file, lines[0]);
    for (int i = 0; i < 20; i++)
        text_append_string(&file, lines[1]);
    text_append_string(&file, lines[2]);
    parse_with(&parsed, file.bytes, file.length, NULL);
    assert_int_equal(parsed.problems.count, PROBLEMS_MAX);
    for (size_t i = 0; i < parsed.problems.count; i++)
        assert_string_not_equal(parsed.problems.problems[i].message, "");
    forget(&parsed);
    text_fini(&file);
}

/* Lines end at line feeds alone, whatever YAML 1.1 calls a line break; columns
 * count characters, and a byte-order mark is none. */
static void places_are_those_of_an_editor(void **state)
{
    static const struct file_case cases[] = {
        {"\xef\xbb\xbf- " CHECK "\n", "1:3 a host=h port=1\n"},
        {"\xef\xbb\xbfx: 1\ny: 2\nchecks: []\n",
         "f:1:1: unknown key 'x' in a check file: accepted are checks, defaults, limits, policy "
         "and audit\n"
         "f:2:1: unknown key 'y' in a check file: accepted are checks, defaults, limits, policy "
         "and audit\n"},
        {"- name: a\r\n  " PLUGIN "\r\n  parameters: {host: h, port: 0}\r\n",
         "f:3:31: port '0' is out of range: accepted is 1-65535 or a service name\n"},
        {"- {name: \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\", " PLUGIN
         ", parameters: {host: h, port: 0}}\n",
         "f:1:75: port '0' is out of range: accepted is 1-65535 or a service name\n"},
        /* Next line, line separator, a lone carriage return. */
        {"- name: \"\xc2\x85\xe2\x80\xa8\r\"\n  " PLUGIN "\n  parameters: {host: h, port: 0}\n",
         "f:3:31: port '0' is out of range: accepted is 1-65535 or a service name\n"},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

/* ---- ceilings ---------------------------------------------------------- */

static void append_repeated(struct text *text, const char *string, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_append_string(text, string);
}

static void assert_text_parsed(struct text *file, const char *expected)
{
    assert_true(text_is_ok(file));
    assert_parsed(file->bytes, file->length, expected);
    text_clear(file);
}

static void nesting_ends_at_32(void **state)
{
    static const char too_deep[] = "nesting deeper than 32 levels is not accepted";
    struct text file;
    (void)state;
    text_init(&file, SHOWN_MAX);
    append_repeated(&file, "[", 32);
    append_repeated(&file, "]", 32);
    assert_text_parsed(&file, "f:1:2: a check must be a mapping with name, plugin and "
                              "parameters, found a list\n");
    append_repeated(&file, "[", 33);
    append_repeated(&file, "]", 33);
    assert_text_parsed(&file, "f:1:33: nesting deeper than 32 levels is not accepted\n");
    append_repeated(&file, "[", 100000);
    assert_text_parsed(&file, "f:1:33: nesting deeper than 32 levels is not accepted\n");
    append_repeated(&file, "- ", 33);
    assert_text_parsed(&file, "f:1:65: nesting deeper than 32 levels is not accepted\n");

    /* An alias is as deep as what it names. */
    struct parsed parsed;
    text_append_string(&file, "- &a ");
    append_repeated(&file, "[", 20);
    append_repeated(&file, "]", 20);
    text_append_string(&file, "\n- ");
    append_repeated(&file, "[", 12);
    text_append_string(&file, "*a");
    append_repeated(&file, "]", 12);
    parse_with(&parsed, file.bytes, file.length, NULL);
    assert_int_equal(parsed.problems.total, 2);
    assert_string_equal(parsed.problems.problems[1].message, too_deep);
    forget(&parsed);
    text_fini(&file);
}

static void an_alias_bomb_does_not_go_off(void **state)
{
    struct text file;
    struct parsed parsed;
    (void)state;
    text_init(&file, SHOWN_MAX);
    text_append_string(&file, "- &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 20; i++) {
        text_append_string(&file, "- &a");
        text_append_int(&file, i);
        text_append_string(&file, " [");
        for (int j = 0; j < 10; j++) {
            text_append_string(&file, j > 0 ? ", *a" : "*a");
            text_append_int(&file, i - 1);
        }
        text_append_string(&file, "]\n");
    }
    parse_with(&parsed, file.bytes, file.length, NULL);
    assert_false(parsed.is_right);
    const struct problem *last = &parsed.problems.problems[parsed.problems.count - 1];
    assert_string_equal(last->message,
                        "more than 1,000,000 values repeated by aliases are not accepted");
    assert_int_equal(last->line, 6);
    forget(&parsed);
    text_fini(&file);
}

static void a_file_over_the_cap_is_not_read(void **state)
{
    struct check_list list;
    struct problem_list problems;
    size_t length = CHECK_FILE_MAX_BYTES + 1;
    char *bytes = malloc(length);
    (void)state;
    assert_non_null(bytes);
    memset(bytes, ' ', length);
    check_list_init(&list);
    problem_list_init(&problems);
    assert_false(check_file_parse(&list, bytes, length, NULL, NULL, &problems));
    assert_string_equal(problems.problems[0].message, "the file is larger than 64 MiB");
    problem_list_fini(&problems);

    /* One byte less is read, and is what it is. */
    bytes[0] = '[';
    bytes[1] = ']';
    assert_true(check_file_parse(&list, bytes, length - 1, NULL, NULL, &problems));
    problem_list_fini(&problems);
    check_list_fini(&list);
    free(bytes);
}

static void tag_directives_are_few(void **state)
{
    struct text file;
    (void)state;
    text_init(&file, SHOWN_MAX);
    append_repeated(&file, "%TAG !a! x\n", 1001);
    text_append_string(&file, "--- []\n");
    assert_text_parsed(&file, "f:1:1: more than 1000 %TAG directives are not accepted\n");
    text_fini(&file);
}

/* What stands once in the file is said once, however often it is repeated. */
static void a_repeated_problem_is_said_once(void **state)
{
    struct text file;
    (void)state;
    text_init(&file, SHOWN_MAX);
    text_append_string(&file, "- &a {name: a, " PLUGIN ", parameters: {host: h, port: 0, x: 1}}\n");
    append_repeated(&file, "- *a\n", 1000);
    assert_text_parsed(&file,
                       "f:1:74: port '0' is out of range: accepted is 1-65535 or a service name\n"
                       "f:1:77: unknown key 'x' in parameters: accepted are host, port, timeout, "
                       "source_port, attempts, retry_delay, source_address, interface, family, "
                       "addresses, require, resolver, search, handshake, hold, close, expect, "
                       "warning and critical\n");
    text_fini(&file);
}

static void assert_counted(struct text *file, size_t total)
{
    struct parsed parsed;
    assert_true(text_is_ok(file));
    parse_with(&parsed, file->bytes, file->length, NULL);
    assert_false(parsed.is_right);
    assert_int_equal(parsed.problems.count, PROBLEMS_MAX);
    assert_int_equal(parsed.problems.total, total);
    forget(&parsed);
    text_clear(file);
}

static void twenty_problems_are_shown_and_the_rest_counted(void **state)
{
    struct text file;
    (void)state;
    text_init(&file, SHOWN_MAX);
    append_repeated(&file, PARAMETERS("host: h, port: 0"), 50);
    assert_counted(&file, 50);

    text_append_string(&file, "- {name: a, " PLUGIN ", " TARGET);
    append_repeated(&file, ", x: 1", 50);
    text_append_string(&file, "}\n");
    assert_counted(&file, 50);

    /* What is no check file at all is not read to its end. */
    append_repeated(&file, "- x\n", 5000);
    assert_counted(&file, 1000);
    text_fini(&file);
}

static void many_checks_keep_their_order_and_places(void **state)
{
    struct text file;
    struct parsed parsed;
    (void)state;
    text_init(&file, SHOWN_MAX);
    for (int i = 0; i < 5000; i++) {
        text_append_string(&file, "- {name: c");
        text_append_int(&file, i);
        text_append_string(&file, ", " PLUGIN ", parameters: {host: h, port: ");
        text_append_int(&file, i + 1);
        text_append_string(&file, "}}\n");
    }
    parse_with(&parsed, file.bytes, file.length, NULL);
    assert_true(parsed.is_right);
    assert_int_equal(parsed.list.count, 5000);
    for (uint32_t i = 0; i < 5000; i++) {
        const struct check *check = check_list_at(&parsed.list, i);
        assert_int_equal(check->line, i + 1);
        assert_int_equal(check->port, i + 1);
        assert_false(check->shows_line);
    }
    forget(&parsed);
    text_fini(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_are_read),
        cmocka_unit_test(defaults_count_wherever_they_stand),
        cmocka_unit_test(aliases_and_merge_keys_work_everywhere),
        cmocka_unit_test(tags_decide_the_type),
        cmocka_unit_test(limits_are_read),
        cmocka_unit_test(every_check_has_the_policy_of_its_file),
        cmocka_unit_test(an_audit_is_read_and_required_unless_the_file_says_otherwise),
        cmocka_unit_test(options_win_over_the_file),
        cmocka_unit_test(what_is_no_check_file_is_told_so),
        cmocka_unit_test(a_wrong_check_is_told_what_and_where),
        cmocka_unit_test(a_wrong_value_is_told_what_and_where),
        cmocka_unit_test(what_is_not_yaml_is_told_what_to_change),
        cmocka_unit_test(a_broken_file_still_has_its_other_problems),
        cmocka_unit_test(other_encodings_are_recognised),
        cmocka_unit_test(no_problem_is_without_words),
        cmocka_unit_test(places_are_those_of_an_editor),
        cmocka_unit_test(nesting_ends_at_32),
        cmocka_unit_test(an_alias_bomb_does_not_go_off),
        cmocka_unit_test(a_file_over_the_cap_is_not_read),
        cmocka_unit_test(tag_directives_are_few),
        cmocka_unit_test(a_repeated_problem_is_said_once),
        cmocka_unit_test(twenty_problems_are_shown_and_the_rest_counted),
        cmocka_unit_test(many_checks_keep_their_order_and_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
