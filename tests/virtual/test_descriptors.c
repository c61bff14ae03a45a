/* Descriptors that run out: below our own limit, and when others have them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

/* Connections that got a descriptor, in order: their addresses' last bytes and when. */
static uint32_t count_started_at(int64_t when_ns)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < virtual_net_start_count(scene.net); i++)
        count += scene_started_ns(&scene, i) == when_ns;
    return count;
}

static void a_shortage_is_no_outcome_while_others_are_open(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 50);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    virtual_net_descriptors(scene.net, 0, 8);
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 8);
    for (size_t i = 0; i < 50; i++) {
        scene_expect(&scene, i, TCPCHECK_OPEN);
        assert_int_equal(scene_result(&scene, i)->total_time_ns, MS(10));
        assert_int_equal(scene_result(&scene, i)->tried_count, 1);
        assert_int_equal(scene_tried(&scene, i, 0, 0)->error, 0);
    }
}

static void those_that_found_none_go_first_in_their_order(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 30);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    virtual_net_descriptors(scene.net, 0, 1);
    scene_run(&scene);
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(scene.order[i], i);
}

static void waiting_for_a_descriptor_does_not_use_up_the_deadline(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        scene_check(&scene, "10.0.0.1")->timeout_ns = S(1);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(900)));
    virtual_net_descriptors(scene.net, 0, 1);
    scene_run(&scene);
    for (size_t i = 0; i < 5; i++) {
        scene_expect(&scene, i, TCPCHECK_OPEN);
        assert_int_equal(scene_result(&scene, i)->held_ns, (int64_t)i * MS(900));
    }
}

static void a_closing_connection_is_ended_to_make_room(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 3);
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), S(1)));
    virtual_net_descriptors(scene.net, 0, 1);
    scene_run(&scene);
    for (size_t i = 0; i < 3; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_time(scene.net), MS(30) + S(1));
}

static void an_attempt_with_another_address_in_flight_goes_on(void **state)
{
    const struct virtual_lookup lookup = {.count = 2, .addresses = {"10.0.0.1", "10.0.0.2"}};
    (void)state;
    scene_check(&scene, "db.test");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(S(7)));
    virtual_net_descriptors(scene.net, 0, 1);
    scene_run(&scene);
    /* The second found no descriptor at 5 s and waits, but this attempt's clock runs. */
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->held_ns, 0);
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->outcome, TCPCHECK_RESOURCE);
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->error, EMFILE);
}

static void at_the_deadline_a_shortage_gives_way_to_silence(void **state)
{
    const struct virtual_lookup lookup = {.count = 2, .addresses = {"10.0.0.1", "10.0.0.2"}};
    (void)state;
    scene_check(&scene, "db.test");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_descriptors(scene.net, 0, 1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
}

static void with_nothing_open_it_is_our_resources_at_the_deadline(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1")->timeout_ns = S(2);
    virtual_net_descriptors(scene.net, 0, 0);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_RESOURCE);
    const struct result *result = scene_result(&scene, 0);
    assert_int_equal(result->verdict, TCPCHECK_UNKNOWN);
    assert_int_equal(result->total_time_ns, S(2));
    assert_int_equal(result_decisive(result)->error, EMFILE);
    assert_int_equal(result_decisive(result)->phase, PHASE_SOCKET);
    assert_int_equal(virtual_net_time(scene.net), S(2));
}

static void with_nothing_open_all_that_wait_end_by_their_deadlines(void **state)
{
    (void)state;
    scene.options.host_rate.interval_ps = S(1000);
    for (int i = 0; i < 100; i++) {
        struct check *check = scene_check(&scene, i % 2 == 0 ? "10.0.0.1" : "10.0.0.2");
        check->timeout_ns = S(2);
        check->source_port = i % 3 == 0 ? 5000 : 0;
    }
    virtual_net_descriptors(scene.net, 0, 0);
    scene_run(&scene);
    for (size_t i = 0; i < 100; i++) {
        scene_expect(&scene, i, TCPCHECK_RESOURCE);
        assert_int_equal(result_decisive(scene_result(&scene, i))->error, EMFILE);
    }
    assert_true(virtual_net_time(scene.net) <= S(3));
}

static void with_nothing_open_it_is_tried_again_now_and_then(void **state)
{
    (void)state;
    scene_checks(&scene, "10.0.0.1", 5);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    virtual_net_descriptors(scene.net, 0, 0);
    virtual_net_descriptors(scene.net, S(3) - MS(1), 5);
    scene_run(&scene);
    for (size_t i = 0; i < 5; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
    /* All five at first, then one every 100 ms, until one gets through. */
    assert_int_equal(count_started_at(0), 5);
    for (int64_t i = 1; i <= 30; i++)
        assert_int_equal(count_started_at(i * MS(100)), 1);
    assert_int_equal(virtual_net_time(scene.net), S(3) + MS(50));
}

static void once_descriptors_are_free_again_all_are_used_again_soon(void **state)
{
    (void)state;
    scene.options.concurrency = 1000;
    scene_checks(&scene, "10.0.0.1", 20000);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(200)));
    virtual_net_descriptors(scene.net, S(1), 10);
    virtual_net_descriptors(scene.net, S(2), UINT32_MAX);
    scene_run_until(&scene, S(4) + MS(50));
    assert_int_equal(virtual_net_open_count(scene.net), 1000);
    scene_run(&scene);
    for (size_t i = 0; i < 20000; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
}

