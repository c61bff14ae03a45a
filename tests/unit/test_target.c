/* core/target: where host:port is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/target.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void targets_are_cut_at_the_colon_of_the_port(void **state)
{
    static const struct {
        const char *text;
        const char *host, *port;
    } cases[] = {
        {"db:5432", "db", "5432"},
        {"10.0.0.1:80", "10.0.0.1", "80"},
        {"[2001:db8::1]:443", "[2001:db8::1]", "443"},
        {"[fe80::1%eth0]:https", "[fe80::1%eth0]", "https"},
        {"db:postgresql", "db", "postgresql"},
        {":80", "", "80"},           /* not judged here */
        {"a b:x y", "a b", "x y"},   /* neither */
        {"db:99999", "db", "99999"}, /* neither */
        {"[x]:1", "[x]", "1"},
        {"[]:1", "[]", "1"},
        {"a:/", "a", "/"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target_span span;
        struct text why;
        size_t length = strlen(cases[i].text);
        text_init(&why, 1000);
        if (!target_split(cases[i].text, length, &span, &why))
            fail_msg("%s", text_string(&why));
        assert_int_equal(span.host_length, strlen(cases[i].host));
        assert_memory_equal(cases[i].text, cases[i].host, span.host_length);
        assert_string_equal(cases[i].text + span.port_start, cases[i].port);
        assert_string_equal(text_string(&why), "");
        text_fini(&why);
    }
}

static void other_text_is_no_target(void **state)
{
    static const struct {
        const char *text;
        const char *what;
    } cases[] = {
        {"", "target '' is empty"},
        {"db", "'db' has no port"},
        {"db:", "'db:' has no port"},
        {":", "':' has no port"},
        {"[::1]", "'[::1]' has no port"},
        {"[::1]:", "'[::1]:' has no port"},
        {"[::1", "closing bracket"},
        {"[::1:80", "closing bracket"},
        {"[", "closing bracket"},
        {"[::1]80", "after the bracket"},
        {"[::1]x:80", "after the bracket"},
        {"::1", "an IPv6 address needs brackets"},
        {"2001:db8::1:80", "several colons"},
        {"fe80::1%eth0:80", "several colons"},
        {"db:80:90", "several colons"},
        {"db::", "several colons"},
        {"http://db", "'http://db' is a URL"},
        {"http://db:80/", "is a URL"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target_span span = {7, 8};
        struct text why;
        text_init(&why, 1000);
        if (target_split(cases[i].text, strlen(cases[i].text), &span, &why))
            fail_msg("'%s' is accepted", cases[i].text);
        if (strstr(text_string(&why), cases[i].what) == NULL ||
            strstr(text_string(&why), "HOST:PORT or [IPV6]:PORT is accepted") == NULL)
            fail_msg("'%s' gives: %s", cases[i].text, text_string(&why));
        assert_int_equal(span.host_length, 7);
        assert_int_equal(span.port_start, 8);
        text_fini(&why);
    }
}

static void only_the_given_length_is_read(void **state)
{
    struct target_span span;
    struct text why;
    (void)state;
    text_init(&why, 1000);
    assert_true(target_split("db:54:", 5, &span, &why));
    assert_false(target_split("db:5432", 3, &span, &why));
    assert_false(target_split("db:5432", 2, &span, &why));
    assert_false(target_split("[::1]:80", 5, &span, &why));
    assert_true(target_split("a\0b:80", 6, &span, &why));
    assert_int_equal(span.host_length, 3);
    text_fini(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_cut_at_the_colon_of_the_port),
        cmocka_unit_test(other_text_is_no_target),
        cmocka_unit_test(only_the_given_length_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
