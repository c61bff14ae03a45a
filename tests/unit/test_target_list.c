/* format/target_list: lines to checks, and what is said about lines that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/parameter.h"
#include "format/target_list.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FORMS        "accepted are host port, host:port, [ipv6]:port and name,host,port"

static const char blank[] = "(blank)";

static void show_check(struct text *text, const struct check *check)
{
    if (check->name != NULL)
        text_append_strings(text, check->name, " ", NULL);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (!check_has(check, (enum parameter_id)i))
            continue;
        text_append_strings(text, parameters[i].name, "=", NULL);
        parameter_append(text, check, &parameters[i]);
        text_append_char(text, ' ');
    }
}

/* "name host=h port=1 ", "(blank)", or "COLUMN: what is wrong". */
static void parse_line(struct text *shown, const char *line, size_t length, uint32_t number,
                       const struct check *overrides, struct address_block *block)
{
    struct service_table services;
    struct arena arena;
    struct text why;
    struct check check;
    uint32_t column = 0;
    service_table_init(&services);
    assert_true(service_table_add_well_known(&services));
    const struct naming naming = {.services = &services};
    arena_init(&arena);
    text_init(&why, 4096);
    /* Exactly as large as the line: a byte read behind it is found by ASan. */
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, line, length);

    const struct target_reader reader = {&arena, &naming, overrides, block};
    switch (target_list_parse_line(&reader, copy, length, number, &check, &column, &why)) {
    case TARGET_LINE_BLANK: text_append_string(shown, blank); break;
    case TARGET_LINE_CHECK:
        free(copy);
        copy = NULL;
        assert_int_equal(check.line, number);
        assert_true(check.shows_line);
        show_check(shown, &check);
        break;
    case TARGET_LINE_BAD:
        text_append_int(shown, column);
        text_append_strings(shown, ": ", text_string(&why), NULL);
        break;
    }
    free(copy);
    text_fini(&why);
    arena_fini(&arena);
    service_table_fini(&services);
}

static void assert_line(const char *line, size_t length, uint32_t number, const char *expected)
{
    struct text shown;
    text_init(&shown, 65536);
    parse_line(&shown, line, length, number, NULL, NULL);
    if (strcmp(text_string(&shown), expected) != 0)
        fail_msg("<<%.*s>> is %s, not %s", (int)length, line, text_string(&shown), expected);
    text_fini(&shown);
}

struct line_case {
    const char *line;
    const char *shown;
};

static void assert_cases(const struct line_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_line(cases[i].line, strlen(cases[i].line), 7, cases[i].shown);
}

