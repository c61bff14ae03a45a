/* core/rate: how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/rate.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void rates_become_intervals(void **state)
{
    static const struct {
        const char *text;
        int64_t interval_ps;
    } cases[] = {
        {"unlimited", 0},
        {"1", 1000000000000},
        {"1/s", 1000000000000},
        {"100/s", 10000000000},
        {"0.5", 2000000000000},
        {"3", 333333333333},
        {"6/s", 166666666667},
        {"7", 142857142857},
        {"300000", 3333333},
        {"0.001", 1000000000000000},
        {"0.003", 333333333333333},
        {"1000000000", 1000},
        {"999999999.999999999", 1000},
        {"600000000", 1667},
        {"1.5/s", 666666666667},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rate rate = {-1};
        assert_true(rate_parse(cases[i].text, strlen(cases[i].text), &rate));
        assert_int_equal(rate.interval_ps, cases[i].interval_ps);
    }
}

static void rates_are_shown_as_they_were_written(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"unlimited", "unlimited"},
        {"1", "1/s"},
        {"100/s", "100/s"},
        {"3", "3/s"},
        {"7/s", "7/s"},
        {"1.50", "1.5/s"},
        {"12.05/s", "12.05/s"},
        {"0.001", "0.001/s"},
        {"0.333", "0.333/s"},
        {"0.001000001", "0.001000001/s"},
        {"9.999999999", "9.999999999/s"},
        {"1000", "1000/s"},
        {"99999", "99999/s"},
        {"300000", "300000/s"},
        {"123456", "123456/s"},
        {"700000000", "700000000/s"},
        {"1000000000", "1000000000/s"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rate rate;
        struct text text;
        text_init(&text, 100);
        assert_true(rate_parse(cases[i].text, strlen(cases[i].text), &rate));
        rate_append(&text, &rate);
        assert_string_equal(text_string(&text), cases[i].shown);
        text_fini(&text);
    }
}

static void other_text_is_no_rate(void **state)
{
    static const char *const cases[] = {
        "",      "0",         "0/s",         "0.0009",   "1000000001", "1000000000.000000001",
        "/s",    "s",         "10/",         "10/m",     "10s",        "10 /s",
        "10/s ", "10/S",      "-1",          "+1",       "1e3",        "0x10",
        "010",   "Unlimited", "unlimited/s", "unlimite", "nan",        "99999999999999999999",
        "1/s/s",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rate rate = {-1};
        if (rate_parse(cases[i], strlen(cases[i]), &rate))
            fail_msg("'%s' is a rate", cases[i]);
        assert_int_equal(rate.interval_ps, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_become_intervals),
        cmocka_unit_test(rates_are_shown_as_they_were_written),
        cmocka_unit_test(other_text_is_no_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
