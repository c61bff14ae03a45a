/* core/address_block: blocks as they are written, their addresses, and what is said of wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/address_block.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct block_case {
    const char *text;
    uint32_t count;
    uint32_t index;
    const char *address; /* with this index */
};

static void every_address_of_a_block_is_counted_and_found(void **state)
{
    static const struct block_case cases[] = {
        {"10.0.0.0/24", 256, 0, "10.0.0.0"},
        {"10.0.0.0/24", 256, 1, "10.0.0.1"},
        {"10.0.0.0/24", 256, 255, "10.0.0.255"},
        {"10.0.0.128/25", 128, 127, "10.0.0.255"},
        {"10.0.2.0/23", 512, 256, "10.0.3.0"},
        {"10.0.0.0/8", 1 << 24, (1 << 24) - 1, "10.255.255.255"},
        {"10.0.0.0/8", 1 << 24, 0x010203, "10.1.2.3"},
        {"10.0.0.7/32", 1, 0, "10.0.0.7"},
        {"10.0.0.6/31", 2, 1, "10.0.0.7"},
        {"0.0.0.0/8", 1 << 24, 0, "0.0.0.0"},
        {"[10.0.0.0/30]", 4, 3, "10.0.0.3"},
        {"2001:db8::/120", 256, 255, "2001:db8::ff"},
        {"[2001:db8::/112]", 65536, 0x0100, "2001:db8::100"},
        {"2001:db8::/104", 1 << 24, 0xffffff, "2001:db8::ff:ffff"},
        {"::1/128", 1, 0, "::1"},
        {"::ffff:10.0.0.0/120", 256, 5, "::ffff:10.0.0.5"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address_block block;
        struct text text;
        text_init(&text, 4096);
        size_t length = strlen(cases[i].text);
        assert_true(address_block_is_meant(cases[i].text, length));
        assert_true(address_block_parse(cases[i].text, length, &block, &text));
        assert_int_equal(address_block_count(&block), cases[i].count);
        struct address address = address_block_at(&block, cases[i].index);
        address_append(&text, &address);
        assert_string_equal(text_string(&text), cases[i].address);
        text_fini(&text);
    }
}

struct wrong_case {
    const char *text;
    const char *why;
};

static void wrong_blocks_name_what_is_accepted(void **state)
{
    static const struct wrong_case cases[] = {
        {"10.0.0.0/33", "has a prefix length that is none: accepted is 0-32"},
        {"10.0.0.0/", "has a prefix length that is none: accepted is 0-32"},
        {"10.0.0.0/08", "has a prefix length that is none: accepted is 0-32"},
        {"10.0.0.0/+8", "has a prefix length that is none: accepted is 0-32"},
        {"10.0.0.0/8/8", "has a prefix length that is none: accepted is 0-32"},
        {"10.0.0.0/255.0.0.0", "has a prefix length that is none: accepted is 0-32"},
        {"2001:db8::/129", "has a prefix length that is none: accepted is 0-128"},
        {"10.0.0.5/24", "has bits set behind its prefix: write 10.0.0.0/24"},
        {"10.0.0.1/0", "has bits set behind its prefix: write 0.0.0.0/0"},
        {"2001:db8::1/64", "has bits set behind its prefix: write 2001:db8::/64"},
        {"10.0.0.0/7",
         "has more than 16777216 addresses: accepted is a prefix length of 8 or more"},
        {"0.0.0.0/0", "has more than 16777216 addresses: accepted is a prefix length of 8 or more"},
        {"2001:db8::/64",
         "has more than 16777216 addresses: accepted is a prefix length of 104 or more"},
        {"fe80::%2/120", "has a zone: accepted is ADDRESS/LENGTH without one"},
        {"10.0.0.0", "is none: accepted is ADDRESS/LENGTH"},
        {"db/24", "is none: accepted is ADDRESS/LENGTH"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address_block block;
        struct text why;
        struct text expected;
        text_init(&why, 4096);
        text_init(&expected, 4096);
        text_append_strings(&expected, "block '", cases[i].text, "' ", cases[i].why, NULL);
        assert_false(address_block_parse(cases[i].text, strlen(cases[i].text), &block, &why));
        assert_string_equal(text_string(&why), text_string(&expected));
        text_fini(&expected);
        text_fini(&why);
    }
}

static void what_is_no_address_and_a_slash_is_not_meant_as_a_block(void **state)
{
    static const char *const cases[] = {
        "",          "/",  "/24",       "10.0.0.0", "10.0.0/24", "db/24",         "a/b",
        "http://h/", "[]", "[::1]/128", "127.1/8",  "[",         "::1:2:3:zz/64", "10.0.0.0 /24"};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_false(address_block_is_meant(cases[i], strlen(cases[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_of_a_block_is_counted_and_found),
        cmocka_unit_test(wrong_blocks_name_what_is_accepted),
        cmocka_unit_test(what_is_no_address_and_a_slash_is_not_meant_as_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
