/* core/text: growth, the ceiling, integers, seconds and escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct text text;

static int set_up(void **state)
{
    (void)state;
    text_init(&text, 4096);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_fini(&text);
    return 0;
}

static void an_empty_text_is_an_empty_string(void **state)
{
    (void)state;
    assert_true(text_is_ok(&text));
    assert_string_equal(text_string(&text), "");
    text_append(&text, NULL, 0);
    text_append_string(&text, "");
    assert_true(text_is_ok(&text));
    assert_int_equal(text.length, 0);
}

static void nothing_can_be_appended(void **state)
{
    (void)state;
    text_append_string(&text, "abc");
    text_append(&text, NULL, 0);
    assert_string_equal(text_string(&text), "abc");
}

static void appends_follow_each_other(void **state)
{
    (void)state;
    text_append(&text, "abc", 2);
    text_append_char(&text, 'c');
    text_append_string(&text, "de");
    text_append_strings(&text, "f", "", "gh", NULL);
    assert_string_equal(text_string(&text), "abcdefgh");
    assert_int_equal(text.length, 8);
}

static void bytes_of_any_value_are_kept(void **state)
{
    (void)state;
    text_append(&text, "a\0b\xff", 4);
    assert_int_equal(text.length, 4);
    assert_memory_equal(text.bytes, "a\0b\xff", 5);
}

static void many_appends_grow_it(void **state)
{
    (void)state;
    for (int i = 0; i < 4096; i++) {
        text_append_char(&text, (char)('a' + i % 26));
        assert_true(text.capacity <= 4097);
        assert_int_equal(text.bytes[text.length], 0);
    }
    assert_true(text_is_ok(&text));
    assert_int_equal(text.length, 4096);
    assert_int_equal(text.bytes[0], 'a');
    assert_int_equal(text.bytes[4095], 'a' + 4095 % 26);
}

static void what_was_appended_can_be_taken_back(void **state)
{
    (void)state;
    text_cut(&text, 0);
    assert_string_equal(text_string(&text), "");
    text_append_string(&text, "abcdef");
    text_cut(&text, 7);
    assert_string_equal(text_string(&text), "abcdef");
    text_cut(&text, 2);
    assert_int_equal(text.length, 2);
    text_append_char(&text, 'x');
    assert_string_equal(text_string(&text), "abx");
}

static void the_ceiling_is_reached_and_not_passed(void **state)
{
    static const struct {
        size_t ceiling, first, second;
        bool is_ok;
    } cases[] = {
        {0, 0, 0, true}, {0, 1, 0, false}, {1, 1, 0, true},     {1, 1, 1, false},
        {8, 5, 3, true}, {8, 5, 4, false}, {200, 200, 0, true}, {200, 200, 1, false},
    };
    static const char bytes[256];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text limited;
        text_init(&limited, cases[i].ceiling);
        text_append(&limited, bytes, cases[i].first);
        text_append(&limited, bytes, cases[i].second);
        assert_int_equal(text_is_ok(&limited), cases[i].is_ok);
        assert_int_equal(limited.length, cases[i].is_ok ? cases[i].first + cases[i].second : 0);
        text_fini(&limited);
    }
}

static void a_failure_empties_and_stays(void **state)
{
    struct text limited;
    (void)state;
    text_init(&limited, 4);
    text_append_string(&limited, "abcd");
    text_append_string(&limited, "e");
    text_append_string(&limited, "f");
    assert_false(text_is_ok(&limited));
    assert_string_equal(text_string(&limited), "");
    assert_int_equal(limited.length, 0);

    text_clear(&limited);
    assert_true(text_is_ok(&limited));
    text_append_string(&limited, "wxyz");
    assert_string_equal(text_string(&limited), "wxyz");
    text_fini(&limited);
}

static void the_highest_ceiling_does_not_overflow(void **state)
{
    struct text limited;
    (void)state;
    text_init(&limited, SIZE_MAX);
    text_append_string(&limited, "a");
    assert_true(text_is_ok(&limited));
    text_append(&limited, "b", SIZE_MAX);
    assert_false(text_is_ok(&limited));
    text_fini(&limited);
}

static void a_text_can_be_used_after_fini(void **state)
{
    (void)state;
    text_append_string(&text, "a");
    text_fini(&text);
    assert_string_equal(text_string(&text), "");
    text_append_string(&text, "b");
    assert_string_equal(text_string(&text), "b");
}

static void integers_are_decimal(void **state)
{
    static const struct {
        int64_t number;
        const char *shown;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-1, "-1"},
        {10, "10"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_clear(&text);
        text_append_int(&text, cases[i].number);
        assert_string_equal(text_string(&text), cases[i].shown);
    }
}

static void padding_is_with_zeros(void **state)
{
    static const struct {
        int64_t number;
        int width;
        const char *shown;
    } cases[] = {
        {0, 0, "0"},      {0, 2, "00"},
        {7, 2, "07"},     {42, 2, "42"},
        {123, 2, "123"},  {2024, 4, "2024"},
        {5, 6, "000005"}, {1, 30, "000000000000000000000000000001"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_clear(&text);
        text_append_padded_int(&text, cases[i].number, cases[i].width);
        assert_string_equal(text_string(&text), cases[i].shown);
    }
}

static void seconds_are_rounded_half_up(void **state)
{
    static const struct {
        int64_t ns;
        int decimals;
        const char *shown;
    } cases[] = {
        {0, 6, "0.000000"},
        {0, 0, "0"},
        {1, 9, "0.000000001"},
        {499, 6, "0.000000"},
        {500, 6, "0.000001"},
        {1499, 6, "0.000001"},
        {1500, 6, "0.000002"},
        {2002113000, 6, "2.002113"},
        {999999499, 6, "0.999999"},
        {999999500, 6, "1.000000"},
        {499999999, 0, "0"},
        {500000000, 0, "1"},
        {1449999999, 1, "1.4"},
        {1450000000, 1, "1.5"},
        {59999500000, 3, "60.000"},
        {-1, 9, "-0.000000001"},
        {-1, 6, "0.000000"},
        {-500, 6, "0.000000"},
        {-501, 6, "-0.000001"},
        {-1500, 6, "-0.000001"},
        {-1501, 6, "-0.000002"},
        {-2002113000, 6, "-2.002113"},
        {-1500000000, 0, "-1"},
        {INT64_MAX, 9, "9223372036.854775807"},
        {INT64_MAX, 6, "9223372036.854776"},
        {INT64_MAX, 0, "9223372037"},
        {INT64_MIN, 9, "-9223372036.854775808"},
        {INT64_MIN, 0, "-9223372037"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_clear(&text);
        text_append_seconds(&text, cases[i].ns, cases[i].decimals);
        assert_string_equal(text_string(&text), cases[i].shown);
    }
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static void controls_are_escaped_and_text_is_kept(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *shown;
    } cases[] = {
        {BYTES(""), ""},
        {BYTES("plain 'text' \\ kept"), "plain 'text' \\ kept"},
        {BYTES("a\nb\tc"), "a\\nb\\tc"},
        {BYTES("\r\0\x1b[31m\x7f"), "\\x0d\\x00\\x1b[31m\\x7f"},
        {BYTES("\x1f ~"), "\\x1f ~"},
        {BYTES("gr\xc3\xbc\xc3\x9f \xe6\x9d\xb1 \xf0\x9f\x90\x98"),
         "gr\xc3\xbc\xc3\x9f \xe6\x9d\xb1 \xf0\x9f\x90\x98"},
        {BYTES("\xc2\x80\xc2\x9f\xc2\xa0"), "\\u{0080}\\u{009f}\xc2\xa0"},
        {BYTES("a\xe2\x80\xae"
               "b\xe2\x80\x8b"),
         "a\\u{202e}b\\u{200b}"},
        {BYTES("\xef\xbb\xbf\xe2\x80\xa8"), "\\u{feff}\\u{2028}"},
        {BYTES("\xf3\xa0\x81\x81"), "\\u{e0041}"},
        {BYTES("\xff\xc3"), "\\xff\\xc3"},
        {BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80"},
        {BYTES("\x80z\xe6\x9d"), "\\x80z\\xe6\\x9d"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_clear(&text);
        text_append_escaped(&text, cases[i].bytes, cases[i].length);
        assert_string_equal(text_string(&text), cases[i].shown);
    }
}

static void quoted_values_are_cut_at_64_bytes(void **state)
{
    static const struct {
        size_t letters;
        const char *then;
        size_t shown_letters;
        const char *shown_then;
    } cases[] = {
        {0, "", 0, "'"},
        {3, "\n", 3, "\\n'"},
        {64, "", 64, "'"},
        {64, "y", 64, "'..."},
        {63, "\xc3\xbc", 63, "'..."}, /* would be cut in the middle of a character */
        {62, "\xc3\xbc", 62, "\xc3\xbc'"},
        {61, "\xf0\x9f\x90\x98", 61, "'..."},
        {60, "\xf0\x9f\x90\x98", 60, "\xf0\x9f\x90\x98'"},
        {63, "\x80\x80", 63, "\\x80'..."},
    };
    static const char letters[] =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text value, expected;
        text_init(&value, 1000);
        text_init(&expected, 1000);
        text_append(&value, letters, cases[i].letters);
        text_append_string(&value, cases[i].then);
        text_append_string(&expected, "'");
        text_append(&expected, letters, cases[i].shown_letters);
        text_append_string(&expected, cases[i].shown_then);

        text_clear(&text);
        text_append_quoted(&text, text_string(&value), value.length);
        assert_string_equal(text_string(&text), text_string(&expected));
        text_fini(&value);
        text_fini(&expected);
    }
}

static void a_character_beyond_the_length_is_not_read(void **state)
{
    (void)state;
    text_append_escaped(&text, "z\xe6\x9d\xb1", 3);
    text_append_quoted(&text, "z\xe6\x9d\xb1", 2);
    assert_string_equal(text_string(&text), "z\\xe6\\x9d'z\\xe6'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_text_is_an_empty_string, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_can_be_appended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(appends_follow_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_of_any_value_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_appends_grow_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_appended_can_be_taken_back, set_up, tear_down),
        cmocka_unit_test(the_ceiling_is_reached_and_not_passed),
        cmocka_unit_test(a_failure_empties_and_stays),
        cmocka_unit_test(the_highest_ceiling_does_not_overflow),
        cmocka_unit_test_setup_teardown(a_text_can_be_used_after_fini, set_up, tear_down),
        cmocka_unit_test_setup_teardown(integers_are_decimal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(padding_is_with_zeros, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seconds_are_rounded_half_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(controls_are_escaped_and_text_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_character_beyond_the_length_is_not_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(quoted_values_are_cut_at_64_bytes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
