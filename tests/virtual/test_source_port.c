/* Checks that share a source port towards one target: one after another. That never two of them
 * are open at once is checked by the virtual net at every start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

static struct check *check_from(uint16_t source_port, const char *host)
{
    struct check *check = scene_check(&scene, host);
    check->source_port = source_port;
    check->close = CLOSE_RESET;
    return check;
}

static void they_start_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        check_from(5000, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 1);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(scene.order[i], i);
        assert_int_equal(scene_started_ns(&scene, i), i * MS(10));
    }
}

static void waiting_for_it_is_not_their_time(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        check_from(5000, "10.0.0.1")->timeout_ns = MS(500);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(400)));
    scene_run(&scene);
    for (size_t i = 0; i < 5; i++) {
        scene_expect(&scene, i, TCPCHECK_OPEN);
        assert_int_equal(scene_result(&scene, i)->total_time_ns, MS(400));
        assert_int_equal(scene_result(&scene, i)->held_ns, (int64_t)i * MS(400));
    }
}

static void other_targets_and_other_source_ports_do_not_wait(void **state)
{
    (void)state;
    check_from(5000, "10.0.0.1");
    check_from(5001, "10.0.0.1");
    check_from(5000, "10.0.0.2");
    check_from(5000, "10.0.0.1")->port = 81;
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    virtual_net_answer(scene.net, "10.0.0.2", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 5);
    assert_int_equal(virtual_net_time(scene.net), MS(10));
}

static void a_graceful_close_holds_the_port_until_it_is_done(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        check_from(5000, "10.0.0.1")->close = CLOSE_GRACEFUL;
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(10), MS(200)));
    scene_run(&scene);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(scene_started_ns(&scene, i), i * MS(210));
    assert_int_equal(scene_result(&scene, 2)->total_time_ns, MS(10));
}

static void the_same_target_under_two_names_is_the_same_target(void **state)
{
    const struct virtual_lookup lookup = {.count = 1, .addresses = {"10.0.0.1"}};
    (void)state;
    check_from(5000, "10.0.0.1");
    check_from(5000, "db.test");
    check_from(5000, "::ffff:10.0.0.1");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(virtual_net_most_open(scene.net), 1);
    assert_int_equal(virtual_net_time(scene.net), MS(30));
}

static void a_silent_one_keeps_the_others_waiting_for_its_deadline(void **state)
{
    (void)state;
    const struct virtual_answer answers[] = {is_silent(), opens_after(MS(10))};
    check_from(5000, "10.0.0.1")->timeout_ns = S(2);
    check_from(5000, "10.0.0.1")->timeout_ns = S(1);
    virtual_net_answers(scene.net, "10.0.0.1", 0, answers, 2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    scene_expect(&scene, 1, TCPCHECK_OPEN);
    assert_int_equal(scene_started_ns(&scene, 1), S(2));
}

static void between_two_attempts_others_may_have_it(void **state)
{
    (void)state;
    check_from(5000, "10.0.0.1")->attempts = 2;
    check_from(5000, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(10)));
    scene_run(&scene);
    assert_int_equal(scene_started_ns(&scene, 1), MS(10));
    assert_int_equal(scene_started_ns(&scene, 2), S(1) + MS(10));
}

static void two_addresses_of_one_name_that_are_the_same_do_not_meet(void **state)
{
    const struct virtual_lookup lookup = {.count = 2, .addresses = {"10.0.0.1", "10.0.0.1"}};
    (void)state;
    check_from(5000, "db.test");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
    assert_int_equal(virtual_net_start_count(scene.net), 1);
}

static void many_that_share_and_many_that_do_not_all_end(void **state)
{
    uint64_t random = 11;
    (void)state;
    scene.options.concurrency = 300;
    for (int i = 0; i < 2000; i++) {
        bool is_first = virtual_random(&random, 2) == 0;
        struct check *check =
            check_from((uint16_t)virtual_random(&random, 4), is_first ? "10.0.0.1" : "10.0.0.2");
        check->port = (uint16_t)(80 + virtual_random(&random, 3));
        check->close = (uint8_t)virtual_random(&random, 2);
        check->timeout_ns = MS(50);
    }
    virtual_net_answer(scene.net, "10.0.0.1", opens_and_closes(MS(3), MS(2)));
    scene_run(&scene);
    for (size_t i = 0; i < 2000; i++)
        scene_expect(&scene, i,
                     scene.source.checks[i].host[7] == '1' ? TCPCHECK_OPEN : TCPCHECK_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(they_start_in_the_order_in_which_they_came),
        CLAIM(waiting_for_it_is_not_their_time),
        CLAIM(other_targets_and_other_source_ports_do_not_wait),
        CLAIM(a_graceful_close_holds_the_port_until_it_is_done),
        CLAIM(the_same_target_under_two_names_is_the_same_target),
        CLAIM(a_silent_one_keeps_the_others_waiting_for_its_deadline),
        CLAIM(between_two_attempts_others_may_have_it),
        CLAIM(two_addresses_of_one_name_that_are_the_same_do_not_meet),
        CLAIM(many_that_share_and_many_that_do_not_all_end),
    };
    return cmocka_run_group_tests_name("source_port", tests, NULL, NULL);
}
