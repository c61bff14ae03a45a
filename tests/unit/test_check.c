/* core/check: precedence, completion, contradictions, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/check.h"
#include "core/parameter.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One setting of a case; a list of them ends with a NULL. */
struct setting {
    enum parameter_id id;
    const char *text;
};

#define SETTINGS_MAX 6

static struct arena arena;
static struct text text;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    text_init(&text, 4096);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_fini(&text);
    arena_fini(&arena);
    return 0;
}

static struct check check_of(const struct setting *settings)
{
    const struct parameter_context context = {.arena = &arena};
    struct check check;
    check_init(&check);
    for (size_t i = 0; i < SETTINGS_MAX && settings[i].text != NULL; i++) {
        const struct value value = {
            .type = VALUE_PLAIN, .text = settings[i].text, .length = strlen(settings[i].text)};
        if (!parameter_set(&check, &parameters[settings[i].id], &value, &context, &text))
            fail_msg("%s", text_string(&text));
    }
    return check;
}

static const char *show(const struct check *check, enum parameter_id id)
{
    text_clear(&text);
    parameter_append(&text, check, &parameters[id]);
    return text_string(&text);
}

/* Two values for each parameter, both unlike its default. */
static const struct setting some[] = {
    {PARAM_HOST, "a.example"},
    {PARAM_PORT, "1001"},
    {PARAM_TIMEOUT, "1s"},
    {PARAM_SOURCE_PORT, "2001"},
    {PARAM_ATTEMPTS, "11"},
    {PARAM_RETRY_DELAY, "100ms"},
    {PARAM_SOURCE_ADDRESS, "10.0.0.1"},
    {PARAM_INTERFACE, "eth0"},
    {PARAM_FAMILY, "ipv4"},
    {PARAM_ADDRESSES, "all"},
    {PARAM_REQUIRE, "2"},
    {PARAM_RESOLVER, "system"},
    {PARAM_SEARCH, "false"},
    {PARAM_HANDSHAKE, "half_open"},
    {PARAM_HOLD, "3s"},
    {PARAM_CLOSE, "reset"},
    {PARAM_EXPECT, "closed"},
    {PARAM_WARNING, "1"},
    {PARAM_CRITICAL, "10"},
};
static const struct setting other[] = {
    {PARAM_HOST, "::2"},           {PARAM_PORT, "1002"},      {PARAM_TIMEOUT, "2s"},
    {PARAM_SOURCE_PORT, "2002"},   {PARAM_ATTEMPTS, "12"},    {PARAM_RETRY_DELAY, "200ms"},
    {PARAM_SOURCE_ADDRESS, "::3"}, {PARAM_INTERFACE, "lo"},   {PARAM_FAMILY, "ipv6"},
    {PARAM_ADDRESSES, "race"},     {PARAM_REQUIRE, "64"},     {PARAM_HOLD, "1h"},
    {PARAM_RESOLVER, "dns"},       {PARAM_SEARCH, "true"},    {PARAM_HANDSHAKE, "full"},
    {PARAM_CLOSE, "graceful"},     {PARAM_EXPECT, "refused"}, {PARAM_WARNING, "2"},
    {PARAM_CRITICAL, "20"},
};

static struct check check_with(const struct setting *setting)
{
    const struct setting settings[SETTINGS_MAX] = {*setting};
    return check_of(settings);
}

static void every_parameter_is_inherited_where_it_was_not_given(void **state)
{
    (void)state;
    assert_int_equal(COUNT(some), PARAMETER_COUNT);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        enum parameter_id id = some[i].id;
        const struct check from = check_with(&some[i]);
        struct check check;
        check_init(&check);
        check_inherit(&check, &from);
        assert_true(check_has(&check, id));
        assert_int_equal(check.given, 1U << id);
        assert_int_equal(check.host_kind, from.host_kind);
        assert_true(address_is_equal(&check.literal, &from.literal));
        assert_string_equal(show(&check, id), some[i].text);
    }
}

static void what_was_given_is_not_inherited(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct check from = check_with(&some[i]);
        struct check check = check_with(&other[i]);
        check_inherit(&check, &from);
        assert_string_equal(show(&check, other[i].id), other[i].text);
    }
}

static void what_was_given_overrides(void **state)
{
    (void)state;
    assert_int_equal(COUNT(other), PARAMETER_COUNT);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct check from = check_with(&other[i]);
        struct check check = check_with(&some[i]);
        check_override(&check, &from);
        assert_int_equal(check.host_kind, from.host_kind);
        assert_true(address_is_equal(&check.literal, &from.literal));
        assert_string_equal(show(&check, other[i].id), other[i].text);
    }
}

