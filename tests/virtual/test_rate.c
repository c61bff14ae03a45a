/* How often connections start: never before their moment, and none later than need be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "engine/pace.h"
#include "scene.h"

#define PER_S(number) ((struct rate){.interval_ps = INT64_C(1000000000000) / (number)})

static struct scene scene;

static void connections_start_one_interval_apart(void **state)
{
    (void)state;
    scene.options.rate = PER_S(50);
    scene_checks(&scene, "10.0.0.1", 100);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(scene_started_ns(&scene, i), i * MS(20));
}

static void they_start_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    scene.options.rate = PER_S(50);
    scene_checks(&scene, "10.0.0.1", 300);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(scene.order[i], i);
}

static void waiting_for_the_rate_is_in_no_reported_time(void **state)
{
    (void)state;
    scene.options.rate = PER_S(10);
    for (int i = 0; i < 50; i++)
        scene_check(&scene, "10.0.0.1")->timeout_ns = MS(20);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(15)));
    scene_run(&scene);
    for (size_t i = 0; i < 50; i++) {
        const struct result *result = scene_result(&scene, i);
        scene_expect(&scene, i, TCPCHECK_OPEN);
        assert_int_equal(result->held_ns, (int64_t)i * MS(100));
        assert_int_equal(result->total_time_ns, MS(15));
        assert_int_equal(scene_attempt(&scene, i, 0)->offset_ns, 0);
        assert_int_equal(scene_tried(&scene, i, 0, 0)->offset_ns, 0);
    }
}

static void a_pause_saves_nothing_up(void **state)
{
    (void)state;
    scene.options.rate = PER_S(10);
    for (int i = 0; i < 5; i++) {
        struct check *check = scene_check(&scene, "10.0.0.1");
        check->attempts = 2;
        check->retry_delay_ns = S(30);
    }
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    virtual_net_stall(scene.net, S(29), S(10));
    scene_run(&scene);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(scene_started_ns(&scene, i), i * MS(100));
        assert_int_equal(scene_started_ns(&scene, 5 + i), S(39) + i * MS(100));
    }
}

static void hold_although_late(int64_t per_s, uint32_t count)
{
    scene.options.rate = PER_S(per_s);
    scene.net_options.late_max_ns = US(900);
    scene_remake_net(&scene);
    scene_checks(&scene, "10.0.0.1", (int)count);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    scene_run(&scene);
    for (uint32_t i = 0; i < count; i++) {
        int64_t due_ns = i * S(1) / per_s;
        assert_in_range(scene_started_ns(&scene, i), due_ns, due_ns + US(900));
    }
}

static void the_rate_holds_although_every_wake_up_is_late(void **state)
{
    (void)state;
    hold_although_late(1000, 5000);
}

static void so_does_a_rate_of_many_connections_a_wake_up(void **state)
{
    (void)state;
    hold_although_late(50000, 100000);
}

/* In any window at most what fits into it, and what ten milliseconds may catch up. */
static void expect_no_burst(int64_t interval_ns)
{
    uint32_t count = virtual_net_start_count(scene.net);
    int64_t allowance = PACE_CATCH_UP_NS / interval_ns + 1;
    for (uint32_t first = 0; first < count; first++) {
        uint32_t last = first + (uint32_t)allowance + 1;
        if (last < count)
            assert_true(scene_started_ns(&scene, last) - scene_started_ns(&scene, first) >=
                        interval_ns);
    }
}

static void after_a_stall_there_is_no_burst(void **state)
{
    (void)state;
    scene.options.rate = PER_S(1000);
    scene.net_options.seed = 3;
    scene_checks(&scene, "10.0.0.1", 3000);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    virtual_net_stall(scene.net, MS(500), MS(200));
    virtual_net_stall(scene.net, MS(1500), MS(3));
    virtual_net_stall(scene.net, MS(1600), MS(8));
    scene_run(&scene);
    expect_no_burst(MS(1));
    /* Only the stall of 200 ms costs anything, and of that all but what is caught up. */
    assert_int_equal(scene_started_ns(&scene, 2999), MS(2999) + MS(200) - PACE_CATCH_UP_NS);
}

/* Stalls of up to 200 ms, up to half a second apart, for `for_ns`. */
static void stall_at_random(int64_t for_ns)
{
    uint64_t random = 11;
    int64_t when_ns = 0;
    while (when_ns < for_ns) {
        int64_t stall_ns = (int64_t)virtual_random(&random, MS(200));
        when_ns += (int64_t)virtual_random(&random, MS(500));
        virtual_net_stall(scene.net, when_ns, stall_ns);
        when_ns += stall_ns;
    }
}

/* Of all seconds, wherever they begin. */
static void expect_no_second_over(int64_t limit)
{
    uint32_t count = virtual_net_start_count(scene.net);
    assert_true(count > limit);
    for (uint32_t first = 0; first + limit < count; first++) {
        uint32_t beyond = first + (uint32_t)limit;
        assert_true(scene_started_ns(&scene, beyond) - scene_started_ns(&scene, first) >= S(1));
    }
}

