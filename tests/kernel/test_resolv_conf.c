/* net/resolv_conf and net/search: what the text says, and which names a name then stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/text.h"
#include "net/resolv_conf.h"
#include "net/search.h"

#define LABEL_63 "a23456789-123456789-123456789-123456789-123456789-123456789-123"

static struct resolv_conf conf;

static void parse(const char *text)
{
    resolv_conf_init(&conf);
    resolv_conf_parse(&conf, text, strlen(text));
}

/* Whether the servers, each followed by a blank, are these. */
static void assert_servers(const char *expected)
{
    struct text text;
    text_init(&text, 1024);
    for (uint32_t i = 0; i < conf.server_count; i++) {
        address_append_with_port(&text, &conf.servers[i]);
        text_append_char(&text, ' ');
    }
    assert_string_equal(text_string(&text), expected);
    text_fini(&text);
}

static void assert_domains(const char *expected)
{
    struct text text;
    text_init(&text, 4096);
    for (uint32_t i = 0; i < conf.domain_count; i++)
        text_append_strings(&text, resolv_conf_domain(&conf, i), " ", NULL);
    assert_string_equal(text_string(&text), expected);
    text_fini(&text);
}

static void servers_are_read_in_order_and_three_at_most(void **state)
{
    static const struct {
        const char *text;
        const char *servers;
    } cases[] = {
        {"nameserver 10.0.0.1\n", "10.0.0.1:53 "},
        {"nameserver 10.0.0.1", "10.0.0.1:53 "},
        {"  nameserver\t10.0.0.1 # not a comment, but passed over\r\n", "10.0.0.1:53 "},
        {"# nameserver 10.0.0.1\n; nameserver 10.0.0.2\n", ""},
        {"nameserver 10.0.0.1\nnameserver ::1\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n",
         "10.0.0.1:53 [::1]:53 10.0.0.3:53 "},
        {"nameserver fe80::1%lo\n", "[fe80::1%1]:53 "},
        {"nameserver fe80::1%nosuchif\nnameserver 10.0.0.1\n", "10.0.0.1:53 "},
        {"nameserver 0.0.0.0\n", "127.0.0.1:53 "},
        {"nameserver 127.1\nnameserver dns.example\nnameserver\nnameservers 10.0.0.1\n", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        assert_servers(cases[i].servers);
    }
}

static void last_search_or_domain_line_counts(void **state)
{
    static const struct {
        const char *text;
        const char *domains;
    } cases[] = {
        {"search corp.example example\n", "corp.example example "},
        {"search\tcorp.example.  .  example.\n", "corp.example example "},
        {"search one\nsearch two\n", "two "},
        {"search one two\ndomain three\n", "three "},
        {"domain three four\n", "three "},
        {"domain three\nsearch one two\n", "one two "},
        {"search one\nsearch\n", ""},
        {"search .\n", ""},
        {"search " LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 " one\n", "one "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        assert_domains(cases[i].domains);
    }
}

static void options_are_read_and_held_within_bounds(void **state)
{
    static const struct {
        const char *text;
        uint32_t ndots;
        uint32_t timeout_s;
        uint32_t attempts;
        bool rotates;
        bool uses_tcp;
    } cases[] = {
        {"", 1, 5, 2, false, false},
        {"options ndots:3 timeout:2 attempts:4 rotate use-vc\n", 3, 2, 4, true, true},
        {"options ndots:3\noptions timeout:2 edns0 trust-ad\n", 3, 2, 2, false, false},
        {"options ndots:0 timeout:0 attempts:0\n", 0, 1, 1, false, false},
        {"options ndots:99 timeout:99 attempts:99\n", 15, 30, 5, false, false},
        {"options ndots:-1 timeout:x attempts:\n", 1, 5, 2, false, false},
        {"options ndots: 3 timeout:99999999999999999999 rotated\n", 1, 5, 2, false, false},
        {"option ndots:3\n", 1, 5, 2, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        assert_int_equal(conf.ndots, cases[i].ndots);
        assert_int_equal(conf.timeout_s, cases[i].timeout_s);
        assert_int_equal(conf.attempts, cases[i].attempts);
        assert_int_equal(conf.rotates, cases[i].rotates);
        assert_int_equal(conf.uses_tcp, cases[i].uses_tcp);
    }
}

static void more_domains_than_there_is_room_for_are_left_out(void **state)
{
    struct text text;
    (void)state;
    text_init(&text, 8192);
    text_append_string(&text, "search");
    for (int i = 0; i < 64; i++)
        text_append_string(&text, " " LABEL_63);
    parse(text_string(&text));
    text_fini(&text);
    assert_true(conf.domain_count <= SEARCH_DOMAINS_MAX);
    assert_string_equal(resolv_conf_domain(&conf, conf.domain_count - 1), LABEL_63);
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
    static const char nul[] = "search a\0b c\nnameserver 10.0.0.1\0\n";
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7 + i / 3);
    resolv_conf_init(&conf);
    resolv_conf_parse(&conf, text, sizeof(text));
    resolv_conf_parse(&conf, nul, sizeof(nul) - 1);
    assert_domains("c ");
    assert_servers("");
}

static void missing_file_means_this_host(void **state)
{
    (void)state;
    assert_int_equal(resolv_conf_read(&conf, "/nonexistent/resolv.conf"), 0);
    assert_servers("127.0.0.1:53 ");
    assert_int_equal(conf.ndots, 1);
    assert_int_equal(resolv_conf_read(&conf, "/dev/null"), 0);
    assert_servers("127.0.0.1:53 ");
}

static void empty_search_list_is_a_search_list(void **state)
{
    (void)state;
    parse("search .\n");
    assert_domains("");
    assert_true(conf.has_search);
    parse("nameserver 10.0.0.1\n");
    assert_false(conf.has_search);
}

static void file_that_no_descriptor_is_left_for_is_not_a_missing_one(void **state)
{
    struct rlimit before;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int error = resolv_conf_read(&conf, "/dev/null");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(error, -EMFILE);
}

static void environment_overrides_the_file(void **state)
{
    (void)state;
    assert_int_equal(setenv("LOCALDOMAIN", "one two", 1), 0);
    assert_int_equal(setenv("RES_OPTIONS", "ndots:4 rotate", 1), 0);
    assert_int_equal(resolv_conf_read(&conf, "/nonexistent/resolv.conf"), 0);
    assert_domains("one two ");
    assert_int_equal(conf.ndots, 4);
    assert_true(conf.rotates);
    assert_int_equal(unsetenv("LOCALDOMAIN"), 0);
    assert_int_equal(unsetenv("RES_OPTIONS"), 0);
}

/* ---- search ----------------------------------------------------------- */

static void assert_candidates(const char *host, bool uses_list, const char *expected)
{
    struct search search;
    struct text text;
    char name[SEARCH_NAME_SIZE];
    search_init(&search, host, &conf, uses_list);
    text_init(&text, 4096);
    for (uint32_t i = 0; i < search.candidate_count; i++)
        text_append_strings(&text, search_candidate(&search, i, name) ? name : "too-long",
                            i == search.absolute ? "* " : " ", NULL);
    assert_string_equal(text_string(&text), expected);
    text_fini(&text);
}

static void candidates_follow_ndots_and_dots(void **state)
{
    (void)state;
    parse("search one two.example\n");
    assert_candidates("db", true, "db.one db.two.example db* ");
    assert_candidates("db.", true, "db* ");
    assert_candidates("db.x", true, "db.x* db.x.one db.x.two.example ");
    assert_candidates("db.x.", true, "db.x* ");
    assert_candidates("db", false, "db* ");
    assert_candidates("db.x", false, "db.x* ");
    resolv_conf_parse_options(&conf, "ndots:2", 7);
    assert_candidates("db.x", true, "db.x.one db.x.two.example db.x* ");
    assert_candidates("db.x.y", true, "db.x.y* db.x.y.one db.x.y.two.example ");
    resolv_conf_parse_options(&conf, "ndots:0", 7);
    assert_candidates("db", true, "db* db.one db.two.example ");
    parse("");
    assert_candidates("db", true, "db* ");
}

static void candidate_longer_than_a_name_is_left_out(void **state)
{
    static const char host[] = LABEL_63 "." LABEL_63 "." LABEL_63;
    (void)state;
    parse("search " LABEL_63 " x\n");
    resolv_conf_parse_options(&conf, "ndots:15", 8);
    assert_candidates(host, true,
                      "too-long " LABEL_63 "." LABEL_63 "." LABEL_63 ".x " LABEL_63 "." LABEL_63
                      "." LABEL_63 "* ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_are_read_in_order_and_three_at_most),
        cmocka_unit_test(last_search_or_domain_line_counts),
        cmocka_unit_test(options_are_read_and_held_within_bounds),
        cmocka_unit_test(more_domains_than_there_is_room_for_are_left_out),
        cmocka_unit_test(bytes_that_are_no_text_do_no_harm),
        cmocka_unit_test(missing_file_means_this_host),
        cmocka_unit_test(empty_search_list_is_a_search_list),
        cmocka_unit_test(file_that_no_descriptor_is_left_for_is_not_a_missing_one),
        cmocka_unit_test(environment_overrides_the_file),
        cmocka_unit_test(candidates_follow_ndots_and_dots),
        cmocka_unit_test(candidate_longer_than_a_name_is_left_out),
    };
    return cmocka_run_group_tests_name("resolv_conf", tests, NULL, NULL);
}
