/* Connections that are held once they have opened: for how long, and how they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

static struct scene scene;

static struct check *held_check(const char *host, int64_t hold_ns)
{
    struct check *check = scene_check(&scene, host);
    check->hold_ns = hold_ns;
    return check;
}

static void expect_times(int64_t connect_ns, int64_t wall_ns)
{
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->connect_time_ns, connect_ns);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, wall_ns);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, wall_ns);
}

static void what_stands_for_as_long_is_open(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(20)));
    held_check("10.0.0.1", S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(20));
    assert_int_equal(scene_attempt(&scene, 0, 0)->phase, PHASE_CONNECT);
    expect_times(MS(20), S(3) + MS(20));
}

static void it_may_be_held_past_the_deadline(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(500)));
    held_check("10.0.0.1", S(60))->timeout_ns = S(1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_times(MS(500), MS(60500));
}

static void a_peer_that_resets_or_closes_is_named(void **state)
{
    static const struct {
        enum hold_end end;
        enum tcpcheck_outcome outcome;
    } cases[] = {{HOLD_RESET, TCPCHECK_RESET_EARLY}, {HOLD_CLOSED, TCPCHECK_CLOSED_EARLY}};
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        virtual_net_answer(scene.net, hosts[i], opens_until(MS(20), cases[i].end, MS(700)));
        held_check(hosts[i], S(3));
    }
    scene_run(&scene);
    for (size_t i = 0; i < 2; i++) {
        scene_expect(&scene, i, cases[i].outcome);
        assert_true(scene_result(&scene, i)->is_connected);
        assert_false(scene_result(&scene, i)->is_success);
        assert_int_equal(scene_result(&scene, i)->verdict, TCPCHECK_DOWN);
        assert_int_equal(scene_attempt(&scene, i, 0)->phase, PHASE_HOLD);
    }
    expect_times(MS(20), MS(720));
    assert_int_equal(virtual_net_time(scene.net), MS(720));
}

static void an_end_after_the_hold_does_not_count(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_until(MS(20), HOLD_RESET, S(3) + 1));
    held_check("10.0.0.1", S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
}

static void an_early_end_is_worth_another_attempt(void **state)
{
    const struct virtual_answer answers[] = {opens_until(MS(1), HOLD_CLOSED, MS(9)),
                                             opens_after(MS(1))};
    (void)state;
    virtual_net_answers(scene.net, "10.0.0.1", 0, answers, 2);
    held_check("10.0.0.1", MS(50))->attempts = 5;
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->attempt_count, 2);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(10) + S(1) + MS(51));
}

static void a_held_connection_closes_gracefully_and_is_reported_first(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(20), MS(300)));
    held_check("10.0.0.1", S(1));
    scene_run_until(&scene, MS(1020));
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_open_count(scene.net), 1);
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), MS(1320));
}

static void what_opens_too_late_is_not_held(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1100)));
    virtual_net_stall(scene.net, MS(900), MS(600));
    held_check("10.0.0.1", S(5))->timeout_ns = S(1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(virtual_net_time(scene.net), MS(1500));
}

static void what_the_kernel_knows_to_be_open_at_the_deadline_is_held(void **state)
{
    struct virtual_answer answer = opens_after(MS(900));
    (void)state;
    answer.unheard_ns = S(60);
    virtual_net_answer(scene.net, "10.0.0.1", answer);
    held_check("10.0.0.1", S(5))->timeout_ns = S(1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_times(MS(900), MS(5900));
}

static void cancellation_ends_the_hold(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1)));
    held_check("10.0.0.1", S(3600));
    scene_run_until(&scene, S(5));
    assert_int_equal(virtual_net_open_count(scene.net), 1);
    engine_cancel_all(scene.engine);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_CANCELLED);
    assert_int_equal(virtual_net_time(scene.net), S(5));
}

static void the_engine_may_go_while_one_is_held(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1)));
    held_check("10.0.0.1", S(3600));
    scene_run_until(&scene, S(5));
    engine_destroy(scene.engine);
    scene.engine = NULL;
    assert_int_equal(virtual_net_open_count(scene.net), 0);
}

static void the_first_address_to_open_is_held_alone(void **state)
{
    const struct virtual_lookup lookup = {.count = 3,
                                          .addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"}};
    (void)state;
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", is_silent());
    virtual_net_answer(scene.net, "10.0.0.2", opens_until(MS(10), HOLD_RESET, S(2)));
    virtual_net_answer(scene.net, "10.0.0.3", opens_after(MS(1)));
    held_check("db.test", S(4));
    scene_run(&scene);
    /* The first to open decides, and no other is tried after it. */
    scene_expect(&scene, 0, TCPCHECK_RESET_EARLY);
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 2);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->outcome, TCPCHECK_CANCELLED);
}

