/* core/number: what is a number here, and what is none though it looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/number.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void integers_are_read_within_their_range(void **state)
{
    static const struct {
        const char *text;
        int64_t min, max;
        enum number_error error;
        int64_t number;
    } cases[] = {
        {"0", 0, 10, NUMBER_OK, 0},
        {"1", 1, 65535, NUMBER_OK, 1},
        {"65535", 1, 65535, NUMBER_OK, 65535},
        {"0", 1, 65535, NUMBER_OUT_OF_RANGE, 0},
        {"65536", 1, 65535, NUMBER_OUT_OF_RANGE, 0},
        {"9223372036854775807", 0, INT64_MAX, NUMBER_OK, INT64_MAX},
        {"9223372036854775808", 0, INT64_MAX, NUMBER_OUT_OF_RANGE, 0},
        {"9223372036854775810", 0, INT64_MAX, NUMBER_OUT_OF_RANGE, 0},
        {"99999999999999999999", 1, 65535, NUMBER_OUT_OF_RANGE, 0},
        {"18446744073709551617", 1, 65535, NUMBER_OUT_OF_RANGE, 0}, /* 2^64 + 1 */
        {"18446744073709551620", 1, 65535, NUMBER_OUT_OF_RANGE, 0}, /* 2^64 + 4 */
        {"", 0, 10, NUMBER_MALFORMED, 0},
        {"-1", 0, 10, NUMBER_MALFORMED, 0},
        {"+1", 0, 10, NUMBER_MALFORMED, 0},
        {"01", 0, 10, NUMBER_MALFORMED, 0},
        {"00", 0, 10, NUMBER_MALFORMED, 0},
        {" 1", 0, 10, NUMBER_MALFORMED, 0},
        {"1 ", 0, 10, NUMBER_MALFORMED, 0},
        {"1.0", 0, 10, NUMBER_MALFORMED, 0},
        {"1e1", 0, 10, NUMBER_MALFORMED, 0},
        {"0x1", 0, 10, NUMBER_MALFORMED, 0},
        {"1_0", 0, 10, NUMBER_MALFORMED, 0},
        {"/", 0, 10, NUMBER_MALFORMED, 0},
        {":", 0, 10, NUMBER_MALFORMED, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t number = -7;
        size_t length = strlen(cases[i].text);
        assert_int_equal(
            number_parse_int(cases[i].text, length, cases[i].min, cases[i].max, &number),
            cases[i].error);
        assert_int_equal(number, cases[i].error == NUMBER_OK ? cases[i].number : -7);
    }
}

static void only_the_given_length_is_read(void **state)
{
    int64_t number;
    (void)state;
    assert_int_equal(number_parse_int("12345", 2, 0, 99, &number), NUMBER_OK);
    assert_int_equal(number, 12);
    assert_int_equal(number_parse_int("1\0", 2, 0, 99, &number), NUMBER_MALFORMED);
    assert_int_equal(number_parse_decimal("1.55", 3, &number), NUMBER_OK);
    assert_int_equal(number, 1500000000);
    assert_int_equal(number_parse_decimal("1.5", 2, &number), NUMBER_MALFORMED);
}