static void every_form_is_read(void **state)
{
    static const struct line_case cases[] = {
        {"db 5432", "host=db port=5432 "},
        {"db:5432", "host=db port=5432 "},
        {"  db\t\t 5432  ", "host=db port=5432 "},
        {"[2001:db8::1]:443", "host=2001:db8::1 port=443 "},
        {"[2001:db8::1] 443", "host=2001:db8::1 port=443 "},
        {"2001:db8::1 443", "host=2001:db8::1 port=443 "},
        {"[fe80::1%eth0]:22", "host=fe80::1%eth0 port=22 "},
        {"cache redis", "host=cache port=6379 "},
        {"cache:redis", "host=cache port=6379 "},
        {"10.0.0.1 80\r", "host=10.0.0.1 port=80 "},
        {"web,example.com,80", "web host=example.com port=80 "},
        {" web , example.com ,\t80 \r", "web host=example.com port=80 "},
        {"the web server,example.com,80", "the web server host=example.com port=80 "},
        {"\"a, \"\"b\"\" #c\",example.com,\"80\"", "a, \"b\" #c host=example.com port=80 "},
        {"  \"x\"  ,\"::1\",22", "x host=::1 port=22 "},
        {"5\" disk,h,1", "5\" disk host=h port=1 "},
        {",db,5432", "host=db port=5432 "},
        {"\"\",db,5432", "host=db port=5432 "},
        {"caf\xc3\xa9,db,5432", "caf\xc3\xa9 host=db port=5432 "},
        {"\x1b[31m,db,5432", "\x1b[31m host=db port=5432 "},
        {"v6,[::1],5432", "v6 host=::1 port=5432 "},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

static void comments_and_blank_lines_are_skipped(void **state)
{
    static const struct line_case cases[] = {
        {"", blank},
        {" \t ", blank},
        {"\r", blank},
        {"# db 5432", blank},
        {"   # db, 5432, x", blank},
        {"#db 5432", blank},
        {"db 5432 # the one, the only, really", "host=db port=5432 "},
        {"db:5432 #x", "host=db port=5432 "},
        {"web,db,5432 # it's", "web host=db port=5432 "},
        {"web,\"db\",5432 # \"", "web host=db port=5432 "},
        {"web#1,db,5432", "web#1 host=db port=5432 "},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
    assert_line("name,host,port", 14, 1, blank);
    assert_line("\xef\xbb\xbfname,host,port\r", 18, 1, blank);
    assert_line("\xef\xbb\xbf"
                "db 5432",
                10, 1, "host=db port=5432 ");
    assert_line("\xef\xbb\xbf# x", 6, 1, blank);
}

static void wrong_lines_are_told_what_and_where(void **state)
{
    static const struct line_case cases[] = {
        {"db", "1: target 'db' has no port: HOST:PORT or [IPV6]:PORT is accepted"},
        {"  db:", "3: target 'db:' has no port: HOST:PORT or [IPV6]:PORT is accepted"},
        {"2001:db8::1:443", "1: target '2001:db8::1:443' has several colons, and an IPv6 address "
                            "needs brackets: HOST:PORT or [IPV6]:PORT is accepted"},
        {"db 0", "4: port '0' is out of range: accepted is 1-65535 or a service name"},
        {"db:65536", "4: port '65536' is out of range: accepted is 1-65535 or a service name"},
        {"db:nosuch", "4: port 'nosuch' is not a known service: accepted is 1-65535 or a service "
                      "name"},
        {"127.1 80",
         "1: host '127.1' ends in a number and is no IPv4 address, which is four decimal numbers "
         "of 0-255 without leading zeros (127.0.0.1)"},
        {"a b 80", "5: a target is all that a line may hold: " FORMS},
        {"db 80 443", "7: a target is all that a line may hold: " FORMS},
        {"db, 80", "1: fields are missing: " FORMS},
        {"web,db", "1: fields are missing: " FORMS},
        {"web,db,80,x", "10: there are too many fields: " FORMS},
        {"web,db,80,", "10: there are too many fields: " FORMS},
        {",,", "2: host '' is empty: a name or an IP address is accepted"},
        {"web,db,", "8: port '' is not a known service: accepted is 1-65535 or a service name"},
        {"\"web,db,80", "1: this quote is never closed: " FORMS},
        {"\"web\"x,db,80", "6: after a closing quote only a comma may follow: " FORMS},
        {"caf\xc3\xa9,db,0", "9: port '0' is out of range: accepted is 1-65535 or a service name"},
        {"name,host,port",
         "11: port 'port' is not a known service: accepted is 1-65535 or a service name"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text shown;
        text_init(&shown, 65536);
        parse_line(&shown, cases[i].line, strlen(cases[i].line), 7, NULL, NULL);
        /* A suggestion may stand in the middle. */
        if (strstr(cases[i].shown, "not a known service") != NULL)
            assert_memory_equal(text_string(&shown), cases[i].shown, 8);
        else
            assert_string_equal(text_string(&shown), cases[i].shown);
        text_fini(&shown);
    }
}

static void what_is_no_text_is_told_so(void **state)
{
    struct text line;
    (void)state;
    assert_line("db\0 80", 6, 7, "1: this looks like binary data or UTF-32: save it as UTF-8");
    assert_line("database\0 80", 12, 7, "9: a NUL character is not accepted");
    assert_line("\xff\xfe"
                "d\0b\0",
                6, 1, "1: this looks like UTF-16: save it as UTF-8");
    assert_line("caf\xe9 80", 7, 7, "4: byte 0xe9 is not UTF-8: save it as UTF-8");
    assert_line("caf\xc3\xa9\xe9 80", 9, 7, "5: byte 0xe9 is not UTF-8: save it as UTF-8");

    text_init(&line, 8192);
    text_append_string(&line, "db 80 #");
    while (line.length < TARGET_LINE_MAX_BYTES)
        text_append_char(&line, 'x');
    assert_line(line.bytes, line.length, 7, "host=db port=80 ");
    text_append_char(&line, 'x');
    assert_line(line.bytes, line.length, 7, "1: the line is longer than 4096 bytes");
    text_fini(&line);
}

static void options_apply_to_every_line(void **state)
{
    struct check overrides;
    struct text shown;
    (void)state;
    check_init(&overrides);
    overrides.attempts = 3;
    overrides.family = FAMILY_IPV4;
    overrides.given = 1U << PARAM_ATTEMPTS | 1U << PARAM_FAMILY;
    text_init(&shown, 4096);
    parse_line(&shown, "db 80", 5, 7, &overrides, NULL);
    assert_string_equal(text_string(&shown), "host=db port=80 attempts=3 family=ipv4 ");
    text_clear(&shown);
    parse_line(&shown, " ::1 80", 7, 7, &overrides, NULL);
    assert_string_equal(text_string(&shown), "2: family ipv4 and host '::1' exclude each other: "
                                             "one is IPv4, the other IPv6");
    text_fini(&shown);
}

#define OFFER(text) text " is a block of addresses: --expand-cidr has each of them checked"

static void a_block_is_an_error_that_names_the_option_unless_it_is_asked_for(void **state)
{
    static const struct line_case cases[] = {
        {"10.0.0.0/24 443", "1: host " OFFER("'10.0.0.0/24'")},
        {"10.0.0.0/24:443", "1: host " OFFER("'10.0.0.0/24'")},
        {"  [2001:db8::/120]:443", "3: host " OFFER("'[2001:db8::/120]'")},
        {"web,10.0.0.0/24,443", "5: host " OFFER("'10.0.0.0/24'")},
        {"10.0.0.1/99 443", "1: host " OFFER("'10.0.0.1/99'")},
    };
    (void)state;
    assert_cases(cases, COUNT(cases));
}

struct block_case {
    const char *line;
    const char *shown; /* of the first address */
    uint32_t count;
    const char *last;
};

static void show_last(struct text *shown, const struct check *first,
                      const struct address_block *block)
{
    struct arena arena;
    struct check last;
    struct address address;
    arena_init(&arena);
    assert_true(target_list_expand(first, block, address_block_count(block) - 1, &arena, &last));
    assert_int_equal(last.line, first->line);
    assert_true(address_parse(last.host, strlen(last.host), &address));
    assert_true(address_is_equal(&address, &last.literal));
    show_check(shown, &last);
    arena_fini(&arena);
}

static void a_block_stands_for_each_of_its_addresses(void **state)
{
    static const struct block_case cases[] = {
        {"10.0.0.0/24 443", "host=10.0.0.0 port=443 ", 256, "host=10.0.0.255 port=443 "},
        {"10.0.0.0/24:https", "host=10.0.0.0 port=443 ", 256, "host=10.0.0.255 port=443 "},
        {"10.0.0.7/32 1", "host=10.0.0.7 port=1 ", 1, "host=10.0.0.7 port=1 "},
        {"10.0.0.0/8 1", "host=10.0.0.0 port=1 ", 1 << 24, "host=10.255.255.255 port=1 "},
        {"[2001:db8::/120]:443", "host=2001:db8:: port=443 ", 256, "host=2001:db8::ff port=443 "},
        {"2001:db8::/104 443", "host=2001:db8:: port=443 ", 1 << 24,
         "host=2001:db8::ff:ffff port=443 "},
        {"web,10.0.0.0/31,443", "web host=10.0.0.0 port=443 ", 2, "web host=10.0.0.1 port=443 "},
        {"web,\"::1/128\",443", "web host=::1 port=443 ", 1, "web host=::1 port=443 "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct text shown;
        struct address_block block;
        struct check check;
        uint32_t column = 0;
        struct service_table services;
        service_table_init(&services);
        assert_true(service_table_add_well_known(&services));
        const struct naming naming = {.services = &services};
        arena_init(&arena);
        text_init(&shown, 4096);
        const struct target_reader reader = {&arena, &naming, NULL, &block};
        assert_int_equal(target_list_parse_line(&reader, cases[i].line, strlen(cases[i].line), 7,
                                                &check, &column, &shown),
                         TARGET_LINE_CHECK);
        assert_int_equal(address_block_count(&block), cases[i].count);
        show_check(&shown, &check);
        assert_string_equal(text_string(&shown), cases[i].shown);
        text_clear(&shown);
        show_last(&shown, &check, &block);
        assert_string_equal(text_string(&shown), cases[i].last);
        text_fini(&shown);
        arena_fini(&arena);
        service_table_fini(&services);
    }
}

static void wrong_blocks_are_told_what_and_where(void **state)
{
    static const struct line_case cases[] = {
        {" 10.0.0.1/24 80", "2: block '10.0.0.1/24' has bits set behind its prefix: write "
                            "10.0.0.0/24"},
        {"x,10.0.0.0/7,80", "3: block '10.0.0.0/7' has more than 16777216 addresses: accepted is "
                            "a prefix length of 8 or more"},
        {"10.0.0.0/24 0", "13: port '0' is out of range: accepted is 1-65535 or a service name"},
        {"db 80", "host=db port=80 "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text shown;
        struct address_block block;
        text_init(&shown, 4096);
        parse_line(&shown, cases[i].line, strlen(cases[i].line), 7, NULL, &block);
        assert_string_equal(text_string(&shown), cases[i].shown);
        text_fini(&shown);
    }
}

static void an_option_that_says_the_host_leaves_no_block(void **state)
{
    struct check overrides;
    struct text shown;
    struct address_block block;
    (void)state;
    check_init(&overrides);
    overrides.host = "db";
    overrides.given = 1U << PARAM_HOST;
    text_init(&shown, 4096);
    parse_line(&shown, "10.0.0.0/24 80", 14, 7, &overrides, &block);
    assert_string_equal(text_string(&shown), "host=db port=80 ");
    assert_int_equal(block.first.family, FAMILY_ANY);
    text_fini(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(comments_and_blank_lines_are_skipped),
        cmocka_unit_test(wrong_lines_are_told_what_and_where),
        cmocka_unit_test(what_is_no_text_is_told_so),
        cmocka_unit_test(options_apply_to_every_line),
        cmocka_unit_test(a_block_is_an_error_that_names_the_option_unless_it_is_asked_for),
        cmocka_unit_test(a_block_stands_for_each_of_its_addresses),
        cmocka_unit_test(wrong_blocks_are_told_what_and_where),
        cmocka_unit_test(an_option_that_says_the_host_leaves_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
