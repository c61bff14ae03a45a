/* How much is under way at once, what happens when nobody takes results, and what a
 * caller's own loop is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

/* One step whose results are left where they are. */
static bool step_only(int64_t until_ns)
{
    return engine_step(scene.engine, VIRTUAL_EPOCH_NS + until_ns);
}

static void concurrency_is_never_exceeded(void **state)
{
    (void)state;
    scene.options.concurrency = 7;
    scene_checks(&scene, "10.0.0.1", 100);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 7);
    assert_int_equal(virtual_net_time(scene.net), MS(150));
}

static void concurrency_of_one_is_one_after_another(void **state)
{
    (void)state;
    scene.options.concurrency = 1;
    scene_checks(&scene, "10.0.0.1", 10);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(scene_started_ns(&scene, i), i * MS(10));
        assert_int_equal(scene.order[i], i);
    }
}

static void a_check_between_two_attempts_is_under_way(void **state)
{
    (void)state;
    scene.options.concurrency = 1;
    scene_check(&scene, "10.0.0.1")->attempts = 2;
    scene_check(&scene, "10.0.0.2");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(scene_started_ns(&scene, 2), S(1) + MS(20));
}

static void sockets_are_never_more_than_their_limit(void **state)
{
    (void)state;
    scene.options.socket_limit = 5;
    scene_checks(&scene, "10.0.0.1", 50);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 5);
    for (size_t i = 0; i < 50; i++) {
        scene_expect(&scene, i, TCPCHECK_OPEN);
        assert_int_equal(scene_result(&scene, i)->held_ns, (int64_t)(i / 5) * MS(10));
        assert_int_equal(scene_result(&scene, i)->total_time_ns, MS(10));
    }
}

static void waiting_for_a_socket_does_not_use_up_the_deadline(void **state)
{
    (void)state;
    scene.options.socket_limit = 1;
    for (int i = 0; i < 10; i++)
        scene_check(&scene, "10.0.0.1")->timeout_ns = S(1);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(900)));
    scene_run(&scene);
    for (size_t i = 0; i < 10; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
}

static void closing_connections_are_ended_early_to_make_room_the_oldest_first(void **state)
{
    (void)state;
    scene.options.socket_limit = 3;
    scene.options.concurrency = 1;
    scene_checks(&scene, "10.0.0.1", 6);
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), S(1)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 3);
    /* Three fit; from then on each takes the slot of the one that closes longest. */
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(scene_started_ns(&scene, i), i * MS(10));
        assert_int_equal(virtual_net_start(scene.net, i)->slot, i % 3);
    }
    assert_int_equal(virtual_net_time(scene.net), MS(60) + S(1));
}

static void nothing_is_admitted_while_the_queue_of_results_is_full(void **state)
{
    (void)state;
    scene.options.concurrency = 4;
    scene.options.result_limit = 10;
    scene_checks(&scene, "10.0.0.1", 100);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    for (int i = 0; i < 100; i++)
        step_only(S(1));
    /* Ten wait; those that were under way by then have been served. */
    assert_int_equal(scene.source.next, 12);
    assert_int_equal(engine_result_count(scene.engine), 12);
    assert_int_equal(engine_active(scene.engine), 0);
    assert_int_equal(virtual_net_time(scene.net), S(1));
    scene_run(&scene);
    assert_int_equal(scene.result_count, 100);
}

static void a_full_queue_keeps_nobody_from_his_answer_in_time(void **state)
{
    (void)state;
    scene.options.concurrency = 3;
    scene.options.result_limit = 1;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.2")->attempts = 3;
    scene_check(&scene, "10.0.0.3");
    scene_checks(&scene, "10.0.0.1", 5);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(1)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    while (virtual_net_time(scene.net) < S(60))
        step_only(S(60));
    assert_int_equal(scene.source.next, 3);
    scene_run(&scene);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(1));
    assert_int_equal(scene_result(&scene, 1)->total_time_ns, S(2) + MS(3));
    assert_int_equal(scene_result(&scene, 2)->total_time_ns, S(10));
}

