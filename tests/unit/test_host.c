/* core/host: what people write as a host, and what is wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/host.h"

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal) (literal), sizeof(literal) - 1

#define LABEL_63 "a23456789-123456789-123456789-123456789-123456789-123456789-123"
#define LABEL_61 "a23456789-123456789-123456789-123456789-123456789-123456789-1"
#define NAME_253 LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61

static void hosts_are_recognised(void **state)
{
    static const struct {
        const char *text;
        enum host_kind kind;
        const char *host;
    } cases[] = {
        {"localhost", HOST_NAME, "localhost"},
        {"example.com", HOST_NAME, "example.com"},
        {"example.com.", HOST_NAME, "example.com."},
        {"a", HOST_NAME, "a"},
        {"no", HOST_NAME, "no"},
        {"DB-Server_1.Example", HOST_NAME, "DB-Server_1.Example"},
        {"_sip._tcp.example", HOST_NAME, "_sip._tcp.example"},
        {"xn--bcher-kva.example", HOST_NAME, "xn--bcher-kva.example"},
        {"xn--zzzzzz", HOST_NAME, "xn--zzzzzz"},
        {"b\xc3\xbc"
         "cher.example",
         HOST_NAME,
         "b\xc3\xbc"
         "cher.example"},
        {"\xe6\x9d\xb1\xe3\x80\x82jp", HOST_NAME, "\xe6\x9d\xb1\xe3\x80\x82jp"},
        {"1host", HOST_NAME, "1host"},
        {"127.0.0.1.example", HOST_NAME, "127.0.0.1.example"},
        {"1.2.3.4a", HOST_NAME, "1.2.3.4a"},
        {"a.0xg", HOST_NAME, "a.0xg"},
        {"face", HOST_NAME, "face"},
        {"0aff", HOST_NAME, "0aff"},
        {"ax1", HOST_NAME, "ax1"},
        {"az.AZ-09_x", HOST_NAME, "az.AZ-09_x"},
        {LABEL_63, HOST_NAME, LABEL_63},
        {NAME_253, HOST_NAME, NAME_253},
        {NAME_253 ".", HOST_NAME, NAME_253 "."},
        {"127.0.0.1", HOST_IPV4, "127.0.0.1"},
        {"0.0.0.0", HOST_IPV4, "0.0.0.0"},
        {"::1", HOST_IPV6, "::1"},
        {"::", HOST_IPV6, "::"},
        {"[::1]", HOST_IPV6, "::1"},
        {"2001:db8::1", HOST_IPV6, "2001:db8::1"},
        {"[2001:DB8::1]", HOST_IPV6, "2001:DB8::1"},
        {"::ffff:10.0.0.1", HOST_IPV6, "::ffff:10.0.0.1"},
        {"fe80::1%eth0", HOST_IPV6, "fe80::1%eth0"},
        {"[fe80::1%eth0.100]", HOST_IPV6, "fe80::1%eth0.100"},
        {"fe80::1%1", HOST_IPV6, "fe80::1%1"},
        {"fe80::1%4294967295", HOST_IPV6, "fe80::1%4294967295"},
        {"fe80::1%br-123456789_12", HOST_IPV6, "fe80::1%br-123456789_12"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct host_span span;
        struct text why;
        text_init(&why, 1000);
        if (!host_parse(cases[i].text, strlen(cases[i].text), &span, &why))
            fail_msg("%s", text_string(&why));
        assert_int_equal(span.kind, cases[i].kind);
        assert_int_equal(span.end - span.start, strlen(cases[i].host));
        assert_memory_equal(cases[i].text + span.start, cases[i].host, span.end - span.start);
        assert_string_equal(text_string(&why), "");
        text_fini(&why);
    }
}

struct bad_host {
    const char *text;
    size_t length;
    const char *shown; /* the value as the message shows it; NULL: too long to repeat here */
    const char *what;  /* another part of the message */
};

