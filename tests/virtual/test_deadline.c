/* One deadline an attempt, and a loop that comes late to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

/* A check with a deadline of 5 s towards an address that answers so. */
static void check_meets(struct virtual_answer answer)
{
    scene_check(&scene, "10.0.0.1")->timeout_ns = S(5);
    virtual_net_answer(scene.net, "10.0.0.1", answer);
}

static void check_of_name(struct virtual_lookup lookup)
{
    scene_check(&scene, "db.test")->timeout_ns = S(5);
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
}

static void silence_ends_at_the_deadline(void **state)
{
    (void)state;
    check_meets(is_silent());
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(virtual_net_time(scene.net), S(5));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, S(5));
    assert_int_equal(scene_attempt(&scene, 0, 0)->phase, PHASE_CONNECT);
}

static void an_answer_at_the_deadline_is_in_time(void **state)
{
    (void)state;
    check_meets(opens_after(S(5)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
}

static void an_answer_a_nanosecond_later_is_not(void **state)
{
    (void)state;
    check_meets(opens_after(S(5) + 1));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(virtual_net_time(scene.net), S(5));
}

static void a_stalled_loop_turns_no_answer_in_time_into_a_timeout(void **state)
{
    (void)state;
    check_meets(opens_after(S(5) - MS(1)));
    virtual_net_stall(scene.net, S(4), MS(1200));
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), MS(5200));
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(4999));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(4999));
}

static void handshakes_begin_late(int64_t late_ns)
{
    scene.net_options.begin_late_ns = late_ns;
    scene_remake_net(&scene);
}

static void the_time_before_a_handshake_began_is_not_the_attempts(void **state)
{
    (void)state;
    handshakes_begin_late(S(2));
    check_meets(opens_after(S(5)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_time(scene.net), S(7));
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, S(5));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
}

static void a_handshake_that_began_late_has_its_time_and_no_more(void **state)
{
    (void)state;
    handshakes_begin_late(S(2));
    check_meets(opens_after(S(5) + 1));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(virtual_net_time(scene.net), S(7));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, S(5));
}

static void a_handshake_later_than_its_deadline_begins_nevertheless(void **state)
{
    (void)state;
    handshakes_begin_late(S(20));
    check_meets(refuses_after(S(1)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    assert_int_equal(virtual_net_time(scene.net), S(21));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(1));
}

static void what_opened_too_late_is_a_timeout_even_if_it_is_seen_first(void **state)
{
    (void)state;
    check_meets(opens_and_closes(S(5) + MS(50), MS(100)));
    virtual_net_stall(scene.net, S(4), MS(1200));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, S(5));
    assert_false(scene_result(&scene, 0)->is_connected);
}

static void a_refusal_that_comes_too_late_is_a_refusal_still(void **state)
{
    (void)state;
    check_meets(refuses_after(S(5) + MS(50)));
    virtual_net_stall(scene.net, S(4), MS(1200));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(5050));
}

static void a_retry_after_a_stall_starts_at_once_and_not_before_its_delay(void **state)
{
    (void)state;
    check_meets(refuses_after(MS(10)));
    scene.source.checks[0].attempts = 2;
    scene.source.checks[0].retry_delay_ns = MS(100);
    virtual_net_stall(scene.net, MS(5), MS(300));
    scene_run(&scene);
    assert_int_equal(scene_started_ns(&scene, 1), MS(305));
    assert_int_equal(scene_attempt(&scene, 0, 0)->wall_ns, MS(10));
}

/* The answer is there, but nothing has been heard of it when the deadline comes. */
static struct virtual_answer unheard(struct virtual_answer answer)
{
    answer.unheard_ns = S(1);
    return answer;
}

static void before_a_timeout_is_declared_the_kernel_is_asked(void **state)
{
    (void)state;
    check_meets(unheard(opens_after(S(5))));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_time(scene.net), S(5));
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, S(5));
}

static void the_kernel_is_asked_for_a_refusal_as_well(void **state)
{
    (void)state;
    check_meets(unheard(refuses_after(S(4) + MS(500))));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(4) + MS(500));
}

static void what_the_kernel_says_opened_too_late_is_a_timeout(void **state)
{
    (void)state;
    check_meets(unheard(opens_after(S(5) + MS(50))));
    virtual_net_stall(scene.net, S(4), MS(1200));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
}

static void resolution_takes_from_the_same_deadline(void **state)
{
    (void)state;
    check_of_name((struct virtual_lookup){.after_ns = S(3), .count = 1, .addresses = {"10.0.0.1"}});
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, S(2));
}

static void a_silent_name_server_is_a_dns_timeout_at_the_deadline(void **state)
{
    (void)state;
    check_of_name((struct virtual_lookup){.after_ns = INT64_MAX});
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_DNS_TIMEOUT);
    assert_int_equal(scene_attempt(&scene, 0, 0)->phase, PHASE_RESOLVE);
    assert_int_equal(scene_attempt(&scene, 0, 0)->dns_time_ns, S(5));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
    assert_int_equal(virtual_net_start_count(scene.net), 0);
}

static void a_name_resolved_too_late_is_a_dns_timeout(void **state)
{
    (void)state;
    check_of_name(
        (struct virtual_lookup){.after_ns = S(5) + MS(50), .count = 1, .addresses = {"10.0.0.1"}});
    virtual_net_stall(scene.net, S(4), MS(1200));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_DNS_TIMEOUT);
    assert_int_equal(scene_attempt(&scene, 0, 0)->dns_time_ns, S(5));
}

