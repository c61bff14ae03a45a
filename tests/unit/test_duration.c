/* core/duration: durations in and out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/duration.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void durations_are_read_in_every_unit(void **state)
{
    static const struct {
        const char *text;
        enum number_error error;
        int64_t ns;
    } cases[] = {
        {"0", NUMBER_OK, 0},
        {"10", NUMBER_OK, 10 * NS_PER_S},
        {"1.5", NUMBER_OK, 1500 * NS_PER_MS},
        {"10s", NUMBER_OK, 10 * NS_PER_S},
        {"250ms", NUMBER_OK, 250 * NS_PER_MS},
        {"0.5ms", NUMBER_OK, 500 * NS_PER_US},
        {"2m", NUMBER_OK, 120 * NS_PER_S},
        {"1h", NUMBER_OK, NS_PER_HOUR},
        {"1.5h", NUMBER_OK, 5400 * NS_PER_S},
        {"0.000000001h", NUMBER_OK, 3600},
        {"0.000000001m", NUMBER_OK, 60},
        {"0.000000001", NUMBER_OK, 1},
        {"0.000000499ms", NUMBER_OK, 0},
        {"0.000000500ms", NUMBER_OK, 1},
        {"0.123456789ms", NUMBER_OK, 123457},
        {"0.999999999ms", NUMBER_OK, NS_PER_MS},
        {"9223372036.854775807", NUMBER_OK, INT64_MAX},
        {"9223372036.854775808", NUMBER_OUT_OF_RANGE, 0},
        {"9223372036854ms", NUMBER_OUT_OF_RANGE, 0},
        {"2562047h", NUMBER_OK, 2562047 * NS_PER_HOUR},
        {"2562048h", NUMBER_OUT_OF_RANGE, 0},
        {"", NUMBER_MALFORMED, 0},
        {"s", NUMBER_MALFORMED, 0},
        {"ms", NUMBER_MALFORMED, 0},
        {"-1", NUMBER_MALFORMED, 0},
        {"+1", NUMBER_MALFORMED, 0},
        {"1e9", NUMBER_MALFORMED, 0},
        {"nan", NUMBER_MALFORMED, 0},
        {"5 parsecs", NUMBER_MALFORMED, 0},
        {"1 s", NUMBER_MALFORMED, 0},
        {"1S", NUMBER_MALFORMED, 0},
        {"1us", NUMBER_MALFORMED, 0},
        {"1sm", NUMBER_MALFORMED, 0},
        {"1m s", NUMBER_MALFORMED, 0},
        {"1h30m", NUMBER_MALFORMED, 0},
        {"010", NUMBER_MALFORMED, 0},
        {"1.s", NUMBER_MALFORMED, 0},
        {".5s", NUMBER_MALFORMED, 0},
        {"1.2.3s", NUMBER_MALFORMED, 0},
        {"0.0000000001s", NUMBER_MALFORMED, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ns = -7;
        enum number_error error =
            duration_parse(cases[i].text, strlen(cases[i].text), 0, INT64_MAX, &ns);
        if (error != cases[i].error || ns != (error == NUMBER_OK ? cases[i].ns : -7))
            fail_msg("'%s': error %d, %lld ns", cases[i].text, (int)error, (long long)ns);
    }
}

static void the_range_includes_its_ends(void **state)
{
    static const struct {
        const char *text;
        enum number_error error;
    } cases[] = {
        {"1ms", NUMBER_OK},
        {"0.001", NUMBER_OK},
        {"0.000999999", NUMBER_OUT_OF_RANGE},
        {"0", NUMBER_OUT_OF_RANGE},
        {"1h", NUMBER_OK},
        {"60m", NUMBER_OK},
        {"3600", NUMBER_OK},
        {"3600.000000001", NUMBER_OUT_OF_RANGE},
        {"2h", NUMBER_OUT_OF_RANGE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ns;
        assert_int_equal(
            duration_parse(cases[i].text, strlen(cases[i].text), NS_PER_MS, NS_PER_HOUR, &ns),
            cases[i].error);
    }
}

static void only_the_given_length_is_read(void **state)
{
    int64_t ns;
    (void)state;
    assert_int_equal(duration_parse("10ms", 3, 0, INT64_MAX, &ns), NUMBER_OK);
    assert_int_equal(ns, 600 * NS_PER_S);
    assert_int_equal(duration_parse("105", 2, 0, INT64_MAX, &ns), NUMBER_OK);
    assert_int_equal(ns, 10 * NS_PER_S);
    assert_int_equal(duration_parse("1s\0", 3, 0, INT64_MAX, &ns), NUMBER_MALFORMED);
}

static void the_largest_fitting_unit_is_shown(void **state)
{
    static const struct {
        int64_t ns;
        const char *shown;
    } cases[] = {
        {0, "0s"},
        {10 * NS_PER_S, "10s"},
        {1500 * NS_PER_MS, "1.5s"},
        {250 * NS_PER_MS, "250ms"},
        {999 * NS_PER_MS, "999ms"},
        {1001 * NS_PER_MS, "1.001s"},
        {1999 * NS_PER_MS, "1.999s"},
        {1000500 * NS_PER_US, "1000.5ms"},
        {60 * NS_PER_S, "1m"},
        {61 * NS_PER_S, "61s"},
        {90 * NS_PER_S, "1.5m"},
        {45 * 60 * NS_PER_S, "45m"},
        {NS_PER_HOUR, "1h"},
        {NS_PER_HOUR + NS_PER_HOUR / 1000, "1.001h"},
        {NS_PER_HOUR + NS_PER_S, "3601s"},
        {NS_PER_HOUR + NS_PER_MS, "3600.001s"},
        {100 * NS_PER_HOUR, "100h"},
        {500 * NS_PER_US, "0.5ms"},
        {1, "0.000001ms"},
        {NS_PER_S + 1, "1000.000001ms"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text text;
        int64_t ns = -1;
        text_init(&text, 100);
        duration_append(&text, cases[i].ns);
        assert_string_equal(text_string(&text), cases[i].shown);
        assert_int_equal(duration_parse(text.bytes, text.length, 0, INT64_MAX, &ns), NUMBER_OK);
        assert_int_equal(ns, cases[i].ns);
        text_fini(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read_in_every_unit),
        cmocka_unit_test(the_range_includes_its_ends),
        cmocka_unit_test(only_the_given_length_is_read),
        cmocka_unit_test(the_largest_fitting_unit_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
