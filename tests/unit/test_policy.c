/* core/policy: what is a rule, and which targets it meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/policy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RULES_MAX    4

static void rules_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"10.0.0.0/8", "10.0.0.0/8"},
        {"10.0.0.0/8:443", "10.0.0.0/8:443"},
        {"10.0.0.0/8:8000-8999", "10.0.0.0/8:8000-8999"},
        {"10.0.0.0/8:1-65535", "10.0.0.0/8:1-65535"},
        {"10.0.0.0/8:*", "10.0.0.0/8"},
        {"10.0.0.5", "10.0.0.5/32"},
        {"10.0.0.5:80-80", "10.0.0.5/32:80"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"10.128.0.0/9", "10.128.0.0/9"},
        {"[10.0.0.0/8]:443", "10.0.0.0/8:443"},
        {"[2001:db8::/32]:443", "[2001:db8::/32]:443"},
        {"[2001:db8::/32]:*", "2001:db8::/32"},
        {"[2001:db8::/32]", "2001:db8::/32"},
        {"2001:db8::/32", "2001:db8::/32"},
        {"2001:db8::1", "2001:db8::1/128"},
        {"::/0", "::/0"},
        {"fe80::/10", "fe80::/10"},
        /* What the kernel makes of them. */
        {"0.0.0.0", "127.0.0.1/32"},
        {"::", "::1/128"},
        {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
        {"::ffff:10.0.0.5", "10.0.0.5/32"},
        {"[64:ff9b::10.0.0.0/104]:25", "10.0.0.0/8:25"},
        {"64:ff9b::/96", "0.0.0.0/0"},
        {"64:ff9b::/95", "64:ff9b::/95"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct policy_rule rule;
        struct text text;
        text_init(&text, 1024);
        if (!policy_rule_parse(cases[i].text, strlen(cases[i].text), &rule, &text))
            fail_msg("%s: %s", cases[i].text, text_string(&text));
        policy_rule_append(&text, &rule);
        assert_string_equal(text_string(&text), cases[i].shown);
        text_fini(&text);
    }
}

static void what_is_no_rule_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "*",
        "*:443",
        "db.example.com",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0/8",
        "10/8",
        "/8",
        "10.0.0.0/8:",
        "10.0.0.0/8:0",
        "10.0.0.0/8:65536",
        "10.0.0.0/8:443-",
        "10.0.0.0/8:-443",
        "10.0.0.0/8:90-80",
        "10.0.0.0/8:1-2-3",
        "10.0.0.0/8:http",
        "10.0.0.0/8 :443",
        " 10.0.0.0/8",
        "2001:db8::/32:443",
        "2001:db8::/129",
        "[2001:db8::/32",
        "[2001:db8::/32]443",
        "[2001:db8::/32]:",
        "[]",
        "[]:80",
        "[",
        "fe80::1%3",
        "fe80::1%eth0",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct policy_rule rule;
        struct text why;
        text_init(&why, 1024);
        if (policy_rule_parse(texts[i], strlen(texts[i]), &rule, &why))
            fail_msg("'%s' is a rule", texts[i]);
        assert_non_null(strstr(text_string(&why), " is no rule: accepted is "));
        text_fini(&why);
    }
}

