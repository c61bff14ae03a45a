/* net/hosts: texts in the form of hosts(5), and the table made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/hosts.h"
#include "private_network.h"

static struct hosts hosts;

static int set_up(void **state)
{
    (void)state;
    hosts_init(&hosts);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hosts_fini(&hosts);
    return 0;
}

static void parse(const char *text)
{
    assert_true(hosts_parse(&hosts, text, strlen(text)));
}

/* The addresses of a name, in order, each followed by a blank. */
static const char *find(const char *name, enum family family)
{
    static char found[2048];
    struct address_list list = {0};
    struct text text;
    bool is_known = hosts_find(&hosts, name, family, &list);
    text_init(&text, sizeof(found) - 1);
    for (uint32_t i = 0; i < list.count; i++) {
        address_append(&text, &list.addresses[i]);
        text_append_char(&text, ' ');
    }
    (void)snprintf(found, sizeof(found), "%s%s", is_known ? "" : "unknown", text_string(&text));
    text_fini(&text);
    return found;
}

static void lines_of_every_form_are_read_or_passed_over(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        const char *found;
    } cases[] = {
        {"10.0.0.1 db\n", "db", "10.0.0.1 "},
        {"10.0.0.1 db", "db", "10.0.0.1 "},
        {"10.0.0.1\tdb.example\tdb\r\n", "db", "10.0.0.1 "},
        {"  10.0.0.1   db", "db", "10.0.0.1 "},
        {"\n\n# comment\n10.0.0.1 db # db2\n", "db", "10.0.0.1 "},
        {"10.0.0.1 db # db2\n", "db2", "unknown"},
        {"10.0.0.1 db#db2\n", "db", "10.0.0.1 "},
        {"#10.0.0.1 db\n", "db", "unknown"},
        {"10.0.0.1\n10.0.0.2 db\n", "db", "10.0.0.2 "},
        {"10.0.0 db\n10.0.0.256 db\n0x0a.1 db\nhost db\n10.0.0.2 db", "db", "10.0.0.2 "},
        {"2001:db8::1 db\n", "db", "2001:db8::1 "},
        {"fe80::1%7 db\n", "db", "fe80::1%7 "},
        {"0.0.0.0 advert\n", "advert", "127.0.0.1 "},
        {"::ffff:10.0.0.1 db\n", "db", "10.0.0.1 "},
        {"10.0.0.1 DB.Example\n", "db.eXAMPLE", "10.0.0.1 "},
        {"10.0.0.1 db.\n", "db", "10.0.0.1 "},
        {"10.0.0.1 db\n", "db.", "10.0.0.1 "},
        {"10.0.0.1 db\n", "d", "unknown"},
        {"10.0.0.1 db\n", "dbb", "unknown"},
        {"10.0.0.1 db\n10.0.0.2 x db\n10.0.0.1 db\n", "db", "10.0.0.1 10.0.0.2 "},
        {"", "db", "unknown"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        assert_string_equal(find(cases[i].name, FAMILY_ANY), cases[i].found);
        tear_down(state);
        set_up(state);
    }
}

static void name_is_known_without_addresses_of_the_family(void **state)
{
    (void)state;
    parse("10.0.0.1 db\n2001:db8::1 db\n10.0.0.2 web\n");
    assert_string_equal(find("db", FAMILY_IPV4), "10.0.0.1 ");
    assert_string_equal(find("db", FAMILY_IPV6), "2001:db8::1 ");
    assert_string_equal(find("web", FAMILY_IPV6), "");
    assert_string_equal(find("nope", FAMILY_IPV6), "unknown");
}

