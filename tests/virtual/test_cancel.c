/* Cancelling a check, and all of them, wherever they stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

/* Cancels everything at this moment and sees it through: nothing more starts. */
static void cancel_all_at(int64_t when_ns)
{
    scene_run_until(&scene, when_ns);
    uint32_t started = virtual_net_start_count(scene.net);
    engine_cancel_all(scene.engine);
    assert_int_equal(engine_active(scene.engine), 0);
    assert_int_equal(virtual_net_lookup_count(scene.net), 0);
    scene_run(&scene);
    assert_int_equal(virtual_net_start_count(scene.net), started);
}

static void expect_cancelled(size_t check, int64_t total_ns)
{
    const struct result *result = scene_result(&scene, check);
    scene_expect(&scene, check, TCPCHECK_CANCELLED);
    assert_false(result->is_success);
    assert_false(result->is_connected);
    assert_int_equal(result->total_time_ns, total_ns);
    assert_true(result->attempt_kept > 0);
}

static void a_handshake_under_way_is_ended_and_recorded(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    cancel_all_at(S(2));
    expect_cancelled(0, S(2));
    assert_int_equal(scene_attempt(&scene, 0, 0)->outcome, TCPCHECK_CANCELLED);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->outcome, TCPCHECK_CANCELLED);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, S(2));
    assert_int_equal(virtual_net_time(scene.net), S(2));
}

static void a_lookup_under_way_is_ended(void **state)
{
    (void)state;
    scene_check(&scene, "db.test");
    cancel_all_at(S(2));
    expect_cancelled(0, S(2));
    assert_int_equal(scene_attempt(&scene, 0, 0)->phase, PHASE_RESOLVE);
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 0);
}

static void between_two_attempts_what_was_seen_is_kept(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1")->attempts = 3;
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    cancel_all_at(MS(500));
    expect_cancelled(0, MS(500));
    assert_int_equal(scene_result(&scene, 0)->attempt_count, 1);
    assert_int_equal(scene_attempt(&scene, 0, 0)->outcome, TCPCHECK_REFUSED);
}

static void addresses_that_failed_before_keep_their_class(void **state)
{
    const struct virtual_lookup lookup = {.count = 3,
                                          .addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"}};
    (void)state;
    scene_check(&scene, "db.test");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    cancel_all_at(S(6));
    expect_cancelled(0, S(6));
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 3);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->outcome, TCPCHECK_REFUSED);
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->outcome, TCPCHECK_CANCELLED);
    assert_int_equal(scene_tried(&scene, 0, 0, 2)->outcome, TCPCHECK_CANCELLED);
}

static void a_check_that_waits_for_the_rate_was_held_all_the_time(void **state)
{
    (void)state;
    scene.options.rate.interval_ps = S(1000) * 60;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.2");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    cancel_all_at(S(5));
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_cancelled(1, 0);
    assert_int_equal(scene_result(&scene, 1)->held_ns, S(5));
    assert_int_equal(scene_attempt(&scene, 1, 0)->tried_count, 0);
}

static void a_check_that_waits_for_its_hosts_rate_ends(void **state)
{
    (void)state;
    scene.options.host_rate.interval_ps = S(1000) * 60;
    scene_checks(&scene, "10.0.0.1", 4);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    cancel_all_at(S(5));
    for (size_t i = 1; i < 4; i++)
        expect_cancelled(i, 0);
}

static void a_check_that_waits_for_its_source_port_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        scene_check(&scene, "10.0.0.1")->source_port = 5000;
    cancel_all_at(S(5));
    expect_cancelled(0, S(5));
    for (size_t i = 1; i < 4; i++)
        expect_cancelled(i, 0);
}

static void a_check_that_waits_for_a_descriptor_ends(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 4);
    virtual_net_descriptors(scene.net, 0, 1);
    cancel_all_at(S(5));
    expect_cancelled(0, S(5));
    for (size_t i = 1; i < 4; i++)
        expect_cancelled(i, 0);
}

static void a_check_that_nobody_could_start_ends(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.2");
    virtual_net_descriptors(scene.net, 0, 0);
    cancel_all_at(S(5) + MS(50));
    expect_cancelled(0, S(5) + MS(50));
    assert_int_equal(scene_result(&scene, 1)->outcome, TCPCHECK_CANCELLED);
}

static void checks_not_admitted_yet_are_cancelled_without_an_attempt(void **state)
{
    (void)state;
    scene.options.concurrency = 2;
    scene_checks(&scene, "10.0.0.1", 5);
    cancel_all_at(S(1));
    assert_int_equal(scene.result_count, 5);
    for (size_t i = 2; i < 5; i++) {
        scene_expect(&scene, i, TCPCHECK_CANCELLED);
        assert_int_equal(scene_result(&scene, i)->attempt_count, 0);
    }
    assert_int_equal(scene.source.next, 5);
}

static void closing_connections_go_on_closing(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), S(1)));
    cancel_all_at(MS(500));
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_time(scene.net), S(1) + MS(10));
}