static void bits_behind_the_prefix_are_refused_with_the_right_form(void **state)
{
    static const struct {
        const char *text;
        const char *right;
    } cases[] = {
        {"10.0.0.1/8", "10.0.0.0/8"},
        {"10.64.0.0/9:443", "10.0.0.0/9:443"},
        {"10.0.0.1/31", "10.0.0.0/31"},
        {"1.2.3.4/0", "0.0.0.0/0"},
        {"[2001:db8::1/32]:1-2", "[2001:db8::/32]:1-2"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct policy_rule rule;
        struct text why;
        struct text expected;
        text_init(&why, 1024);
        text_init(&expected, 1024);
        assert_false(policy_rule_parse(cases[i].text, strlen(cases[i].text), &rule, &why));
        text_append_strings(&expected, "'", cases[i].text,
                            "' has bits set behind its prefix: write ", cases[i].right, NULL);
        assert_string_equal(text_string(&why), text_string(&expected));
        text_fini(&why);
        text_fini(&expected);
    }
}

/* The rules of one list, each with its own text as denial. */
struct rules {
    struct policy_rule rules[RULES_MAX];
    uint32_t count;
};

static struct policy_rules read_rules(struct rules *rules, const char *const *texts)
{
    struct text why;
    text_init(&why, 1024);
    for (rules->count = 0; rules->count < RULES_MAX && texts[rules->count] != NULL;) {
        struct policy_rule *rule = &rules->rules[rules->count];
        const char *text = texts[rules->count++];
        assert_true(policy_rule_parse(text, strlen(text), rule, &why));
        rule->denial = text;
    }
    text_fini(&why);
    return (struct policy_rules){.rules = rules->rules, .count = rules->count};
}

static const char *objection_to(const struct policy *policy, const char *target, uint16_t port)
{
    struct address address;
    assert_true(address_parse(target, strlen(target), &address));
    address.port = port;
    address = address_connected_to(&address);
    return policy_objection(policy, &address);
}

static void deny_wins_and_allow_denies_all_else(void **state)
{
    static const struct {
        const char *allow[RULES_MAX];
        const char *deny[RULES_MAX];
        const char *target;
        uint16_t port;
        const char *objection; /* NULL: none */
    } cases[] = {
        {{NULL}, {NULL}, "10.0.0.1", 80, NULL},
        {{NULL}, {"10.0.0.0/8"}, "10.255.255.255", 80, "10.0.0.0/8"},
        {{NULL}, {"10.0.0.0/8"}, "11.0.0.0", 80, NULL},
        {{NULL}, {"10.0.0.0/8"}, "9.255.255.255", 80, NULL},
        {{NULL}, {"10.0.0.0/9"}, "10.127.255.255", 80, "10.0.0.0/9"},
        {{NULL}, {"10.0.0.0/9"}, "10.128.0.0", 80, NULL},
        {{NULL}, {"10.0.0.0/8:80"}, "10.0.0.1", 80, "10.0.0.0/8:80"},
        {{NULL}, {"10.0.0.0/8:80"}, "10.0.0.1", 81, NULL},
        {{NULL}, {"10.0.0.0/8:80-90"}, "10.0.0.1", 90, "10.0.0.0/8:80-90"},
        {{NULL}, {"10.0.0.0/8:80-90"}, "10.0.0.1", 91, NULL},
        {{NULL}, {"10.0.0.0/8:80-90"}, "10.0.0.1", 79, NULL},
        {{NULL}, {"192.0.2.1", "10.0.0.0/8"}, "10.0.0.1", 1, "10.0.0.0/8"},
        {{"10.0.0.0/8"}, {NULL}, "10.0.0.1", 80, NULL},
        {{"10.0.0.0/8"}, {NULL}, "192.0.2.1", 80, "not allowed"},
        {{"10.0.0.0/8"}, {NULL}, "2001:db8::1", 80, "not allowed"},
        {{"10.0.0.0/8:443"}, {NULL}, "10.0.0.1", 80, "not allowed"},
        {{"10.0.0.0/8", "192.0.2.0/24"}, {NULL}, "192.0.2.1", 80, NULL},
        {{"10.0.0.0/8"}, {"10.1.0.0/16"}, "10.1.2.3", 80, "10.1.0.0/16"},
        {{"10.1.2.3"}, {"10.0.0.0/8"}, "10.1.2.3", 80, "10.0.0.0/8"},
        {{NULL}, {"0.0.0.0/0"}, "2001:db8::1", 80, NULL},
        {{NULL}, {"::/0"}, "10.0.0.1", 80, NULL},
        {{NULL}, {"[2001:db8::/33]:443"}, "2001:db8:7fff::1", 443, "[2001:db8::/33]:443"},
        {{NULL}, {"[2001:db8::/33]:443"}, "2001:db8:8000::1", 443, NULL},
        /* A zone is no way round a rule. */
        {{NULL}, {"fe80::/10"}, "fe80::1%3", 80, "fe80::/10"},
        /* What the kernel connects to is what counts, */
        {{NULL}, {"127.0.0.0/8"}, "0.0.0.0", 80, "127.0.0.0/8"},
        {{NULL}, {"::1"}, "::", 80, "::1"},
        {{NULL}, {"0.0.0.0"}, "127.0.0.1", 80, "0.0.0.0"},
        {{NULL}, {"10.0.0.0/8"}, "::ffff:10.0.0.1", 80, "10.0.0.0/8"},
        {{"10.0.0.0/8"}, {NULL}, "::ffff:10.0.0.1", 80, NULL},
        {{"::/0"}, {NULL}, "::ffff:10.0.0.1", 80, "not allowed"},
        /* and what a NAT64 gateway makes of it. */
        {{NULL}, {"10.0.0.0/8"}, "64:ff9b::10.0.0.1", 80, "10.0.0.0/8"},
        {{NULL}, {"::/0"}, "64:ff9b::10.0.0.1", 80, "::/0"},
        {{"10.0.0.0/8"}, {NULL}, "64:ff9b::10.0.0.1", 80, NULL},
        {{"::/0"}, {NULL}, "64:ff9b::10.0.0.1", 80, "not allowed"},
        {{NULL}, {"10.0.0.0/8"}, "64:ff9b:1::10.0.0.1", 80, NULL},
    };
    (void)state;
    assert_null(objection_to(NULL, "10.0.0.1", 80));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rules allow;
        struct rules deny;
        const struct policy policy = {
            .allow = read_rules(&allow, cases[i].allow),
            .deny = read_rules(&deny, cases[i].deny),
            .not_allowed = "not allowed",
        };
        const char *objection = objection_to(&policy, cases[i].target, cases[i].port);
        const char *expected = cases[i].objection;
        bool is_as_expected = expected == NULL
                                  ? objection == NULL
                                  : objection != NULL && strcmp(objection, expected) == 0;
        if (!is_as_expected)
            fail_msg("case %zu, %s port %u: %s", i, cases[i].target, cases[i].port,
                     objection == NULL ? "no objection" : objection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_read_and_written),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(bits_behind_the_prefix_are_refused_with_the_right_form),
        cmocka_unit_test(deny_wins_and_allow_denies_all_else),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