static void decimals_are_billionths(void **state)
{
    static const struct {
        const char *text;
        enum number_error error;
        int64_t billionths;
    } cases[] = {
        {"0", NUMBER_OK, 0},
        {"0.0", NUMBER_OK, 0},
        {"1", NUMBER_OK, 1000000000},
        {"1.5", NUMBER_OK, 1500000000},
        {"0.05", NUMBER_OK, 50000000},
        {"0.000000001", NUMBER_OK, 1},
        {"123.123456789", NUMBER_OK, 123123456789},
        {"9223372036.854775807", NUMBER_OK, INT64_MAX},
        {"9223372036.854775808", NUMBER_OUT_OF_RANGE, 0},
        {"9223372037", NUMBER_OUT_OF_RANGE, 0},
        {"99999999999999999999.5", NUMBER_OUT_OF_RANGE, 0},
        {"0.0000000001", NUMBER_MALFORMED, 0},
        {"", NUMBER_MALFORMED, 0},
        {".", NUMBER_MALFORMED, 0},
        {".5", NUMBER_MALFORMED, 0},
        {"5.", NUMBER_MALFORMED, 0},
        {"00.5", NUMBER_MALFORMED, 0},
        {"01.5", NUMBER_MALFORMED, 0},
        {"1.2.3", NUMBER_MALFORMED, 0},
        {"1..2", NUMBER_MALFORMED, 0},
        {"1,5", NUMBER_MALFORMED, 0},
        {"-1.5", NUMBER_MALFORMED, 0},
        {"+1.5", NUMBER_MALFORMED, 0},
        {"1.-5", NUMBER_MALFORMED, 0},
        {"1.5e3", NUMBER_MALFORMED, 0},
        {"1.5 ", NUMBER_MALFORMED, 0},
        {"1.5s", NUMBER_MALFORMED, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t billionths = -7;
        size_t length = strlen(cases[i].text);
        assert_int_equal(number_parse_decimal(cases[i].text, length, &billionths), cases[i].error);
        assert_int_equal(billionths, cases[i].error == NUMBER_OK ? cases[i].billionths : -7);
        assert_int_equal(number_is_well_formed(cases[i].text, length),
                         cases[i].error != NUMBER_MALFORMED);
    }
}

static const struct {
    const char *text;
    const char *clause; /* a part of it; NULL: no oddity */
} odd_cases[] = {
    {"0o120", "octal"},
    {"0O7", "octal"},
    {"0o8", NULL},
    {"0o", NULL},
    {"0x50", "hexadecimal"},
    {"0XfF", "hexadecimal"},
    {"0x", NULL},
    {"0xg", NULL},
    {"0b101", "binary"},
    {"0b2", NULL},
    {"010", "leading zeros"},
    {"00", "leading zeros"},
    {"00.5", "leading zeros"},
    {"+80", "plus sign"},
    {"+1.5", "plus sign"},
    {"+0x50", "plus sign"},
    {"+", NULL},
    {"+port", NULL},
    {"-1", "negative"},
    {"-1.5", "negative"},
    {"-0", "negative"},
    {"-1e3", "negative"},
    {"-", NULL},
    {"-x", NULL},
    {"8e1", "exponent"},
    {"8E1", "exponent"},
    {"1e9", "exponent"},
    {"1.5e-3", "exponent"},
    {"1e+3", "exponent"},
    {"8e", NULL},
    {"8e+", NULL},
    {"e1", NULL},
    {"8e1x", NULL},
    {"1_000", "underscore"},
    {"1_000.5", "underscore"},
    {"_1", NULL},
    {"1_a", NULL},
    {"1,5", "comma"},
    {"80,443", "comma"},
    {".inf", "infinity"},
    {"-.inf", "infinity"},
    {"+.INF", "infinity"},
    {"inf", "infinity"},
    {"Infinity", "infinity"},
    {"info", NULL},
    {".nan", "not-a-number"},
    {".NaN", "not-a-number"},
    {"nan", "not-a-number"},
    {"nano", NULL},
    {"man", NULL},
    {".5", "both sides of the point"},
    {"5.", "both sides of the point"},
    {".", NULL},
    {"1.0000000000", "more than 9 digits"},
    {"12.0000000000", "more than 9 digits"},
    {"0.0000000000", "more than 9 digits"},
    {"1.2.3", NULL},
    {"127.0.0.1", NULL},
    {"", NULL},
    {"80", NULL},
    {"80.5", NULL},
    {"99999999999999999999", NULL},
    {"http", NULL},
    {"10s", NULL},
    {"5 parsecs", NULL},
};

static void oddities_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(odd_cases); i++) {
        const char *clause = number_oddity(odd_cases[i].text, strlen(odd_cases[i].text));
        if (odd_cases[i].clause == NULL && clause != NULL)
            fail_msg("'%s' is odd: %s", odd_cases[i].text, clause);
        if (odd_cases[i].clause != NULL &&
            (clause == NULL || strstr(clause, odd_cases[i].clause) == NULL))
            fail_msg("'%s' is not %s: %s", odd_cases[i].text, odd_cases[i].clause, clause);
    }
}

static void an_oddity_ends_with_its_text(void **state)
{
    (void)state;
    assert_null(number_oddity("0x\0", 3));
    assert_null(number_oddity("80_", 2));
    assert_null(number_oddity("0x5", 2));
    assert_non_null(strstr(number_oddity("1.55", 2), "both sides"));
    assert_non_null(strstr(number_oddity("8e15", 3), "exponent"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_within_their_range),
        cmocka_unit_test(only_the_given_length_is_read),
        cmocka_unit_test(decimals_are_billionths),
        cmocka_unit_test(oddities_are_named),
        cmocka_unit_test(an_oddity_ends_with_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