static void a_caller_who_leaves_results_waiting_is_not_kept_busy(void **state)
{
    (void)state;
    scene.options.result_limit = 1;
    scene.options.concurrency = 1;
    scene_checks(&scene, "10.0.0.1", 3);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    while (engine_active(scene.engine) > 0)
        step_only(S(1));
    int64_t before_ns = virtual_net_time(scene.net);
    step_only(S(30));
    assert_true(virtual_net_time(scene.net) > before_ns);
    scene_run(&scene);
}

static void a_step_returns_as_soon_as_there_are_results(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.2");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(2)));
    scene_step(&scene, INT64_MAX);
    assert_int_equal(virtual_net_time(scene.net), MS(1));
    assert_int_equal(scene.result_count, 1);
    scene_step(&scene, INT64_MAX);
    assert_int_equal(virtual_net_time(scene.net), MS(2));
    assert_int_equal(scene.result_count, 2);
    scene_run(&scene);
}

static void a_step_waits_no_longer_than_it_may(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    assert_true(scene_step(&scene, VIRTUAL_EPOCH_NS + MS(300)));
    assert_int_equal(virtual_net_time(scene.net), MS(300));
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), S(10));
}

static void a_step_does_a_bounded_amount_of_work(void **state)
{
    (void)state;
    scene.options.concurrency = 100000;
    scene.options.result_limit = 100000;
    scene_checks(&scene, "10.0.0.1", 6000);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    scene_step(&scene, INT64_MAX);
    assert_true(scene.source.next <= 1024);
    scene_run(&scene);
    assert_int_equal(scene.result_count, 6000);
}

/* More of them than a step hears, at every step, and each brings the next. */
static void deadlines_are_kept_while_answers_pour_in(void **state)
{
    struct virtual_lookup lookup = {.count = 8};
    size_t timeouts = 0;
    (void)state;
    scene.options.concurrency = 1600;
    scene.net_options.connect_cost_ns = US(100);
    scene_remake_net(&scene);
    for (uint32_t i = 0; i < lookup.count; i++)
        lookup.addresses[i] = "10.0.0.1";
    for (int i = 0; i < 100; i++)
        scene_check(&scene, "10.0.0.2")->timeout_ns = S(1);
    scene_checks(&scene, "many.test", 7000);
    virtual_net_lookups(scene.net, "many.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    scene_run(&scene);
    for (size_t i = 0; i < 4000; i++)
        timeouts += scene.order[i] < 100;
    assert_int_equal(timeouts, 100);
}

static void no_check_at_all_ends_at_once(void **state)
{
    (void)state;
    assert_false(scene_step(&scene, VIRTUAL_EPOCH_NS));
    assert_int_equal(virtual_net_time(scene.net), 0);
}

static void a_source_that_has_none_yet_is_asked_again_when_it_wakes_the_net(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    scene.source.waits_until_ns = S(5);
    virtual_net_wake_at(scene.net, S(2));
    virtual_net_wake_at(scene.net, S(5));
    assert_true(scene_step(&scene, INT64_MAX));
    assert_int_equal(virtual_net_time(scene.net), S(2));
    assert_true(engine_is_idle(scene.engine));
    assert_int_equal(engine_next_ns(scene.engine), INT64_MAX);
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), S(5) + MS(10));
}

static void a_loop_of_ones_own_knows_when_to_come_back(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1")->timeout_ns = S(3);
    assert_false(scene_step(&scene, VIRTUAL_EPOCH_NS) && scene.result_count > 0);
    assert_int_equal(engine_next_ns(scene.engine), VIRTUAL_EPOCH_NS + S(3));
    scene_step(&scene, VIRTUAL_EPOCH_NS + S(3));
    assert_int_equal(scene.result_count, 1);
    scene_run(&scene);
}

