/* core/address: IP addresses in and out, and what they mean. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/address.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct address parsed(const char *string)
{
    struct address address;
    if (!address_parse(string, strlen(string), &address))
        fail_msg("'%s' is no address", string);
    return address;
}

static void assert_shown(const struct address *address, const char *plain, const char *with_port)
{
    struct text text;
    text_init(&text, 100);
    address_append(&text, address);
    assert_string_equal(text_string(&text), plain);
    text_clear(&text);
    address_append_with_port(&text, address);
    assert_string_equal(text_string(&text), with_port);
    text_fini(&text);
}

static void addresses_are_read_and_shown(void **state)
{
    static const struct {
        const char *text;
        enum family family;
        uint32_t scope;
        const char *shown;
        const char *shown_with_port;
    } cases[] = {
        {"10.0.0.5", FAMILY_IPV4, 0, "10.0.0.5", "10.0.0.5:80"},
        {"0.0.0.0", FAMILY_IPV4, 0, "0.0.0.0", "0.0.0.0:80"},
        {"255.255.255.255", FAMILY_IPV4, 0, "255.255.255.255", "255.255.255.255:80"},
        {"::", FAMILY_IPV6, 0, "::", "[::]:80"},
        {"::1", FAMILY_IPV6, 0, "::1", "[::1]:80"},
        {"2001:DB8:0:0::1", FAMILY_IPV6, 0, "2001:db8::1", "[2001:db8::1]:80"},
        {"::ffff:10.0.0.5", FAMILY_IPV6, 0, "::ffff:10.0.0.5", "[::ffff:10.0.0.5]:80"},
        {"fe80::1%3", FAMILY_IPV6, 3, "fe80::1%3", "[fe80::1%3]:80"},
        {"fe80::1%4294967295", FAMILY_IPV6, UINT32_MAX, "fe80::1%4294967295",
         "[fe80::1%4294967295]:80"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%1", FAMILY_IPV6, 1,
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%1",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%1]:80"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address address = parsed(cases[i].text);
        assert_int_equal(address.family, cases[i].family);
        assert_int_equal(address.scope, cases[i].scope);
        assert_int_equal(address.port, 0);
        address.port = 80;
        assert_shown(&address, cases[i].shown, cases[i].shown_with_port);
    }
}

static void assert_shown_as_by_libc(const struct address *address)
{
    char expected[INET6_ADDRSTRLEN];
    struct text text;
    int family = address->family == FAMILY_IPV4 ? AF_INET : AF_INET6;
    assert_non_null(inet_ntop(family, address->bytes, expected, sizeof(expected)));
    text_init(&text, 100);
    address_append(&text, address);
    assert_string_equal(text_string(&text), expected);
    text_fini(&text);
}

static void every_byte_of_ipv4_is_shown_as_by_inet_ntop(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        for (unsigned i = 0; i < 4; i++) {
            struct address address = {.bytes = {1, 20, 255, 100}, .family = FAMILY_IPV4};
            address.bytes[i] = (uint8_t)value;
            assert_shown_as_by_libc(&address);
        }
    }
}

/* `has_group`: a bit for each group that is not zero. */
static struct address grouped(unsigned has_group, unsigned group)
{
    struct address address = {.family = FAMILY_IPV6};
    for (unsigned i = 0; i < 8; i++) {
        if ((has_group >> i & 1) != 0) {
            address.bytes[2 * i] = (uint8_t)(group >> 8);
            address.bytes[2 * i + 1] = (uint8_t)group;
        }
    }
    return address;
}

static void every_pattern_of_zero_groups_is_shown_as_by_inet_ntop(void **state)
{
    static const unsigned groups[] = {1, 0x0f, 0x10, 0xff, 0x100, 0xfff, 0x1000, 0xa0b0, 0xffff};
    (void)state;
    for (unsigned has_group = 0; has_group < 256; has_group++) {
        for (size_t i = 0; i < COUNT(groups); i++) {
            struct address address = grouped(has_group, groups[i]);
            assert_shown_as_by_libc(&address);
            address.bytes[10] = address.bytes[11] = 0xff; /* IPv4-mapped, where 0-4 are zero */
            assert_shown_as_by_libc(&address);
        }
    }
}

