/* How many connections there are at once to one address, whatever state they are in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

static struct scene scene;

static uint64_t felt(enum limit_id id)
{
    return engine_restraint(scene.engine).counts[id];
}

static void so_many_are_in_the_air_and_the_others_follow_in_order(void **state)
{
    (void)state;
    scene.options.host_in_flight = 4;
    scene_checks(&scene, "10.0.0.1", 10);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 4);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(scene_started_ns(&scene, (uint32_t)i), (int64_t)(i / 4) * MS(10));
        assert_int_equal(scene_result(&scene, i)->held_ns, (int64_t)(i / 4) * MS(10));
        assert_int_equal(scene_result(&scene, i)->total_time_ns, MS(10));
        assert_int_equal(scene.order[i], i);
    }
    assert_int_equal(felt(LIMIT_HOST_IN_FLIGHT), 6);
    assert_int_equal(felt(LIMIT_HOST_RATE) + felt(LIMIT_RATE), 0);
}

static void other_addresses_are_not_held_up(void **state)
{
    (void)state;
    scene.options.host_in_flight = 1;
    scene_checks(&scene, "10.0.0.1", 50);
    scene_checks(&scene, "10.0.0.2", 1);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(S(1)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(1)));
    scene_run(&scene);
    assert_int_equal(scene_result(&scene, 50)->held_ns, 0);
    assert_int_equal(virtual_net_most_open(scene.net), 2);
    assert_int_equal(virtual_net_time(scene.net), S(50));
}

static void names_and_ports_of_one_address_share_it(void **state)
{
    static const struct virtual_lookup lookup = {.count = 1, .addresses = {"10.0.0.1"}};
    (void)state;
    scene.options.host_in_flight = 2;
    virtual_net_lookups(scene.net, "a.test", &lookup, 1);
    virtual_net_lookups(scene.net, "b.test", &lookup, 1);
    for (int i = 0; i < 4; i++)
        scene_check(&scene, i % 2 == 0 ? "a.test" : "b.test")->port = (uint16_t)(80 + i);
    scene_checks(&scene, "::ffff:10.0.0.1", 2);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 2);
    assert_int_equal(virtual_net_time(scene.net), MS(30));
}

static void closing_connections_count(void **state)
{
    (void)state;
    scene.options.host_in_flight = 2;
    scene_checks(&scene, "10.0.0.1", 4);
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), S(1)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 2);
    assert_int_equal(scene_started_ns(&scene, 1), 0);
    assert_int_equal(scene_started_ns(&scene, 2), MS(10) + S(1));
}

static void held_connections_count(void **state)
{
    (void)state;
    scene.options.host_in_flight = 1;
    for (int i = 0; i < 3; i++)
        scene_check(&scene, "10.0.0.1")->hold_ns = S(2);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 1);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(scene_started_ns(&scene, i), i * (S(2) + MS(10)));
}

static void one_that_is_cancelled_in_line_makes_nobody_wait(void **state)
{
    (void)state;
    scene.options.host_in_flight = 1;
    scene_checks(&scene, "10.0.0.1", 3);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(S(1)));
    scene_run_until(&scene, MS(500));
    assert_true(engine_cancel(scene.engine, 1));
    scene_run(&scene);
    scene_expect(&scene, 1, TCPCHECK_CANCELLED);
    scene_expect(&scene, 2, TCPCHECK_REFUSED);
    assert_int_equal(virtual_net_time(scene.net), S(2));
}

static void waiting_for_a_berth_uses_up_no_deadline(void **state)
{
    (void)state;
    scene.options.host_in_flight = 1;
    for (int i = 0; i < 5; i++)
        scene_check(&scene, "10.0.0.1")->timeout_ns = S(1);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(900)));
    scene_run(&scene);
    for (size_t i = 0; i < 5; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
}

static void the_rate_of_the_host_holds_within_it(void **state)
{
    (void)state;
    scene.options.host_in_flight = 2;
    scene.options.host_rate = (struct rate){.interval_ps = INT64_C(100000000000)};
    scene_checks(&scene, "10.0.0.1", 6);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(150)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(scene_started_ns(&scene, i), i * MS(100));
    assert_int_equal(virtual_net_most_open(scene.net), 2);
    assert_true(felt(LIMIT_HOST_RATE) > 0);
}

static void the_total_rate_is_told_of(void **state)
{
    (void)state;
    scene.options.rate = (struct rate){.interval_ps = INT64_C(100000000000)};
    scene_checks(&scene, "10.0.0.1", 5);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    assert_int_equal(felt(LIMIT_RATE), 4);
    assert_int_equal(felt(LIMIT_HOST_RATE) + felt(LIMIT_HOST_IN_FLIGHT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(so_many_are_in_the_air_and_the_others_follow_in_order),
        CLAIM(other_addresses_are_not_held_up),
        CLAIM(names_and_ports_of_one_address_share_it),
        CLAIM(closing_connections_count),
        CLAIM(held_connections_count),
        CLAIM(one_that_is_cancelled_in_line_makes_nobody_wait),
        CLAIM(waiting_for_a_berth_uses_up_no_deadline),
        CLAIM(the_rate_of_the_host_holds_within_it),
        CLAIM(the_total_rate_is_told_of),
    };
    return cmocka_run_group_tests_name("host_in_flight", tests, NULL, NULL);
}