static void what_was_not_given_changes_nothing(void **state)
{
    struct check blank;
    (void)state;
    check_init(&blank);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        struct check check = check_with(&some[i]);
        check_override(&check, &blank);
        check_inherit(&check, &blank);
        assert_int_equal(check.given, 1U << some[i].id);
        assert_string_equal(show(&check, some[i].id), some[i].text);
    }
}

/* A default that was written down is given, all the same. */
static void a_given_default_wins_over_what_would_be_inherited(void **state)
{
    static const struct setting ten[SETTINGS_MAX] = {{PARAM_TIMEOUT, "10"}};
    static const struct setting three[SETTINGS_MAX] = {{PARAM_TIMEOUT, "3"}};
    struct check check = check_of(ten);
    const struct check from = check_of(three);
    (void)state;
    check_inherit(&check, &from);
    assert_string_equal(show(&check, PARAM_TIMEOUT), "10s");
}

static const struct {
    struct setting settings[SETTINGS_MAX];
    enum parameter_id shown;
    const char *becomes;
} completed[] = {
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}}, PARAM_FAMILY, "any"},
    {{{PARAM_HOST, "10.0.0.1"}, {PARAM_PORT, "1"}}, PARAM_FAMILY, "ipv4"},
    {{{PARAM_HOST, "::1"}, {PARAM_PORT, "1"}}, PARAM_FAMILY, "ipv6"},
    {{{PARAM_HOST, "fe80::1"}, {PARAM_PORT, "1"}}, PARAM_FAMILY, "ipv6"},
    {{{PARAM_HOST, "fe80::1%eth0"}, {PARAM_PORT, "1"}}, PARAM_FAMILY, "ipv6"},
    {{{PARAM_HOST, "::ffff:10.0.0.1"}, {PARAM_PORT, "1"}}, PARAM_FAMILY, "ipv4"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_SOURCE_ADDRESS, "10.0.0.9"}},
     PARAM_FAMILY,
     "ipv4"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_SOURCE_ADDRESS, "::9"}}, PARAM_FAMILY, "ipv6"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_SOURCE_ADDRESS, "::9"}, {PARAM_FAMILY, "any"}},
     PARAM_FAMILY,
     "ipv6"},
    {{{PARAM_HOST, "::ffff:10.0.0.1"}, {PARAM_PORT, "1"}, {PARAM_FAMILY, "ipv4"}},
     PARAM_FAMILY,
     "ipv4"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}}, PARAM_CLOSE, "graceful"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_SOURCE_PORT, "5"}}, PARAM_CLOSE, "reset"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_SOURCE_PORT, "5"}, {PARAM_CLOSE, "graceful"}},
     PARAM_CLOSE,
     "graceful"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_HANDSHAKE, "half_open"}}, PARAM_CLOSE, "reset"},
    {{{PARAM_HOST, "db"},
      {PARAM_PORT, "1"},
      {PARAM_HANDSHAKE, "half_open"},
      {PARAM_CLOSE, "reset"}},
     PARAM_HANDSHAKE,
     "half_open"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_HANDSHAKE, "full"}, {PARAM_CLOSE, "graceful"}},
     PARAM_CLOSE,
     "graceful"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_REQUIRE, "2"}, {PARAM_ADDRESSES, "all"}},
     PARAM_REQUIRE,
     "2"},
    {{{PARAM_HOST, "10.0.0.1"}, {PARAM_PORT, "1"}, {PARAM_ADDRESSES, "race"}},
     PARAM_ADDRESSES,
     "race"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_HOLD, "1.5"}}, PARAM_HOLD, "1.5s"},
    {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_WARNING, "1"}, {PARAM_EXPECT, "open"}},
     PARAM_EXPECT,
     "open"},
};

static void a_complete_check_is_in_agreement(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(completed); i++) {
        struct check check = check_of(completed[i].settings);
        enum parameter_id at;
        text_clear(&text);
        if (!check_complete(&check, &at, &text))
            fail_msg("%s", text_string(&text));
        assert_string_equal(text_string(&text), "");
        assert_string_equal(show(&check, completed[i].shown), completed[i].becomes);
    }
}