static void a_loop_of_ones_own_is_told_of_checks_to_admit(void **state)
{
    (void)state;
    scene.options.concurrency = 1;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    assert_int_equal(engine_next_ns(scene.engine), VIRTUAL_EPOCH_NS + S(10));
    scene_step(&scene, VIRTUAL_EPOCH_NS + MS(10));
    assert_int_equal(engine_next_ns(scene.engine), 0);
    scene_run(&scene);
}

static void results_come_in_the_order_in_which_checks_finish(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.2");
    scene_check(&scene, "10.0.0.3");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(30)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(10)));
    virtual_net_answer(scene.net, "10.0.0.3", refuses_after(MS(20)));
    scene_run(&scene);
    assert_int_equal(scene.order[0], 1);
    assert_int_equal(scene.order[1], 2);
    assert_int_equal(scene.order[2], 0);
}

static void results_left_waiting_keep_their_order(void **state)
{
    (void)state;
    scene.options.concurrency = 10;
    scene.options.result_limit = 500;
    scene_checks(&scene, "10.0.0.1", 700);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    while (virtual_net_time(scene.net) < MS(30))
        step_only(MS(30));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    while (step_only(S(1)))
        continue;
    scene_run(&scene);
    for (size_t i = 0; i < 700; i++)
        assert_int_equal(scene.order[i], i);
}

/* scene_tear_down() holds that their checks were released. */
static void results_never_taken_go_with_the_engine(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 100);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    while (engine_active(scene.engine) > 0)
        step_only(S(1));
    assert_int_equal(scene.result_count, 0);
}

static void events_of_nobody_are_ignored(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.2");
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), S(1)));
    scene_run_until(&scene, MS(500));
    for (uint32_t slot = 0; slot < 4; slot++) {
        uint32_t closing = virtual_net_start(scene.net, 0)->slot;
        virtual_net_tell(scene.net, EVENT_RESOLVED, slot);
        virtual_net_tell(scene.net, EVENT_OBSERVED, slot == 1 - closing ? closing : slot);
        virtual_net_tell(scene.net, EVENT_RELEASED, slot == closing ? 1 - closing : slot);
        scene_step(&scene, VIRTUAL_EPOCH_NS);
    }
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    scene_expect(&scene, 1, TCPCHECK_TIMEOUT);
}

static void slots_stay_dense(void **state)
{
    (void)state;
    scene.options.concurrency = 8;
    scene_checks(&scene, "10.0.0.1", 1000);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(virtual_net_start(scene.net, i)->slot < 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(concurrency_is_never_exceeded),
        CLAIM(concurrency_of_one_is_one_after_another),
        CLAIM(a_check_between_two_attempts_is_under_way),
        CLAIM(sockets_are_never_more_than_their_limit),
        CLAIM(waiting_for_a_socket_does_not_use_up_the_deadline),
        CLAIM(closing_connections_are_ended_early_to_make_room_the_oldest_first),
        CLAIM(nothing_is_admitted_while_the_queue_of_results_is_full),
        CLAIM(a_full_queue_keeps_nobody_from_his_answer_in_time),
        CLAIM(a_caller_who_leaves_results_waiting_is_not_kept_busy),
        CLAIM(a_step_returns_as_soon_as_there_are_results),
        CLAIM(a_step_waits_no_longer_than_it_may),
        CLAIM(a_step_does_a_bounded_amount_of_work),
        CLAIM(deadlines_are_kept_while_answers_pour_in),
        CLAIM(no_check_at_all_ends_at_once),
        CLAIM(a_source_that_has_none_yet_is_asked_again_when_it_wakes_the_net),
        CLAIM(a_loop_of_ones_own_knows_when_to_come_back),
        CLAIM(a_loop_of_ones_own_is_told_of_checks_to_admit),
        CLAIM(results_come_in_the_order_in_which_checks_finish),
        CLAIM(results_left_waiting_keep_their_order),
        CLAIM(results_never_taken_go_with_the_engine),
        CLAIM(events_of_nobody_are_ignored),
        CLAIM(slots_stay_dense),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