static void name_in_another_script_is_known_by_its_labels(void **state)
{
    (void)state;
    parse("10.0.0.1 m\u00fcnchen.example M\u00dcNSTER\n10.0.0.2 xn--mnchen-3ya.example "
          "\xff.example\n");
    assert_string_equal(find("xn--mnchen-3ya.example", FAMILY_ANY), "10.0.0.1 10.0.0.2 ");
    assert_string_equal(find("xn--mnster-3ya", FAMILY_ANY), "10.0.0.1 ");
    assert_string_equal(find("\xff.example", FAMILY_ANY), "10.0.0.2 ");
}

static void table_grows_and_keeps_every_order(void **state)
{
    enum { NAMES = 5000 };
    char line[64];
    char expected[64];
    (void)state;
    for (unsigned i = 0; i < 2 * NAMES; i++) {
        (void)snprintf(line, sizeof(line), "10.%u.%u.%u host%u\n", i / NAMES, i % NAMES >> 8,
                       i & 255, i % NAMES);
        parse(line);
    }
    for (unsigned i = 0; i < NAMES; i++) {
        (void)snprintf(line, sizeof(line), "HOST%u", i);
        (void)snprintf(expected, sizeof(expected), "10.0.%u.%u 10.1.%u.%u ", i >> 8, i & 255,
                       i >> 8, (i + NAMES) & 255);
        assert_string_equal(find(line, FAMILY_ANY), expected);
    }
}

static void more_addresses_than_a_list_holds_are_left_out(void **state)
{
    struct address_list list = {0};
    char line[64];
    (void)state;
    for (unsigned i = 0; i < 2 * RESOLVED_ADDRESSES_MAX; i++) {
        (void)snprintf(line, sizeof(line), "10.0.0.%u db\n", i);
        parse(line);
    }
    assert_true(hosts_find(&hosts, "db", FAMILY_ANY, &list));
    assert_int_equal(list.count, RESOLVED_ADDRESSES_MAX);
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7 + i / 3);
    assert_true(hosts_parse(&hosts, text, sizeof(text)));
    assert_true(hosts_parse(&hosts, "10.0.0.1 a\0b\n", 13));
    assert_string_equal(find("a", FAMILY_ANY), "unknown");
}

static void write_hosts(char *path, const char *text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static void file_that_no_descriptor_was_left_for_is_read_later(void **state)
{
    char path[] = "/tmp/hosts-XXXXXX";
    struct hosts_file file;
    struct rlimit before;
    struct address_list list = {0};
    (void)state;
    write_hosts(path, "10.0.0.1 db\n");
    hosts_file_init(&file, path);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool is_read = hosts_file_refresh(&file);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_false(is_read);
    assert_true(hosts_file_refresh(&file));
    assert_true(hosts_find(&file.hosts, "db", FAMILY_ANY, &list));
    hosts_file_fini(&file);
    (void)unlink(path);
}

/* Minutes, where each line looked for the end of the others. */
static void one_name_may_have_any_number_of_lines(void **state)
{
    enum { LINES = 300000 };
    struct address_list list = {0};
    (void)state;
    for (int i = 0; i < LINES; i++) {
        char text[24];
        int length =
            snprintf(text, sizeof(text), "10.%d.%d.%d many", i >> 16, i >> 8 & 255, i & 255);
        assert_true(hosts_parse(&hosts, text, (size_t)length));
    }
    assert_true(hosts_find(&hosts, "many", FAMILY_ANY, &list));
    assert_int_equal(list.count, RESOLVED_ADDRESSES_MAX);
    assert_int_equal(list.addresses[0].bytes[3], 0);
    assert_int_equal(list.addresses[63].bytes[3], 63);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(lines_of_every_form_are_read_or_passed_over),
        CASE(name_is_known_without_addresses_of_the_family),
        CASE(name_in_another_script_is_known_by_its_labels),
        CASE(table_grows_and_keeps_every_order),
        CASE(more_addresses_than_a_list_holds_are_left_out),
        CASE(bytes_that_are_no_text_do_no_harm),
        CASE(file_that_no_descriptor_was_left_for_is_read_later),
        CASE(one_name_may_have_any_number_of_lines),
    };
    return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
