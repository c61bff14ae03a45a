/* engine/pace: the schedule, exact to the picosecond, and what is remembered of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/duration.h"
#include "engine/pace.h"
#include "virtual_net.h"

#define MS(number)    ((number)*NS_PER_MS)
#define PER_S(number) ((struct rate){.interval_ps = INT64_C(1000000000000) / (number)})
#define UNLIMITED     ((struct rate){.interval_ps = 0})

static struct pace pace;

static int tear_down(void **state)
{
    (void)state;
    pace_fini(&pace);
    return 0;
}

static struct address host(uint32_t number)
{
    struct address address = {.family = FAMILY_IPV4, .port = (uint16_t)(number * 7 + 1)};
    memcpy(address.bytes, &number, sizeof(number));
    return address;
}

static void take_host(uint32_t number, int64_t now_ns, int64_t since_ns)
{
    struct address address = host(number);
    assert_int_equal(pace_take_host(&pace, &address, now_ns, since_ns), 0);
}

static int64_t host_ns(uint32_t number, int64_t now_ns)
{
    struct address address = host(number);
    return pace_host_ns(&pace, &address, now_ns);
}

/* So many connections that all wait since 0, each starting the moment it may plus `late_ns`.
 * Returns when the last one does. */
static int64_t start_many(int count, int64_t late_ns)
{
    int64_t now_ns = 0;
    for (int i = 0; i < count; i++) {
        int64_t when_ns = pace_total_ns(&pace, now_ns);
        now_ns = when_ns > now_ns ? when_ns + late_ns : now_ns;
        pace_take_total(&pace, now_ns, 0);
    }
    return now_ns;
}

static void without_a_rate_nobody_waits(void **state)
{
    (void)state;
    pace_init(&pace, UNLIMITED, UNLIMITED);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(pace_total_ns(&pace, 5), 5);
        assert_int_equal(host_ns(1, 5), 5);
        pace_take_total(&pace, 5, 0);
        take_host(1, 5, 0);
    }
    assert_int_equal(pace.host_count, 0);
}

static void connections_are_one_interval_apart(void **state)
{
    (void)state;
    pace_init(&pace, PER_S(10), UNLIMITED);
    assert_int_equal(start_many(1, 0), 0);
    assert_int_equal(pace_total_ns(&pace, 0), MS(100));
    assert_int_equal(pace_total_ns(&pace, MS(100)), MS(100));
}

static void an_interval_that_is_no_whole_nanosecond_adds_up_exactly(void **state)
{
    (void)state;
    pace_init(&pace, PER_S(300000), UNLIMITED);
    int64_t starts = INT64_C(300000) * 60;
    assert_int_equal(start_many((int)starts + 1, 0),
                     (starts * (INT64_C(1000000000000) / 300000) + 999) / 1000);
}

static void a_start_a_little_late_delays_nobody_after_it(void **state)
{
    (void)state;
    pace_init(&pace, PER_S(1000), UNLIMITED);
    int64_t last_ns = start_many(1001, NS_PER_MS / 10);
    assert_int_equal(last_ns, MS(1000) + NS_PER_MS / 10);
}

static void a_pause_saves_nothing_up(void **state)
{
    (void)state;
    pace_init(&pace, PER_S(1000), UNLIMITED);
    start_many(3, 0);
    pace_take_total(&pace, MS(5000), MS(5000));
    assert_int_equal(pace_total_ns(&pace, MS(5000)), MS(5001));
}

static void a_long_stall_is_caught_up_for_ten_milliseconds_at_most(void **state)
{
    int count = 0;
    (void)state;
    pace_init(&pace, PER_S(1000), UNLIMITED);
    pace_take_total(&pace, 0, 0);
    while (pace_total_ns(&pace, MS(200)) == MS(200)) {
        pace_take_total(&pace, MS(200), 0);
        count++;
    }
    assert_int_equal(count, 11);
}

static void a_slow_rate_catches_up_one_interval(void **state)
{
    (void)state;
    pace_init(&pace, PER_S(2), UNLIMITED);
    pace_take_total(&pace, 0, 0);
    pace_take_total(&pace, MS(900), 0);
    assert_int_equal(pace_total_ns(&pace, MS(900)), MS(1000));
    pace_take_total(&pace, MS(5000), 0);
    assert_int_equal(pace_total_ns(&pace, MS(5000)), MS(5000));
    pace_take_total(&pace, MS(5000), 0);
    assert_int_equal(pace_total_ns(&pace, MS(5000)), MS(5500));
}