/* Half of the bytes are zero, so that there are runs of zero groups too. */
static void random_ipv6_is_shown_as_by_inet_ntop(void **state)
{
    uint64_t random = 88172645463325252;
    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct address address = {.family = FAMILY_IPV6};
        for (size_t i = 0; i < sizeof(address.bytes); i++) {
            random ^= random << 13; /* Marsaglia's xorshift64 */
            random ^= random >> 7;
            random ^= random << 17;
            address.bytes[i] = (uint8_t)((random >> 32 & 1) != 0 ? random >> 40 : 0);
        }
        assert_shown_as_by_libc(&address);
    }
}

static void other_text_is_no_address(void **state)
{
    static const char *const cases[] = {
        "",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.4%1",
        "1.2.3.4:80",
        "[::1]",
        ":::",
        "1::2::3",
        "::g",
        "12345::",
        "fe80::1%",
        "fe80::1%0",
        "fe80::1%eth0",
        "fe80::1%01",
        "fe80::1%-1",
        "fe80::1%4294967296",
        "%1",
        "::1/64",
        "fe80::1%1%1",
        "localhost",
        "1:2:3:4:5:6:7:8:9",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee:ffff",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address address = {.port = 7};
        if (address_parse(cases[i], strlen(cases[i]), &address))
            fail_msg("'%s' is an address", cases[i]);
        assert_int_equal(address.port, 7);
    }
    assert_false(address_parse("::::::::::::::::::::::::::::::::::::::::::::::", 46,
                               &(struct address){.port = 0})); /* INET6_ADDRSTRLEN */
    assert_false(address_parse("::1\0x", 5, &(struct address){.port = 0}));
    assert_false(address_parse("10.0.0.1\0", 9, &(struct address){.port = 0}));
}

static void only_the_given_length_is_read(void **state)
{
    struct address address;
    (void)state;
    assert_true(address_parse("10.0.0.15", 8, &address));
    assert_shown(&address, "10.0.0.1", "10.0.0.1:0");
}