static void a_shortage_that_is_over_wakes_nobody(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1")->timeout_ns = S(60);
    scene_check(&scene, "10.0.0.2");
    virtual_net_answer(scene.net, "10.0.0.2", opens_after(MS(10)));
    virtual_net_descriptors(scene.net, 0, 1);
    virtual_net_descriptors(scene.net, S(1), 2);
    scene_run_until(&scene, S(2));
    scene_expect(&scene, 1, TCPCHECK_OPEN);
    assert_int_equal(engine_next_ns(scene.engine), VIRTUAL_EPOCH_NS + S(60));
    scene_run(&scene);
}

static void a_shortage_that_lasts_costs_few_vain_attempts(void **state)
{
    (void)state;
    scene.options.concurrency = 1000;
    scene_checks(&scene, "10.0.0.1", 5000);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(20)));
    virtual_net_descriptors(scene.net, 0, 50);
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), S(2));
    assert_int_equal(virtual_net_most_open(scene.net), 50);
    /* One batch at the beginning, then ten a second and a few where batches meet. */
    assert_true(virtual_net_start_count(scene.net) < 5000 + 1000 + 100);
}

static void a_shortage_that_ends_in_a_retry_is_over(void **state)
{
    (void)state;
    struct check *check = scene_check(&scene, "10.0.0.1");
    check->timeout_ns = S(1);
    check->attempts = 3;
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    virtual_net_descriptors(scene.net, 0, 0);
    virtual_net_descriptors(scene.net, MS(1500), 1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_attempt(&scene, 0, 0)->outcome, TCPCHECK_RESOURCE);
    assert_int_equal(scene_result(&scene, 0)->attempt_count, 2);
}

static void other_shortages_of_the_kernel_are_treated_alike(void **state)
{
    static const int errors[] = {ENFILE, ENOBUFS, ENOMEM};
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
    (void)state;
    scene_check(&scene, "10.0.0.9");
    for (int i = 0; i < 3; i++) {
        const struct virtual_answer answers[] = {fails_at(OBSERVED_SOCKET, errors[i]),
                                                 opens_after(MS(10))};
        scene_check(&scene, hosts[i]);
        virtual_net_answers(scene.net, hosts[i], 0, answers, 2);
    }
    virtual_net_answer(scene.net, "10.0.0.9", opens_after(MS(100)));
    scene_run(&scene);
    for (size_t i = 0; i < 4; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
    assert_true(virtual_net_time(scene.net) <= MS(130));
}

static void a_shortage_in_connecting_is_an_outcome_and_holds_up_nobody(void **state)
{
    (void)state;
    scene.options.concurrency = 10;
    for (int i = 0; i < 20; i++) {
        scene_check(&scene, "10.0.0.1")->attempts = 2;
        scene_check(&scene, "10.0.0.2");
    }
    virtual_net_answer(scene.net, "10.0.0.1", fails_at(OBSERVED_CONNECT, ENOBUFS));
    virtual_net_answer(scene.net, "10.0.0.2", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_start_count(scene.net), 60);
    for (size_t i = 0; i < 40; i++) {
        scene_expect(&scene, i, i % 2 == 0 ? TCPCHECK_RESOURCE : TCPCHECK_OPEN);
        assert_int_equal(scene_result(&scene, i)->held_ns, 0);
    }
}

static void a_shortage_with_a_rate_keeps_the_rate(void **state)
{
    (void)state;
    scene.options.rate.interval_ps = S(1000) / 100;
    scene.options.host_rate.interval_ps = S(1000) / 50;
    scene_checks(&scene, "10.0.0.1", 100);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(70)));
    virtual_net_descriptors(scene.net, 0, 2);
    scene_run(&scene);
    for (size_t i = 0; i < 100; i++)
        scene_expect(&scene, i, TCPCHECK_OPEN);
    for (uint32_t i = 1; i < virtual_net_start_count(scene.net); i++)
        assert_true(scene_started_ns(&scene, i) - scene_started_ns(&scene, i - 1) >= MS(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_shortage_is_no_outcome_while_others_are_open),
        CLAIM(those_that_found_none_go_first_in_their_order),
        CLAIM(waiting_for_a_descriptor_does_not_use_up_the_deadline),
        CLAIM(a_closing_connection_is_ended_to_make_room),
        CLAIM(an_attempt_with_another_address_in_flight_goes_on),
        CLAIM(at_the_deadline_a_shortage_gives_way_to_silence),
        CLAIM(with_nothing_open_it_is_our_resources_at_the_deadline),
        CLAIM(with_nothing_open_all_that_wait_end_by_their_deadlines),
        CLAIM(with_nothing_open_it_is_tried_again_now_and_then),
        CLAIM(once_descriptors_are_free_again_all_are_used_again_soon),
        CLAIM(a_shortage_that_is_over_wakes_nobody),
        CLAIM(a_shortage_that_lasts_costs_few_vain_attempts),
        CLAIM(a_shortage_that_ends_in_a_retry_is_over),
        CLAIM(other_shortages_of_the_kernel_are_treated_alike),
        CLAIM(a_shortage_in_connecting_is_an_outcome_and_holds_up_nobody),
        CLAIM(a_shortage_with_a_rate_keeps_the_rate),
    };
    return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