static void nobody_starts_before_his_moment(void **state)
{
    int64_t now_ns = 0;
    (void)state;
    pace_init(&pace, PER_S(300), UNLIMITED);
    for (int64_t i = 0; i < 10000; i++) {
        now_ns = pace_total_ns(&pace, now_ns) + i % 7 * NS_PER_MS / 3;
        assert_true(now_ns * 1000 >= i * pace.total.interval_ps);
        pace_take_total(&pace, now_ns, 0);
    }
}

static void a_year_of_uptime_is_no_trouble(void **state)
{
    const int64_t year_ns = INT64_C(365) * 24 * NS_PER_HOUR;
    (void)state;
    pace_init(&pace, PER_S(3), PER_S(3));
    pace_take_total(&pace, year_ns, year_ns);
    take_host(1, year_ns, year_ns);
    assert_int_equal(pace_total_ns(&pace, year_ns), year_ns + 333333334);
    assert_int_equal(host_ns(1, year_ns), year_ns + 333333334);
}

static void hosts_do_not_wait_for_each_other(void **state)
{
    (void)state;
    pace_init(&pace, UNLIMITED, PER_S(10));
    take_host(1, 0, 0);
    assert_int_equal(host_ns(1, 0), MS(100));
    assert_int_equal(host_ns(2, 0), 0);
}

static void the_port_does_not_count(void **state)
{
    struct address address = host(1);
    (void)state;
    pace_init(&pace, UNLIMITED, PER_S(10));
    take_host(1, 0, 0);
    address.port = 9999;
    assert_int_equal(pace_host_ns(&pace, &address, 0), MS(100));
}

static void many_hosts_are_each_remembered(void **state)
{
    (void)state;
    pace_init(&pace, UNLIMITED, PER_S(10));
    for (uint32_t i = 0; i < 5000; i++)
        take_host(i, 0, 0);
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(host_ns(i, 0), MS(100));
    assert_int_equal(pace.host_count, 5000);
}

static void hosts_whose_time_has_passed_are_forgotten(void **state)
{
    (void)state;
    pace_init(&pace, UNLIMITED, PER_S(100));
    for (uint32_t i = 0; i < 1000000; i++)
        take_host(i, i * INT64_C(100000), i * INT64_C(100000));
    /* At 10,000 new hosts a second, those of the last 10 ms matter, and 10 ms more of them for
     * catching up. */
    assert_true(pace.host_capacity <= 1024);
}

/* A host that always starts somewhat late, in a table that is swept all the time, and in one that
 * it has for itself. */
static void what_is_forgotten_makes_no_difference(void **state)
{
    struct pace remembering;
    struct address busy = host(0);
    uint64_t random = 1;
    uint32_t other = 1;
    int64_t now_ns = 0;
    (void)state;
    pace_init(&pace, UNLIMITED, PER_S(100));
    pace_init(&remembering, UNLIMITED, PER_S(100));
    for (int i = 0; i < 5000; i++) {
        now_ns = pace_host_ns(&remembering, &busy, now_ns) +
                 (int64_t)virtual_random(&random, (uint64_t)MS(14));
        for (int j = 0; j < 8; j++)
            take_host(other++, now_ns, now_ns);
        assert_int_equal(host_ns(0, now_ns), now_ns);
        take_host(0, now_ns, 0);
        assert_int_equal(pace_take_host(&remembering, &busy, now_ns, 0), 0);
        assert_int_equal(host_ns(0, now_ns), pace_host_ns(&remembering, &busy, now_ns));
    }
    assert_int_equal(remembering.host_count, 1);
    pace_fini(&remembering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_a_rate_nobody_waits, tear_down),
        cmocka_unit_test_teardown(connections_are_one_interval_apart, tear_down),
        cmocka_unit_test_teardown(an_interval_that_is_no_whole_nanosecond_adds_up_exactly,
                                  tear_down),
        cmocka_unit_test_teardown(a_start_a_little_late_delays_nobody_after_it, tear_down),
        cmocka_unit_test_teardown(a_pause_saves_nothing_up, tear_down),
        cmocka_unit_test_teardown(a_long_stall_is_caught_up_for_ten_milliseconds_at_most,
                                  tear_down),
        cmocka_unit_test_teardown(a_slow_rate_catches_up_one_interval, tear_down),
        cmocka_unit_test_teardown(nobody_starts_before_his_moment, tear_down),
        cmocka_unit_test_teardown(a_year_of_uptime_is_no_trouble, tear_down),
        cmocka_unit_test_teardown(hosts_do_not_wait_for_each_other, tear_down),
        cmocka_unit_test_teardown(the_port_does_not_count, tear_down),
        cmocka_unit_test_teardown(many_hosts_are_each_remembered, tear_down),
        cmocka_unit_test_teardown(hosts_whose_time_has_passed_are_forgotten, tear_down),
        cmocka_unit_test_teardown(what_is_forgotten_makes_no_difference, tear_down),
    };
    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