static void lists_are_split_at_commas(void **state)
{
    static const struct {
        const char *text;
        uint32_t count; /* 0: no list */
        const char *last;
    } cases[] = {
        {"10.0.0.1", 1, "10.0.0.1"},
        {"10.0.0.1,::1", 2, "::1"},
        {"10.0.0.1,[::1]", 2, "::1"},
        {"[fe80::1%3],10.0.0.1,10.0.0.2", 3, "10.0.0.2"},
        {"::1,::2,::3,::4", 0, NULL}, /* more than there is room for */
        {"", 0, NULL},
        {",", 0, NULL},
        {"10.0.0.1,", 0, NULL},
        {",10.0.0.1", 0, NULL},
        {"10.0.0.1,,::1", 0, NULL},
        {"10.0.0.1 ,::1", 0, NULL},
        {"10.0.0.1;::1", 0, NULL},
        {"[]", 0, NULL},
        {"[::1", 0, NULL},
        {"::1]", 0, NULL},
        {"10.0.0.1,db", 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address addresses[3];
        uint32_t count = 7;
        if (address_list_parse(cases[i].text, addresses, COUNT(addresses), &count) !=
            (cases[i].count > 0))
            fail_msg("'%s' is judged wrongly", cases[i].text);
        if (cases[i].count > 0) {
            struct address last = parsed(cases[i].last);
            assert_int_equal(count, cases[i].count);
            assert_true(address_is_equal(&addresses[count - 1], &last));
        }
    }
}

static void no_address_is_equal_to_itself_and_shows_nothing(void **state)
{
    struct address none = {.family = FAMILY_ANY, .port = 80};
    struct address other = {.family = FAMILY_ANY, .port = 80, .bytes = {1}};
    (void)state;
    assert_shown(&none, "", "");
    assert_true(address_is_equal(&none, &other));
    assert_true(address_hash(&none) == address_hash(&other));
    assert_false(address_is_loopback(&none));
    other = address_connected_to(&none);
    assert_true(address_is_equal(&none, &other));
}

static void equality_is_over_family_bytes_zone_and_port(void **state)
{
    struct address a = parsed("10.0.0.1");
    struct address b = parsed("10.0.0.1");
    (void)state;
    b.bytes[4] = 9; /* means nothing in an IPv4 address */
    assert_true(address_is_equal(&a, &b));
    assert_true(address_hash(&a) == address_hash(&b));
    b.port = 1;
    assert_false(address_is_equal(&a, &b));
    assert_true(address_hash(&a) != address_hash(&b));

    static const char *const different[] = {"10.0.0.1",  "10.0.0.2",        "11.0.0.1",
                                            "::1",       "fe80::1",         "fe80::1%1",
                                            "fe80::1%2", "::ffff:10.0.0.1", "a00:1::"};
    for (size_t i = 0; i < COUNT(different); i++)
        for (size_t j = 0; j < COUNT(different); j++) {
            a = parsed(different[i]);
            b = parsed(different[j]);
            assert_int_equal(address_is_equal(&a, &b), i == j);
            assert_int_equal(address_hash(&a) == address_hash(&b), i == j);
        }
}

static void hashes_of_neighbours_are_spread(void **state)
{
    unsigned counts[64] = {0};
    struct address address = parsed("10.0.0.0");
    (void)state;
    for (unsigned i = 0; i < 6400; i++) {
        address.bytes[2] = (uint8_t)(i >> 8);
        address.bytes[3] = (uint8_t)i;
        counts[address_hash(&address) % COUNT(counts)]++;
    }
    for (size_t i = 0; i < COUNT(counts); i++)
        assert_in_range(counts[i], 50, 170);
}

static void loopback_and_link_local_are_recognised(void **state)
{
    static const struct {
        const char *text;
        bool is_loopback, is_link_local;
    } cases[] = {
        {"127.0.0.1", true, false},
        {"127.255.255.255", true, false},
        {"126.255.255.255", false, false},
        {"128.0.0.0", false, false},
        {"0.0.0.0", false, false},
        {"::1", true, false},
        {"::2", false, false},
        {"::", false, false},
        {"::ffff:127.0.0.2", true, false},
        {"::ffff:10.0.0.1", false, false},
        {"::127.0.0.1", false, false},
        {"fe80::1", false, true},
        {"febf:ffff::1", false, true},
        {"fec0::1", false, false},
        {"fe7f::1", false, false},
        {"ff80::1", false, false},
        {"254.128.0.1", false, false},
        {"169.254.0.1", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address address = parsed(cases[i].text);
        if (address_is_loopback(&address) != cases[i].is_loopback ||
            address_is_link_local(&address) != cases[i].is_link_local)
            fail_msg("%s is judged wrongly", cases[i].text);
    }
}

static void what_is_connected_to_is_what_the_kernel_takes(void **state)
{
    static const struct {
        const char *text;
        const char *real;
    } cases[] = {
        {"0.0.0.0", "127.0.0.1"},
        {"::", "::1"},
        {"::%3", "::1"},
        {"::ffff:10.0.0.5", "10.0.0.5"},
        {"::ffff:0.0.0.0", "127.0.0.1"},
        {"::ffff:10.0.0.5%3", "10.0.0.5"},
        {"10.0.0.5", "10.0.0.5"},
        {"0.0.0.1", "0.0.0.1"},
        {"2001:db8::1", "2001:db8::1"},
        {"fe80::1%3", "fe80::1%3"},
        {"::fffe:10.0.0.5", "::fffe:a00:5"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address address = parsed(cases[i].text);
        struct address expected = parsed(cases[i].real);
        address.port = expected.port = 443;
        struct address real = address_connected_to(&address);
        assert_true(address_is_equal(&real, &expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_shown),
        cmocka_unit_test(every_byte_of_ipv4_is_shown_as_by_inet_ntop),
        cmocka_unit_test(every_pattern_of_zero_groups_is_shown_as_by_inet_ntop),
        cmocka_unit_test(random_ipv6_is_shown_as_by_inet_ntop),
        cmocka_unit_test(other_text_is_no_address),
        cmocka_unit_test(only_the_given_length_is_read),
        cmocka_unit_test(lists_are_split_at_commas),
        cmocka_unit_test(no_address_is_equal_to_itself_and_shows_nothing),
        cmocka_unit_test(equality_is_over_family_bytes_zone_and_port),
        cmocka_unit_test(hashes_of_neighbours_are_spread),
        cmocka_unit_test(loopback_and_link_local_are_recognised),
        cmocka_unit_test(what_is_connected_to_is_what_the_kernel_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