static void results_of_checks_not_admitted_do_not_wait_for_what_is_closing(void **state)
{
    (void)state;
    scene.options.concurrency = 1;
    scene_checks(&scene, "10.0.0.1", 3);
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), S(1)));
    scene_run_until(&scene, MS(10));
    engine_cancel_all(scene.engine);
    scene_step(&scene, INT64_MAX);
    assert_int_equal(scene.result_count, 3);
    assert_int_equal(virtual_net_time(scene.net), MS(10));
    scene_run(&scene);
}

static void one_check_is_cancelled_and_the_others_go_on(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 5);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(S(3)));
    scene_run_until(&scene, S(1));
    assert_true(engine_cancel(scene.engine, 3));
    assert_false(engine_cancel(scene.engine, 3));
    assert_false(engine_cancel(scene.engine, 5));
    assert_int_equal(engine_active(scene.engine), 4);
    scene_run(&scene);
    expect_cancelled(3, S(1));
    for (size_t i = 0; i < 5; i++)
        if (i != 3)
            scene_expect(&scene, i, TCPCHECK_OPEN);
    assert_false(engine_cancel(scene.engine, 0));
}

static void cancelling_one_lets_in_the_next_that_wants_its_source_port(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        scene_check(&scene, "10.0.0.1")->source_port = 5000;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(S(3)));
    scene_run_until(&scene, S(1));
    assert_true(engine_cancel(scene.engine, 1));
    assert_true(engine_cancel(scene.engine, 0));
    scene_run(&scene);
    scene_expect(&scene, 2, TCPCHECK_OPEN);
    assert_int_equal(scene_started_ns(&scene, 1), S(1));
    assert_int_equal(virtual_net_time(scene.net), S(4));
}

static void a_cancelled_result_is_there_without_waiting(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.1");
    scene_run_until(&scene, S(1));
    engine_cancel(scene.engine, 0);
    assert_int_equal(engine_next_ns(scene.engine), 0);
    scene_step(&scene, INT64_MAX);
    assert_int_equal(virtual_net_time(scene.net), S(1));
    expect_cancelled(0, S(1));
    scene_run(&scene);
}

static void cancelling_twice_is_cancelling_once(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_run_until(&scene, S(1));
    engine_cancel_all(scene.engine);
    cancel_all_at(S(1));
    expect_cancelled(0, S(1));
}

static void results_nobody_had_room_for_are_queued_beyond_the_limit(void **state)
{
    (void)state;
    scene.options.result_limit = 1;
    scene_checks(&scene, "10.0.0.1", 100);
    cancel_all_at(S(1));
    assert_int_equal(scene.result_count, 100);
}

/* scene_fini() holds that every check was released and that nothing is left in the net. */
static void an_engine_may_be_destroyed_at_any_moment(void **state)
{
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "db.test", "web.test"};
    const struct virtual_lookup lookup = {
        .after_ns = MS(300), .count = 2, .addresses = {"10.0.0.9", "10.0.0.1"}};
    (void)state;
    for (int64_t when_ns = 0; when_ns < S(3); when_ns += MS(50)) {
        for (int i = 0; i < 40; i++) {
            struct check *check = scene_check(&scene, hosts[i % 5]);
            check->attempts = 3;
            check->source_port = i % 4 == 0 ? 5000 : 0;
            check->close = i % 4 == 0 ? CLOSE_GRACEFUL : CLOSE_RESET;
        }
        scene.options.host_rate.interval_ps = S(1000) / 10;
        virtual_net_lookups(scene.net, "web.test", &lookup, 1);
        virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(100), MS(700)));
        virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(100)));
        virtual_net_descriptors(scene.net, MS(500), 10);
        virtual_net_descriptors(scene.net, MS(1500), 0);
        scene_run_until(&scene, when_ns);
        scene_fini(&scene);
        scene_init(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_handshake_under_way_is_ended_and_recorded),
        CLAIM(a_lookup_under_way_is_ended),
        CLAIM(between_two_attempts_what_was_seen_is_kept),
        CLAIM(addresses_that_failed_before_keep_their_class),
        CLAIM(a_check_that_waits_for_the_rate_was_held_all_the_time),
        CLAIM(a_check_that_waits_for_its_hosts_rate_ends),
        CLAIM(a_check_that_waits_for_its_source_port_ends),
        CLAIM(a_check_that_waits_for_a_descriptor_ends),
        CLAIM(a_check_that_nobody_could_start_ends),
        CLAIM(checks_not_admitted_yet_are_cancelled_without_an_attempt),
        CLAIM(closing_connections_go_on_closing),
        CLAIM(results_of_checks_not_admitted_do_not_wait_for_what_is_closing),
        CLAIM(one_check_is_cancelled_and_the_others_go_on),
        CLAIM(cancelling_one_lets_in_the_next_that_wants_its_source_port),
        CLAIM(a_cancelled_result_is_there_without_waiting),
        CLAIM(cancelling_twice_is_cancelling_once),
        CLAIM(results_nobody_had_room_for_are_queued_beyond_the_limit),
        CLAIM(an_engine_may_be_destroyed_at_any_moment),
    };
    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