static void what_is_missing_or_contradicts_is_named(void **state)
{
    static const struct {
        struct setting settings[SETTINGS_MAX];
        enum parameter_id at;
        const char *why;
    } cases[] = {
        {{{PARAM_TIMEOUT, "1"}}, PARAM_HOST, "host and port are missing"},
        {{{PARAM_PORT, "1"}}, PARAM_HOST, "host is missing: accepted is a name or an IP address"},
        {{{PARAM_HOST, "db"}},
         PARAM_PORT,
         "port is missing: accepted is 1-65535 or a service name"},
        {{{PARAM_HOST, "10.0.0.1"}, {PARAM_PORT, "1"}, {PARAM_FAMILY, "ipv6"}},
         PARAM_FAMILY,
         "family ipv6 and host '10.0.0.1' exclude each other: one is IPv4, the other IPv6"},
        {{{PARAM_HOST, "::1"}, {PARAM_PORT, "1"}, {PARAM_FAMILY, "ipv4"}},
         PARAM_FAMILY,
         "family ipv4 and host '::1' exclude each other: one is IPv4, the other IPv6"},
        {{{PARAM_HOST, "fe80::1%eth0"}, {PARAM_PORT, "1"}, {PARAM_FAMILY, "ipv4"}},
         PARAM_FAMILY,
         "family ipv4 and host 'fe80::1%eth0' exclude each other: one is IPv4, the other IPv6"},
        {{{PARAM_HOST, "db"},
          {PARAM_PORT, "1"},
          {PARAM_FAMILY, "ipv6"},
          {PARAM_SOURCE_ADDRESS, "10.0.0.9"}},
         PARAM_SOURCE_ADDRESS,
         "source_address 10.0.0.9 and family ipv6 exclude each other: one is IPv4, the other IPv6"},
        {{{PARAM_HOST, "::1"}, {PARAM_PORT, "1"}, {PARAM_SOURCE_ADDRESS, "10.0.0.9"}},
         PARAM_SOURCE_ADDRESS,
         "source_address 10.0.0.9 and host '::1' exclude each other: one is IPv4, the other IPv6"},
        {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_WARNING, "1"}, {PARAM_EXPECT, "refused"}},
         PARAM_WARNING,
         "warning 1 and expect refused exclude each other: only a connection that opens is fast "
         "or slow"},
        {{{PARAM_HOST, "db"},
          {PARAM_PORT, "1"},
          {PARAM_CRITICAL, "~:1.5"},
          {PARAM_EXPECT, "closed"}},
         PARAM_CRITICAL,
         "critical ~:1.5 and expect closed exclude each other: only a connection that opens is "
         "fast or slow"},
        {{{PARAM_HOST, "db"},
          {PARAM_PORT, "1"},
          {PARAM_SOURCE_PORT, "5"},
          {PARAM_CLOSE, "graceful"},
          {PARAM_HANDSHAKE, "half_open"}},
         PARAM_CLOSE,
         "close graceful and handshake half_open exclude each other: what is half open can only "
         "be reset"},
        {{{PARAM_HOST, "db"},
          {PARAM_PORT, "1"},
          {PARAM_HOLD, "2s"},
          {PARAM_HANDSHAKE, "half_open"}},
         PARAM_HOLD,
         "hold 2s and handshake half_open exclude each other: what is half open cannot be held"},
        {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_REQUIRE, "2"}},
         PARAM_REQUIRE,
         "require 2 and addresses any exclude each other: only addresses all counts them"},
        {{{PARAM_HOST, "db"}, {PARAM_PORT, "1"}, {PARAM_REQUIRE, "1"}, {PARAM_ADDRESSES, "race"}},
         PARAM_REQUIRE,
         "require 1 and addresses race exclude each other: only addresses all counts them"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct check check = check_of(cases[i].settings);
        enum parameter_id at = PARAMETER_COUNT;
        text_clear(&text);
        assert_false(check_complete(&check, &at, &text));
        assert_string_equal(text_string(&text), cases[i].why);
        assert_int_equal(at, cases[i].at);
    }
}

static void a_check_without_a_name_is_called_by_its_target(void **state)
{
    static const struct {
        const char *host, *port, *name;
    } cases[] = {
        {"db.example", "5432", "db.example:5432"},
        {"10.0.0.1", "80", "10.0.0.1:80"},
        {"[2001:db8::1]", "443", "[2001:db8::1]:443"},
        {"fe80::1%eth0", "22", "[fe80::1%eth0]:22"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct setting settings[SETTINGS_MAX] = {{PARAM_HOST, cases[i].host},
                                                       {PARAM_PORT, cases[i].port}};
        struct check check = check_of(settings);
        text_clear(&text);
        check_append_name(&text, &check);
        assert_string_equal(text_string(&text), cases[i].name);

        check.name = "check_web";
        text_clear(&text);
        check_append_name(&text, &check);
        assert_string_equal(text_string(&text), "check_web");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_parameter_is_inherited_where_it_was_not_given),
        TEST(what_was_given_is_not_inherited),
        TEST(what_was_given_overrides),
        TEST(what_was_not_given_changes_nothing),
        TEST(a_given_default_wins_over_what_would_be_inherited),
        TEST(a_complete_check_is_in_agreement),
        TEST(what_is_missing_or_contradicts_is_named),
        TEST(a_check_without_a_name_is_called_by_its_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