static void an_end_after_the_hold_does_not_count_however_late_we_hear_of_it(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_until(MS(20), HOLD_RESET, MS(3050)));
    virtual_net_stall(scene.net, S(2), S(2));
    held_check("10.0.0.1", S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_times(MS(20), S(3) + MS(20));
}

static void what_came_too_late_and_went_has_timed_out(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_until(MS(260), HOLD_CLOSED, MS(1)));
    virtual_net_stall(scene.net, MS(100), MS(400));
    held_check("10.0.0.1", S(1))->timeout_ns = MS(200);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_attempt(&scene, 0, 0)->phase, PHASE_CONNECT);
    assert_false(scene_result(&scene, 0)->is_connected);
}

static void what_came_in_time_and_went_during_a_stall_ended_early(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_until(MS(150), HOLD_CLOSED, MS(1)));
    virtual_net_stall(scene.net, MS(100), MS(400));
    held_check("10.0.0.1", S(1))->timeout_ns = MS(200);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_CLOSED_EARLY);
}

static void a_long_hold_does_not_keep_others_waiting_for_its_descriptor(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1)));
    virtual_net_answer(scene.net, "10.0.0.2", opens_after(MS(1)));
    virtual_net_descriptors(scene.net, 0, 1);
    held_check("10.0.0.1", S(3600));
    held_check("10.0.0.2", S(1));
    scene_run_until(&scene, S(30));
    scene_expect(&scene, 1, TCPCHECK_RESOURCE);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
}

static void those_held_count_as_descriptors_in_use(void **state)
{
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1)));
    virtual_net_answer(scene.net, "10.0.0.2", opens_after(MS(1)));
    virtual_net_descriptors(scene.net, 0, 1);
    held_check("10.0.0.1", S(3));
    held_check("10.0.0.2", S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    scene_expect(&scene, 1, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_most_open(scene.net), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(what_stands_for_as_long_is_open),
        CLAIM(it_may_be_held_past_the_deadline),
        CLAIM(a_peer_that_resets_or_closes_is_named),
        CLAIM(an_end_after_the_hold_does_not_count),
        CLAIM(an_early_end_is_worth_another_attempt),
        CLAIM(a_held_connection_closes_gracefully_and_is_reported_first),
        CLAIM(what_opens_too_late_is_not_held),
        CLAIM(what_the_kernel_knows_to_be_open_at_the_deadline_is_held),
        CLAIM(cancellation_ends_the_hold),
        CLAIM(the_engine_may_go_while_one_is_held),
        CLAIM(the_first_address_to_open_is_held_alone),
        CLAIM(those_held_count_as_descriptors_in_use),
        CLAIM(a_long_hold_does_not_keep_others_waiting_for_its_descriptor),
        CLAIM(an_end_after_the_hold_does_not_count_however_late_we_hear_of_it),
        CLAIM(what_came_too_late_and_went_has_timed_out),
        CLAIM(what_came_in_time_and_went_during_a_stall_ended_early),
    };
    return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
