/* core/utf8: what is UTF-8, what is a control, how wide it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/utf8.h"

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal) (literal), sizeof(literal) - 1

static void shortest_forms_of_every_size_are_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        uint32_t code_point;
        size_t size;
    } cases[] = {
        {BYTES("a"), 'a', 1},
        {BYTES("\0"), 0, 1},
        {BYTES("\x7f"), 0x7f, 1},
        {BYTES("\xc2\x80"), 0x80, 2},
        {BYTES("\xdf\xbf"), 0x7ff, 2},
        {BYTES("\xe0\xa0\x80"), 0x800, 3},
        {BYTES("\xed\x9f\xbf"), 0xd7ff, 3},
        {BYTES("\xee\x80\x80"), 0xe000, 3},
        {BYTES("\xef\xbf\xbf"), 0xffff, 3},
        {BYTES("\xf0\x90\x80\x80"), 0x10000, 4},
        {BYTES("\xf4\x8f\xbf\xbf"), 0x10ffff, 4},
        {BYTES("\xc3\xbczzz"), 0xfc, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t code_point = 0xdead;
        assert_int_equal(utf8_decode(cases[i].bytes, cases[i].length, &code_point), cases[i].size);
        assert_int_equal(code_point, cases[i].code_point);
    }
}

static void what_rfc_3629_forbids_is_not_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        {BYTES("")},
        {BYTES("\x80")},
        {BYTES("\xbf")},
        {BYTES("\x90\x80")},
        {BYTES("\xbf\x80")},
        {BYTES("\xf9\x80\x80\x80")},
        {BYTES("\xc0\x80")},         /* overlong */
        {BYTES("\xc1\xbf")},         /* overlong */
        {BYTES("\xe0\x9f\xbf")},     /* overlong */
        {BYTES("\xf0\x8f\xbf\xbf")}, /* overlong */
        {BYTES("\xed\xa0\x80")},     /* surrogate */
        {BYTES("\xed\xbf\xbf")},     /* surrogate */
        {BYTES("\xf4\x90\x80\x80")}, /* beyond U+10FFFF */
        {BYTES("\xf5\x80\x80\x80")},
        {BYTES("\xff")},
        {BYTES("\xc3")},
        {BYTES("\xe6\x9d")},
        {BYTES("\xf0\x9f\x90")},
        {BYTES("\xc3z")},
        {BYTES("\xe6\x9dz")},
        {BYTES("\xe6z\x9d")},
        {BYTES("\xf0\x9f\x90z")},
        {BYTES("\xc3\xc3")},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t code_point;
        assert_int_equal(utf8_decode(cases[i].bytes, cases[i].length, &code_point), 0);
    }
}

static void the_valid_length_ends_at_the_first_bad_byte(void **state)
{
    static const char text[] = "0123456789abcdef0123456789abcdef\xc3\xbcz";
    const size_t length = sizeof(text) - 1;
    char bytes[sizeof(text)];
    (void)state;
    assert_int_equal(utf8_valid_length("", 0), 0);
    assert_int_equal(utf8_valid_length(text, length), length);
    assert_int_equal(utf8_valid_length(text, 33), 32); /* cut off within the character */
    for (size_t i = 0; i < 32; i++) {
        memcpy(bytes, text, sizeof(text));
        bytes[i] = '\xff';
        assert_int_equal(utf8_valid_length(bytes, length), i);
    }
    memcpy(bytes, text, sizeof(text));
    bytes[34] = '\x80';
    assert_int_equal(utf8_valid_length(bytes, length), 34);
}

static void controls_and_their_neighbours_are_told_apart(void **state)
{
    static const struct {
        uint32_t first, last;
    } cases[] = {
        {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c},   {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (uint32_t c = cases[i].first; c <= cases[i].last; c++)
            assert_true(utf8_is_control(c));
        assert_false(utf8_is_control(cases[i].last + 1));
        if (cases[i].first > 0)
            assert_false(utf8_is_control(cases[i].first - 1));
    }
    for (uint32_t c = 0x20; c < 0x7f; c++)
        assert_false(utf8_is_control(c));
    assert_false(utf8_is_control(0xfc));
    assert_false(utf8_is_control(0x6771));
    assert_false(utf8_is_control(0xfe0f));
}

static void width_is_in_columns(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        size_t width;
    } cases[] = {
        {BYTES("a\xcc\x80"), 1},
        {"a\xe6\x9d\xb1", 3, 3}, /* cut off by the length */
        {BYTES(""), 0},
        {BYTES("abc"), 3},
        {BYTES("gr\xc3\xbcn"), 4},
        {BYTES("u\xcc\x88"), 1},                /* a combining diaeresis */
        {BYTES("\xe6\x9d\xb1\xe4\xba\xac"), 4}, /* U+6771 U+4EAC */
        {BYTES("\xf0\x9f\x90\x98!"), 3},        /* U+1F418 */
        {BYTES("\xef\xbc\xa1\xef\xbd\xb1"), 3}, /* full width, then half width */
        {BYTES("\xed\x95\x9c"), 2},             /* a Hangul syllable */
        {BYTES("\xe1\x84\x92\xe1\x85\xa1"), 2}, /* the same in two letters */
        {BYTES("\xe2\x80\x8b\xe2\x80\xae"), 0}, /* zero-width, right-to-left */
        {BYTES("\xf0\xa0\x80\x80"), 2},         /* U+20000 */
        {BYTES("\xef\xbb\xbf"), 0},
        {BYTES("\xe2\x82\xac"), 1}, /* U+20AC */
        {BYTES("\xff\xfe\x80"), 3},
        {BYTES("a\xe6\x9d"), 3}, /* cut off */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(utf8_width(cases[i].bytes, cases[i].length), cases[i].width);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortest_forms_of_every_size_are_read),
        cmocka_unit_test(what_rfc_3629_forbids_is_not_read),
        cmocka_unit_test(the_valid_length_ends_at_the_first_bad_byte),
        cmocka_unit_test(controls_and_their_neighbours_are_told_apart),
        cmocka_unit_test(width_is_in_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