static void an_answer_that_there_is_no_such_name_counts_however_late(void **state)
{
    (void)state;
    check_of_name(
        (struct virtual_lookup){.after_ns = S(5) + MS(50), .failure = TCPCHECK_DNS_NXDOMAIN});
    virtual_net_stall(scene.net, S(4), MS(1200));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_DNS_NXDOMAIN);
}

static void a_stall_after_the_resolution_takes_no_time_from_the_connection(void **state)
{
    (void)state;
    check_of_name((struct virtual_lookup){.after_ns = S(1), .count = 1, .addresses = {"10.0.0.1"}});
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(S(4)));
    virtual_net_stall(scene.net, MS(500), S(30));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->held_ns, MS(29500));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(5));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->offset_ns, S(1));
}

static void addresses_of_one_family_known_at_the_deadline_are_tried(void **state)
{
    (void)state;
    check_of_name((struct virtual_lookup){
        .after_ns = INT64_MAX, .known_after_ns = S(3), .count = 1, .addresses = {"10.0.0.1"}});
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(S(1)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(4));
}

static void a_lookup_that_claims_to_have_addresses_and_has_none_is_our_error(void **state)
{
    (void)state;
    check_of_name((struct virtual_lookup){.after_ns = MS(1), .is_hollow = true});
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_INTERNAL);
}

static void wake_ups_without_a_reason_change_nothing(void **state)
{
    (void)state;
    scene.net_options.spurious_percent = 80;
    scene_remake_net(&scene);
    check_meets(is_silent());
    scene.source.checks[0].attempts = 2;
    scene_run(&scene);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(11));
    assert_int_equal(scene_started_ns(&scene, 1), S(6));
}

static void the_time_that_starting_takes_is_nobodys(void **state)
{
    (void)state;
    scene.net_options.connect_cost_ns = MS(1);
    scene_remake_net(&scene);
    for (int i = 0; i < 200; i++) {
        scene_check(&scene, "10.0.0.1")->timeout_ns = MS(100);
        scene_check(&scene, "10.0.0.2")->timeout_ns = MS(100);
    }
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(99)));
    scene_run(&scene);
    for (size_t i = 0; i < 400; i += 2) {
        scene_expect(&scene, i, TCPCHECK_OPEN);
        assert_int_equal(scene_result(&scene, i)->total_time_ns, MS(99));
        scene_expect(&scene, i + 1, TCPCHECK_TIMEOUT);
        assert_int_equal(scene_result(&scene, i + 1)->total_time_ns, MS(100));
    }
}

static void more_answers_than_a_step_hears_are_all_heard_before_their_deadlines(void **state)
{
    (void)state;
    scene.options.concurrency = 3000;
    for (int i = 0; i < 3000; i++)
        scene_check(&scene, "10.0.0.1")->timeout_ns = S(5);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(S(5)));
    virtual_net_stall(scene.net, S(1), S(5));
    scene_run(&scene);
    for (size_t i = 0; i < 3000; i++)
        scene_expect(&scene, i, TCPCHECK_REFUSED);
}

static void more_deadlines_than_a_step_handles_are_all_kept(void **state)
{
    (void)state;
    scene.options.concurrency = 3000;
    for (int i = 0; i < 3000; i++)
        scene_check(&scene, "10.0.0.1")->timeout_ns = S(5);
    scene_run(&scene);
    for (size_t i = 0; i < 3000; i++) {
        scene_expect(&scene, i, TCPCHECK_TIMEOUT);
        assert_int_equal(scene_result(&scene, i)->total_time_ns, S(5));
    }
    assert_int_equal(virtual_net_time(scene.net), S(5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(silence_ends_at_the_deadline),
        CLAIM(an_answer_at_the_deadline_is_in_time),
        CLAIM(an_answer_a_nanosecond_later_is_not),
        CLAIM(a_stalled_loop_turns_no_answer_in_time_into_a_timeout),
        CLAIM(the_time_before_a_handshake_began_is_not_the_attempts),
        CLAIM(a_handshake_that_began_late_has_its_time_and_no_more),
        CLAIM(a_handshake_later_than_its_deadline_begins_nevertheless),
        CLAIM(what_opened_too_late_is_a_timeout_even_if_it_is_seen_first),
        CLAIM(a_refusal_that_comes_too_late_is_a_refusal_still),
        CLAIM(a_retry_after_a_stall_starts_at_once_and_not_before_its_delay),
        CLAIM(before_a_timeout_is_declared_the_kernel_is_asked),
        CLAIM(the_kernel_is_asked_for_a_refusal_as_well),
        CLAIM(what_the_kernel_says_opened_too_late_is_a_timeout),
        CLAIM(more_answers_than_a_step_hears_are_all_heard_before_their_deadlines),
        CLAIM(more_deadlines_than_a_step_handles_are_all_kept),
        CLAIM(resolution_takes_from_the_same_deadline),
        CLAIM(a_silent_name_server_is_a_dns_timeout_at_the_deadline),
        CLAIM(a_name_resolved_too_late_is_a_dns_timeout),
        CLAIM(an_answer_that_there_is_no_such_name_counts_however_late),
        CLAIM(a_stall_after_the_resolution_takes_no_time_from_the_connection),
        CLAIM(addresses_of_one_family_known_at_the_deadline_are_tried),
        CLAIM(a_lookup_that_claims_to_have_addresses_and_has_none_is_our_error),
        CLAIM(wake_ups_without_a_reason_change_nothing),
        CLAIM(the_time_that_starting_takes_is_nobodys),
    };
    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
