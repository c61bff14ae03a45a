/* engine/known_ports: how many ports a host was asked for, and which hosts are still known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/known_ports.h"
#include "virtual_net.h"

static struct known_ports known;

static int tear_down(void **state)
{
    (void)state;
    known_ports_fini(&known);
    return 0;
}

static int admit(uint32_t host, uint16_t port, uint32_t limit)
{
    struct address address = {.family = FAMILY_IPV4, .port = port};
    memcpy(address.bytes, &host, sizeof(host));
    return known_ports_admit(&known, &address, limit);
}

static void as_many_ports_as_the_limit_and_those_again(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++)
        for (uint16_t port = 100; port > 84; port--)
            assert_int_equal(admit(1, port, 16), 1);
    assert_int_equal(admit(1, 84, 16), 0);
    assert_int_equal(admit(1, 101, 16), 0);
    assert_int_equal(admit(1, 92, 16), 1);
    assert_int_equal(known.port_count, 16);
}

static void each_host_has_its_own(void **state)
{
    (void)state;
    assert_int_equal(admit(1, 80, 1), 1);
    assert_int_equal(admit(2, 81, 1), 1);
    assert_int_equal(admit(1, 81, 1), 0);
    assert_int_equal(admit(2, 80, 1), 0);
}

static void every_port_of_a_host_can_be_known(void **state)
{
    uint64_t random = 5;
    (void)state;
    for (int i = 0; i < 400000; i++)
        assert_int_equal(admit(1, (uint16_t)(1 + virtual_random(&random, 65535)), 65535), 1);
    for (uint32_t port = 1; port <= 65535; port++)
        assert_int_equal(admit(1, (uint16_t)port, 65535), 1);
    assert_int_equal(known.port_count, 65535);
}

static void the_host_asked_for_least_recently_is_forgotten(void **state)
{
    (void)state;
    for (uint32_t host = 0; host < KNOWN_HOSTS_MAX; host++)
        assert_int_equal(admit(host, 80, 1), 1);
    assert_int_equal(admit(0, 81, 1), 0); /* asked for: no longer the oldest */
    assert_int_equal(admit(KNOWN_HOSTS_MAX, 80, 1), 1);
    assert_int_equal(known.host_count, KNOWN_HOSTS_MAX);
    assert_int_equal(admit(0, 81, 1), 0);
    assert_int_equal(admit(2, 81, 1), 0);
    assert_int_equal(admit(1, 81, 1), 1); /* forgotten, and new */
}

static void ports_are_bounded_in_all(void **state)
{
    (void)state;
    for (uint32_t host = 0; host < 20; host++) {
        for (uint32_t port = 1; port <= 65535; port++)
            assert_int_equal(admit(host, (uint16_t)port, 65535), 1);
        assert_true(known.port_count <= KNOWN_PORTS_MAX);
    }
    assert_int_equal(known.host_count, KNOWN_PORTS_MAX / 65535);
}

static void a_small_run_costs_next_to_nothing(void **state)
{
    (void)state;
    assert_int_equal(known.bucket_count, 0);
    assert_int_equal(admit(1, 80, 16), 1);
    assert_true(known.bucket_count <= 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(as_many_ports_as_the_limit_and_those_again, tear_down),
        cmocka_unit_test_teardown(each_host_has_its_own, tear_down),
        cmocka_unit_test_teardown(every_port_of_a_host_can_be_known, tear_down),
        cmocka_unit_test_teardown(the_host_asked_for_least_recently_is_forgotten, tear_down),
        cmocka_unit_test_teardown(ports_are_bounded_in_all, tear_down),
        cmocka_unit_test_teardown(a_small_run_costs_next_to_nothing, tear_down),
    };
    return cmocka_run_group_tests_name("known_ports", tests, NULL, NULL);
}