static void assert_bad(const struct bad_host *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct host_span span = {.kind = HOST_IPV4, .start = 7, .end = 7};
        struct text why;
        text_init(&why, 1000);
        if (host_parse(cases[i].text, cases[i].length, &span, &why))
            fail_msg("'%s' is accepted", cases[i].text);
        if ((cases[i].shown != NULL && strstr(text_string(&why), cases[i].shown) == NULL) ||
            strstr(text_string(&why), cases[i].what) == NULL ||
            strncmp(text_string(&why), "host '", 6) != 0)
            fail_msg("'%s' gives: %s", cases[i].text, text_string(&why));
        assert_int_equal(span.kind, HOST_IPV4);
        assert_int_equal(span.start, 7);
        assert_int_equal(span.end, 7);
        text_fini(&why);
    }
}

static void numbers_that_resolvers_dispute_are_refused(void **state)
{
    static const struct bad_host cases[] = {
        {BYTES("127.1"), "'127.1'", "four decimal numbers"},
        {BYTES("0x7f.1"), "'0x7f.1'", "four decimal numbers"},
        {BYTES("2130706433"), "'2130706433'", "four decimal numbers"},
        {BYTES("0"), "'0'", "ends in a number"},
        {BYTES("0x7f000001"), "'0x7f000001'", "ends in a number"},
        {BYTES("0xaf"), "'0xaf'", "ends in a number"},
        {BYTES("0X7F"), "'0X7F'", "ends in a number"},
        {BYTES("a.0x"), "'a.0x'", "ends in a number"},
        {BYTES("256.1.1.1"), "'256.1.1.1'", "0-255"},
        {BYTES("1.2.3.4.5"), "'1.2.3.4.5'", "ends in a number"},
        {BYTES("010.0.0.1"), "'010.0.0.1'", "without leading zeros"},
        {BYTES("1.2.3.4."), "'1.2.3.4.'", "ends in a number"},
        {BYTES("example.1"), "'example.1'", "ends in a number"},
        {BYTES("1.2.3."), "'1.2.3.'", "ends in a number"},
    };
    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void bytes_that_no_host_has_are_named(void **state)
{
    static const struct bad_host cases[] = {
        {BYTES(""), "''", "is empty: a name or an IP address is accepted"},
        {BYTES(" "), "' '", "white space"},
        {BYTES("a b"), "'a b'", "white space: a name or an IP address is accepted"},
        {BYTES("db\n"), "'db\\n'", "white space"},
        {BYTES("db\t"), "'db\\t'", "white space"},
        {BYTES("db\r"), "'db\\x0d'", "white space"},
        {BYTES("a\0b"), "'a\\x00b'", "NUL"},
        {BYTES("\0"), "'\\x00'", "NUL"},
        {BYTES("\x1b[31m"), "'\\x1b[31m'", "control character"},
        {BYTES("a\x7f"), "'a\\x7f'", "control character"},
        {BYTES("a\xe2\x80\xae.example"), "'a\\u{202e}.example'", "control character"},
        {BYTES("b\xc3\xbc/"), "'b\xc3\xbc/'", "contains '/'"},
        {BYTES("\xe6\x9d\xb1 "), "'\xe6\x9d\xb1 '", "white space"},
        {BYTES("\xe6\x9d\xb1:80"), "'\xe6\x9d\xb1:80'", "has a port"},
        {BYTES("[\xe6\x9d\xb1]"), "'[\xe6\x9d\xb1]'", "no IPv6 address"},
        {BYTES("a\xff"), "'a\\xff'", "not UTF-8"},
        {BYTES("a/b"), "'a/b'", "contains '/': letters, digits"},
        {BYTES("user@host"), "'user@host'", "contains '@'"},
        {BYTES("a%b"), "'a%b'", "contains '%'"},
        {BYTES("*"), "'*'", "contains '*'"},
        {BYTES("a'b"), "'a'b'", "contains '''"},
    };
    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void labels_and_names_have_their_lengths(void **state)
{
    static const struct bad_host cases[] = {
        {BYTES("x" LABEL_63), "'x" LABEL_63 "'", "63 octets"},
        {BYTES("www.x" LABEL_63 ".example"), NULL, "63 octets"},
        {BYTES("x" LABEL_63 "."), NULL, "63 octets"},
        {BYTES(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61 "x"), "'...", "253 octets"},
        {BYTES(NAME_253 "x."), NULL, "253 octets"},
        {BYTES(NAME_253 ".."), NULL, "253 octets"},
        {BYTES("."), "'.'", "empty label"},
        {BYTES(".."), "'..'", "empty label"},
        {BYTES(".example"), "'.example'", "empty label"},
        {BYTES("a..b"), "'a..b'", "empty label"},
        {BYTES("a.."), "'a..'", "empty label"},
    };
    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void brackets_belong_to_ipv6(void **state)
{
    static const struct bad_host cases[] = {
        {BYTES("["), "'['", "closing bracket"},
        {BYTES("[::1"), "'[::1'", "closing bracket"},
        {BYTES("::1]"), "'::1]'", "opening bracket"},
        {BYTES("db]"), "'db]'", "opening bracket"},
        {BYTES("[]"), "'[]'", "nothing between"},
        {BYTES("[::1]:80"), "'[::1]:80'", "after the bracket"},
        {BYTES("[::1]]"), "'[::1]]'", "after the bracket"},
        {BYTES("[localhost]"), "'[localhost]'", "no IPv6 address: leave them out"},
        {BYTES("[10.0.0.1]"), "'[10.0.0.1]'", "no IPv6 address: leave them out"},
        {BYTES("[db:80]"), "'[db:80]'", "is not an IPv6 address"},
        {BYTES("[[::1]"), "'[[::1]'", "is not an IPv6 address"},
    };
    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void what_has_colons_is_ipv6_or_too_much(void **state)
{
    static const struct bad_host cases[] = {
        {BYTES("db:5432"), "'db:5432'", "has a port"},
        {BYTES("10.0.0.1:80"), "'10.0.0.1:80'", "has a port"},
        {BYTES(":"), "':'", "has a port"},
        {BYTES("https://example.com"), "'https://example.com'", "is a URL"},
        {BYTES("db://"), "'db://'", "is a URL"},
        {BYTES("db:/"), "'db:/'", "has a port"},
        {BYTES("http://[::1]:80/"), NULL, "is a URL"},
        {BYTES("1:2:3"), "'1:2:3'", "is not an IPv6 address"},
        {BYTES(":::"), "':::'", "is not an IPv6 address"},
        {BYTES("2001:db8::g"), "'2001:db8::g'", "is not an IPv6 address"},
        {BYTES("::1/64"), "'::1/64'", "is not an IPv6 address"},
        {BYTES("::127.1"), "'::127.1'", "is not an IPv6 address"},
    };
    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void zones_are_interfaces_of_ipv6(void **state)
{
    static const struct bad_host cases[] = {
        {BYTES("fe80::1%"), "'fe80::1%'", "empty zone"},
        {BYTES("[fe80::1%]"), "'[fe80::1%]'", "empty zone"},
        {BYTES("fe80::1%abcdefghijklmnop"), NULL, "up to 15 octets"},
        {BYTES("fe80::1%eth/0"), "'fe80::1%eth/0'", "no interface: letters"},
        {BYTES("fe80::1%eth%0"), "'fe80::1%eth%0'", "no interface"},
        {BYTES("fe80::1%eth:0"), "'fe80::1%eth:0'", "no interface"},
        {BYTES("fe80::1%0"), "'fe80::1%0'", "1-4294967295"},
        {BYTES("fe80::1%4294967296"), NULL, "1-4294967295"},
        {BYTES("fe80::1%01"), NULL, "1-4294967295"},
        {BYTES("10.0.0.1%eth0"), "'10.0.0.1%eth0'", "only an IPv6 address"},
        {BYTES("10.0.0.1%"), "'10.0.0.1%'", "only an IPv6 address"},
        {BYTES("1:2%eth0:"), "'1:2%eth0:'", "is not an IPv6 address"},
    };
    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void what_is_an_address_is_known_as_one(void **state)
{
    static const struct {
        const char *host;
        const char *literal; /* "": none */
    } cases[] = {
        {"localhost", ""},
        {"127.0.0.1", "127.0.0.1"},
        {"[2001:DB8::1]", "2001:db8::1"},
        {"::ffff:10.0.0.1", "::ffff:10.0.0.1"},
        {"fe80::1%7", "fe80::1%7"},
        {"fe80::1%eth0", ""},
        {"[fe80::1%eth0]", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct host_span span;
        struct text why, literal;
        text_init(&why, 1000);
        text_init(&literal, 1000);
        assert_true(host_parse(cases[i].host, strlen(cases[i].host), &span, &why));
        address_append(&literal, &span.literal);
        assert_string_equal(text_string(&literal), cases[i].literal);
        text_fini(&literal);
        text_fini(&why);
    }
}

static void only_the_given_length_is_read(void **state)
{
    struct host_span span;
    struct text why;
    (void)state;
    text_init(&why, 1000);
    assert_true(host_parse("db:5432", 2, &span, &why));
    assert_int_equal(span.end, 2);
    assert_true(host_parse("[::1]:80", 5, &span, &why));
    assert_int_equal(span.start, 1);
    assert_int_equal(span.end, 4);
    assert_false(host_parse("a\xe6\x9d\xb1", 3, &span, &why));
    assert_non_null(strstr(text_string(&why), "'a\\xe6\\x9d' is not UTF-8"));
    text_clear(&why);
    assert_false(host_parse("db://", 4, &span, &why));
    assert_non_null(strstr(text_string(&why), "has a port"));
    text_fini(&why);
}

static void labels_are_judged_as_names_and_quoted_as_written(void **state)
{
    static const struct {
        const char *labels;
        const char *words; /* NULL: right */
    } cases[] = {
        {"xn--bcher-kva.example", NULL},
        {"xn--bcher-kva.example.", NULL},
        {NAME_253, NULL},
        {"", "'\xc3\xbc' has no letters"},
        {"a..b", "'\xc3\xbc' has an empty label"},
        {"a/c.example", "'\xc3\xbc' contains '/'"},
        {"127.0.0.1", "'\xc3\xbc' ends in a number"},
        {LABEL_63 "a", "'\xc3\xbc' has a label that is too long"},
        {NAME_253 "a", "'\xc3\xbc' is too long"},
    };
    struct text why;
    (void)state;
    text_init(&why, 1000);
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t length = strlen(cases[i].labels);
        const char *words = cases[i].words;
        text_clear(&why);
        bool is_right = host_check_labels("\xc3\xbc", 2, cases[i].labels, length, &why);
        assert_int_equal(is_right, words == NULL);
        if (words != NULL)
            assert_non_null(strstr(text_string(&why), words));
    }
    text_fini(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_recognised),
        cmocka_unit_test(numbers_that_resolvers_dispute_are_refused),
        cmocka_unit_test(bytes_that_no_host_has_are_named),
        cmocka_unit_test(labels_and_names_have_their_lengths),
        cmocka_unit_test(brackets_belong_to_ipv6),
        cmocka_unit_test(what_has_colons_is_ipv6_or_too_much),
        cmocka_unit_test(zones_are_interfaces_of_ipv6),
        cmocka_unit_test(what_is_an_address_is_known_as_one),
        cmocka_unit_test(only_the_given_length_is_read),
        cmocka_unit_test(labels_are_judged_as_names_and_quoted_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