/* What came late is made up for, but never by more than 5 % of any second. */
static void run_at_with_stalls(int64_t per_s, int64_t for_ns)
{
    scene.options.rate = PER_S(per_s);
    scene.options.concurrency = 10000; /* or what can wait would be what limits a burst */
    scene.net_options = (struct virtual_options){.seed = 7, .late_max_ns = US(900)};
    scene_remake_net(&scene);
    scene_checks(&scene, "10.0.0.1", (int)(per_s * for_ns / S(1)));
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    stall_at_random(for_ns);
    scene_run(&scene);
    expect_no_second_over(per_s * 105 / 100);
}

static void no_second_is_over_105_percent_at_100_a_second(void **state)
{
    (void)state;
    run_at_with_stalls(100, S(60));
}

static void no_second_is_over_105_percent_at_50000_a_second(void **state)
{
    (void)state;
    run_at_with_stalls(50000, S(2));
}

static void one_host_does_not_wait_for_another(void **state)
{
    (void)state;
    scene.options.host_rate = PER_S(10);
    scene_checks(&scene, "10.0.0.1", 10);
    scene_checks(&scene, "10.0.0.2", 10);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(1)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(scene_started_ns(&scene, i), i / 2 * MS(100));
}

static void a_hosts_rate_counts_all_its_ports(void **state)
{
    (void)state;
    scene.options.host_rate = PER_S(10);
    for (uint16_t i = 0; i < 10; i++)
        scene_check(&scene, "10.0.0.1")->port = (uint16_t)(80 + i);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(scene_started_ns(&scene, i), i * MS(100));
        assert_int_equal(virtual_net_start(scene.net, i)->address.port, 80 + i);
    }
}

static void a_slow_host_does_not_hold_up_the_rate_of_all(void **state)
{
    (void)state;
    scene.options.rate = PER_S(100);
    scene.options.host_rate = PER_S(1);
    scene_checks(&scene, "10.0.0.1", 10);
    for (int i = 0; i < 50; i++)
        scene_check(&scene, i % 2 == 0 ? "10.0.0.2" : "10.0.0.3");
    for (int i = 0; i < 3; i++) {
        static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
        virtual_net_answer(scene.net, hosts[i], refuses_after(MS(1)));
    }
    scene_run(&scene);
    /* Each second the three hosts start, 10 ms apart. */
    assert_int_equal(virtual_net_time(scene.net), S(24) + MS(10) + MS(1));
    for (uint32_t i = 0; i < 9; i++)
        assert_in_range(scene_started_ns(&scene, i), i / 3 * S(1), i / 3 * S(1) + MS(20));
}

static void both_rates_hold_at_once(void **state)
{
    uint64_t random = 5;
    int64_t counts[4] = {0};
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"};
    (void)state;
    scene.options.rate = PER_S(100);
    scene.options.host_rate = PER_S(20);
    for (int i = 0; i < 1000; i++)
        scene_check(&scene, hosts[virtual_random(&random, 4)]);
    for (int i = 0; i < 4; i++)
        virtual_net_answer(scene.net, hosts[i], refuses_after(MS(1)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 1000; i++) {
        const struct virtual_start *start = virtual_net_start(scene.net, i);
        int64_t *count = &counts[start->address.bytes[3] - 1];
        assert_true(start->when_ns >= i * MS(10));
        assert_true(start->when_ns >= *count * MS(50));
        ++*count;
    }
}

static void every_address_of_a_name_counts(void **state)
{
    const struct virtual_lookup lookup = {.count = 3,
                                          .addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"}};
    (void)state;
    scene.options.rate = PER_S(10);
    scene_check(&scene, "db.test");
    scene_check(&scene, "10.0.0.4");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(0));
    virtual_net_answer(scene.net, "10.0.0.3", refuses_after(0));
    virtual_net_answer(scene.net, "10.0.0.4", refuses_after(0));
    scene_run(&scene);
    assert_int_equal(virtual_net_start_count(scene.net), 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(scene_started_ns(&scene, i), i * MS(100));
}

static void sockets_that_become_free_at_once_make_no_burst(void **state)
{
    (void)state;
    scene.options.rate = PER_S(1000);
    scene.options.socket_limit = 20;
    scene_checks(&scene, "10.0.0.1", 200);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(100)));
    virtual_net_stall(scene.net, MS(90), MS(40));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 20);
    for (uint32_t i = 1; i < 200; i++)
        assert_true(scene_started_ns(&scene, i) - scene_started_ns(&scene, i - 1) >= MS(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(connections_start_one_interval_apart),
        CLAIM(they_start_in_the_order_in_which_they_came),
        CLAIM(waiting_for_the_rate_is_in_no_reported_time),
        CLAIM(a_pause_saves_nothing_up),
        CLAIM(the_rate_holds_although_every_wake_up_is_late),
        CLAIM(so_does_a_rate_of_many_connections_a_wake_up),
        CLAIM(after_a_stall_there_is_no_burst),
        CLAIM(no_second_is_over_105_percent_at_100_a_second),
        CLAIM(no_second_is_over_105_percent_at_50000_a_second),
        CLAIM(one_host_does_not_wait_for_another),
        CLAIM(a_hosts_rate_counts_all_its_ports),
        CLAIM(a_slow_host_does_not_hold_up_the_rate_of_all),
        CLAIM(both_rates_hold_at_once),
        CLAIM(every_address_of_a_name_counts),
        CLAIM(sockets_that_become_free_at_once_make_no_burst),
    };
    return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
