/* core/limits: what each accepts, and which of several holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/limits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool set(struct limits *limits, enum limit_id id, const char *text)
{
    return limits_set(limits, id, text, strlen(text));
}

static void assert_shown(const struct limits *limits, enum limit_id id, const char *expected)
{
    struct text text;
    text_init(&text, 1024);
    limit_append(&text, limits, id);
    assert_string_equal(text_string(&text), expected);
    text_fini(&text);
}

static void the_defaults_are_those_of_the_table(void **state)
{
    struct limits limits;
    (void)state;
    limits_init(&limits);
    assert_int_equal(limits.given, 0);
    assert_int_equal(limits.rate.interval_ps, INT64_C(1000000000));
    assert_int_equal(limits.host_rate.interval_ps, INT64_C(50000000000));
    assert_int_equal(limits.host_in_flight, 8);
    assert_int_equal(limits.host_ports, 16);
    for (unsigned i = 0; i < LIMIT_COUNT; i++)
        assert_shown(&limits, (enum limit_id)i, limit_table[i].default_text);
}

static void what_is_accepted_is_shown_so_that_it_is_read_back(void **state)
{
    static const struct {
        enum limit_id id;
        const char *text;
        const char *shown; /* NULL: refused */
    } cases[] = {
        {LIMIT_RATE, "50", "50/s"},
        {LIMIT_RATE, "0", NULL},
        {LIMIT_HOST_RATE, "unlimited", "unlimited"},
        {LIMIT_HOST_RATE, "true", NULL},
        {LIMIT_HOST_IN_FLIGHT, "1", "1"},
        {LIMIT_HOST_IN_FLIGHT, "1000000", "1000000"},
        {LIMIT_HOST_IN_FLIGHT, "unlimited", "unlimited"},
        {LIMIT_HOST_IN_FLIGHT, "0", NULL},
        {LIMIT_HOST_IN_FLIGHT, "1000001", NULL},
        {LIMIT_HOST_IN_FLIGHT, "true", NULL},
        {LIMIT_HOST_IN_FLIGHT, "", NULL},
        {LIMIT_ALLOW_MANY_PORTS, "1", "1"},
        {LIMIT_ALLOW_MANY_PORTS, "65535", "65535"},
        {LIMIT_ALLOW_MANY_PORTS, "true", "unlimited"},
        {LIMIT_ALLOW_MANY_PORTS, "false", "16"},
        {LIMIT_ALLOW_MANY_PORTS, "65536", NULL},
        {LIMIT_ALLOW_MANY_PORTS, "no", NULL},
        {LIMIT_ALLOW_MANY_PORTS, "tru", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct limits limits;
        limits_init(&limits);
        struct limits before = limits;
        assert_int_equal(set(&limits, cases[i].id, cases[i].text), cases[i].shown != NULL);
        if (cases[i].shown == NULL) {
            assert_memory_equal(&limits, &before, sizeof(limits));
        } else {
            assert_int_equal(limits.given, 1u << cases[i].id);
            assert_shown(&limits, cases[i].id, cases[i].shown);
        }
    }
}

static void options_override_what_they_name(void **state)
{
    struct limits limits;
    struct limits options = {0};
    (void)state;
    limits_init(&limits);
    assert_true(set(&options, LIMIT_HOST_RATE, "unlimited"));
    limits_override(&limits, &options);
    assert_shown(&limits, LIMIT_HOST_RATE, "unlimited");
    assert_shown(&limits, LIMIT_RATE, "1000/s");
    assert_shown(&limits, LIMIT_HOST_IN_FLIGHT, "8");
}

static void of_several_files_the_strictest_counts(void **state)
{
    static const struct {
        enum limit_id id;
        const char *first;
        const char *second;
        const char *shown;
    } cases[] = {
        {LIMIT_RATE, "50", "7", "7/s"},
        {LIMIT_RATE, "7", "50", "7/s"},
        {LIMIT_HOST_RATE, "unlimited", "50", "50/s"},
        {LIMIT_HOST_RATE, "50", "unlimited", "50/s"},
        {LIMIT_HOST_IN_FLIGHT, "9", "3", "3"},
        {LIMIT_HOST_IN_FLIGHT, "unlimited", "3", "3"},
        {LIMIT_HOST_IN_FLIGHT, "3", "unlimited", "3"},
        {LIMIT_ALLOW_MANY_PORTS, "true", "400", "400"},
        {LIMIT_ALLOW_MANY_PORTS, "400", "40", "40"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct limits run = {0};
        struct limits first = {0};
        struct limits second = {0};
        const struct limits silent = {0};
        assert_true(set(&first, cases[i].id, cases[i].first));
        assert_true(set(&second, cases[i].id, cases[i].second));
        limits_tighten(&run, &first);
        limits_tighten(&run, &silent);
        limits_tighten(&run, &second);
        assert_int_equal(run.given, 1u << cases[i].id);
        assert_shown(&run, cases[i].id, cases[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_the_table),
        cmocka_unit_test(what_is_accepted_is_shown_so_that_it_is_read_back),
        cmocka_unit_test(options_override_what_they_name),
        cmocka_unit_test(of_several_files_the_strictest_counts),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
