/* core/service: names for ports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/service.h"
#include "core/text.h"

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal) (literal), sizeof(literal) - 1

static struct service_table table;

static int set_up(void **state)
{
    (void)state;
    service_table_init(&table);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    service_table_fini(&table);
    return 0;
}

/* 0: no such service. */
static int port_of(const char *name)
{
    uint16_t port = 0;
    bool is_found = service_table_find(&table, name, strlen(name), &port);
    assert_int_equal(is_found, port != 0);
    return port;
}

static void services_and_aliases_are_read(void **state)
{
    (void)state;
    assert_true(service_table_read(&table, BYTES("# Network services\n"
                                                 "\n"
                                                 "http\t\t80/tcp\t\twww  web# WorldWideWeb\n"
                                                 "  ssh 22/tcp\n"
                                                 "domain 53/tcp\r\n"
                                                 "domain 53/udp\n"
                                                 "last 65535/tcp alias")));
    assert_int_equal(port_of("http"), 80);
    assert_int_equal(port_of("www"), 80);
    assert_int_equal(port_of("web"), 80);
    assert_int_equal(port_of("ssh"), 22);
    assert_int_equal(port_of("domain"), 53);
    assert_int_equal(port_of("last"), 65535);
    assert_int_equal(port_of("alias"), 65535);
    assert_int_equal(port_of("WorldWideWeb"), 0);
    assert_int_equal(table.count, 7);
}

static void lines_of_another_form_are_passed_over(void **state)
{
    (void)state;
    assert_true(service_table_read(&table, BYTES("ntp 123/udp\n"
                                                 "sctp 9/sctp\n"
                                                 "noport\n"
                                                 "noproto 80\n"
                                                 "noslash 80tcp\n"
                                                 "zero 0/tcp\n"
                                                 "big 65536/tcp\n"
                                                 "huge 99999999999999999999/tcp\n"
                                                 "negative -1/tcp\n"
                                                 "octal 010/tcp\n"
                                                 "empty /tcp\n"
                                                 "longer 80/tcpx\n"
                                                 "shorter 80/tc\n"
                                                 "split 80 /tcp\n"
                                                 "#commented 80/tcp\n"
                                                 "late # 80/tcp\n"
                                                 "bin\0ary 80/tcp\n"
                                                 " \t \r\n"
                                                 "good 7/tcp\n")));
    assert_int_equal(table.count, 1);
    assert_int_equal(port_of("good"), 7);
}

static void an_empty_text_has_no_services(void **state)
{
    (void)state;
    assert_true(service_table_read(&table, "", 0));
    assert_true(service_table_read(&table, "x 1/tcp", 6));
    assert_int_equal(table.count, 0);
    assert_int_equal(port_of("x"), 0);
}

static void the_first_of_a_name_counts(void **state)
{
    (void)state;
    assert_true(service_table_read(&table, BYTES("a 1/tcp b\nb 2/tcp\na 3/tcp\n")));
    assert_int_equal(port_of("a"), 1);
    assert_int_equal(port_of("b"), 1);
}

static void names_are_compared_whole_and_as_written(void **state)
{
    uint16_t port = 9;
    (void)state;
    assert_true(service_table_read(&table, BYTES("http 80/tcp\nhttps 443/tcp\nhtt 1/tcp\n")));
    assert_int_equal(port_of("http"), 80);
    assert_int_equal(port_of("https"), 443);
    assert_int_equal(port_of("htt"), 1);
    assert_int_equal(port_of("ht"), 0);
    assert_int_equal(port_of("HTTP"), 0);
    assert_int_equal(port_of("httpsx"), 0);
    assert_int_equal(port_of(""), 0);
    assert_true(service_table_find(&table, "httpx", 4, &port));
    assert_int_equal(port, 80);
    assert_false(service_table_find(&table, "http\0x", 6, &port));
    assert_false(service_table_find(&table, "http\0", 5, &port));
    assert_int_equal(port, 80);
}

static void well_known_names_are_there(void **state)
{
    static const struct {
        const char *name;
        int port;
    } cases[] = {
        {"ftp", 21},          {"mongodb", 27017},   {"elasticsearch", 9200},
        {"redis", 6379},      {"postgresql", 5432}, {"mysql", 3306},
        {"imaps", 993},       {"pop3s", 995},       {"https", 443},
        {"http", 80},         {"ssh", 22},          {"smtp", 25},
        {"submission", 587},  {"ldap", 389},        {"ldaps", 636},
        {"amqp", 5672},       {"amqps", 5671},      {"kafka", 9092},
        {"memcached", 11211}, {"zookeeper", 2181},  {"etcd-client", 2379},
        {"prometheus", 9090}, {"grafana", 3000},    {"node-exporter", 9100},
    };
    (void)state;
    assert_int_equal(port_of("mongodb"), 0);
    assert_true(service_table_add_well_known(&table));
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(port_of(cases[i].name), cases[i].port);
    assert_int_equal(port_of("no-such-service"), 0);
}

static void the_file_wins_over_what_is_well_known(void **state)
{
    (void)state;
    assert_true(service_table_read(&table, BYTES("redis 6380/tcp\n")));
    assert_true(service_table_add_well_known(&table));
    assert_int_equal(port_of("redis"), 6380);
    size_t count = table.count;
    assert_true(service_table_add_well_known(&table));
    assert_int_equal(table.count, count);
}

static void the_table_is_bounded(void **state)
{
    struct text text;
    (void)state;
    text_init(&text, 1000000);
    text_append_string(&text, "first 1/tcp");
    for (int i = 0; i < SERVICE_TABLE_MAX + 5; i++)
        text_append_string(&text, " x");
    text_append_string(&text, "\n");
    assert_true(text_is_ok(&text));
    assert_true(service_table_read(&table, text_string(&text), text.length));
    assert_int_equal(table.count, SERVICE_TABLE_MAX);
    assert_int_equal(port_of("first"), 1);
    text_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(services_and_aliases_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_of_another_form_are_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_text_has_no_services, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_of_a_name_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_compared_whole_and_as_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(well_known_names_are_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_file_wins_over_what_is_well_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_is_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
