/* Attempts of one check: when they start, and when they stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

static struct check *check_with_attempts(const char *host, uint16_t attempts, int64_t delay_ns)
{
    struct check *check = scene_check(&scene, host);
    check->attempts = attempts;
    check->retry_delay_ns = delay_ns;
    return check;
}

static void an_open_port_is_open_after_its_handshake(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(7)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    const struct result *result = scene_result(&scene, 0);
    assert_true(result->is_success);
    assert_true(result->is_connected);
    assert_int_equal(result->response_time_ns, MS(7));
    assert_int_equal(result->total_time_ns, MS(7));
    assert_int_equal(result->held_ns, 0);
    assert_int_equal(result->attempt_count, 1);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->address.port, 80);
}

static void the_time_of_a_handshake_is_the_kernels_unless_a_syn_was_repeated(void **state)
{
    struct virtual_answer answer = opens_after(MS(7));
    (void)state;
    answer.noticed_ns = MS(2);
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", answer);
    answer.is_repeated = true;
    scene_check(&scene, "10.0.0.2");
    virtual_net_answer(scene.net, "10.0.0.2", answer);
    virtual_net_stall(scene.net, MS(7), MS(2));
    scene_run(&scene);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(7));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->wall_ns, MS(9));
    assert_int_equal(scene_result(&scene, 1)->response_time_ns, MS(9));
    assert_int_equal(scene_tried(&scene, 1, 0, 0)->syn_retransmits, 1);
    assert_int_equal(scene_result(&scene, 1)->notes, 1 << NOTE_CLOCK_MS);
}

static void a_refusal_is_tried_once_by_default(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(3)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    assert_int_equal(virtual_net_start_count(scene.net), 1);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(3));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->error, ECONNREFUSED);
}

static void a_retry_starts_its_delay_after_the_last_attempt_ended(void **state)
{
    (void)state;
    check_with_attempts("10.0.0.1", 4, S(2));
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(30)));
    scene_run(&scene);
    assert_int_equal(virtual_net_start_count(scene.net), 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(scene_started_ns(&scene, i), i * MS(2030));
        assert_int_equal(scene_attempt(&scene, 0, i)->offset_ns, i * MS(2030));
        assert_int_equal(scene_attempt(&scene, 0, i)->wall_ns, MS(30));
    }
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, 3 * MS(2030) + MS(30));
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, 3 * MS(2030) + MS(30));
}

static void each_attempt_has_a_deadline_of_its_own(void **state)
{
    (void)state;
    check_with_attempts("10.0.0.1", 3, S(1))->timeout_ns = S(5);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(scene_started_ns(&scene, i), i * S(6));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(17));
}

static void attempts_stop_at_the_first_that_opens(void **state)
{
    const struct virtual_answer answers[] = {refuses_after(MS(1)), is_silent(),
                                             opens_after(MS(20))};
    (void)state;
    check_with_attempts("10.0.0.1", 10, S(1))->timeout_ns = S(4);
    virtual_net_answers(scene.net, "10.0.0.1", 0, answers, 3);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    const struct result *result = scene_result(&scene, 0);
    assert_int_equal(result->attempt_count, 3);
    assert_int_equal(result->response_time_ns, MS(20));
    assert_int_equal(result->total_time_ns, MS(1) + S(1) + S(4) + S(1) + MS(20));
    assert_int_equal(result->attempts[0].outcome, TCPCHECK_REFUSED);
    assert_int_equal(result->attempts[1].outcome, TCPCHECK_TIMEOUT);
}

static void attempts_go_on_until_the_refusal_that_was_expected(void **state)
{
    const struct virtual_answer answers[] = {opens_after(MS(1)), refuses_after(MS(3))};
    (void)state;
    check_with_attempts("10.0.0.1", 10, S(1))->expect = EXPECT_REFUSED;
    virtual_net_answers(scene.net, "10.0.0.1", 0, answers, 2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    assert_true(scene_result(&scene, 0)->is_success);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(3));
    assert_int_equal(virtual_net_start_count(scene.net), 2);
}

static void a_cause_that_stays_is_not_tried_again(void **state)
{
    (void)state;
    check_with_attempts("10.0.0.1", 5, S(1));
    virtual_net_answer(scene.net, "10.0.0.1", fails_at(OBSERVED_CONNECT, EACCES));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_PERMISSION);
    assert_int_equal(virtual_net_start_count(scene.net), 1);
}

static void where_it_ended_decides_what_an_errno_means(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1")->source_port = 4000;
    scene_check(&scene, "10.0.0.2");
    scene_check(&scene, "10.0.0.3");
    virtual_net_answer(scene.net, "10.0.0.1", fails_at(OBSERVED_BIND, EADDRINUSE));
    virtual_net_answer(scene.net, "10.0.0.2", fails_at(OBSERVED_CONNECT, ENETUNREACH));
    virtual_net_answer(scene.net, "10.0.0.3", unreachable_after(MS(2), 13));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_SOURCE_PORT_BUSY);
    scene_expect(&scene, 1, TCPCHECK_NO_ROUTE);
    scene_expect(&scene, 2, TCPCHECK_FILTERED);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->phase, PHASE_BIND);
    assert_int_equal(scene_tried(&scene, 2, 0, 0)->icmp.code, 13);
}

static void without_a_delay_the_next_attempt_starts_at_once(void **state)
{
    (void)state;
    check_with_attempts("10.0.0.1", 1000, 0);
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    scene_run(&scene);
    assert_int_equal(virtual_net_start_count(scene.net), 1000);
    assert_int_equal(scene_result(&scene, 0)->attempt_kept, 1000);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, 0);
}

static void attempts_without_end_keep_the_last_one_only(void **state)
{
    const struct virtual_answer answers[] = {refuses_after(MS(1)), is_silent(),
                                             fails_at(OBSERVED_CONNECT, EACCES),
                                             refuses_after(MS(1)), opens_after(MS(4))};
    (void)state;
    scene.options.is_endless = true;
    check_with_attempts("10.0.0.1", 1, S(1))->timeout_ns = S(1);
    virtual_net_answers(scene.net, "10.0.0.1", 0, answers, 5);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    const struct result *result = scene_result(&scene, 0);
    assert_int_equal(result->attempt_count, 5);
    assert_int_equal(result->attempt_kept, 1);
    assert_int_equal(result->tried_count, 1);
    assert_int_equal(result->attempts[0].offset_ns, MS(2) + S(1) + S(4));
}

static void a_literal_asks_no_name_server(void **state)
{
    (void)state;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "fe80::1%3");
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(1)));
    virtual_net_answer(scene.net, "fe80::1%3", opens_after(MS(1)));
    scene_step(&scene, VIRTUAL_EPOCH_NS);
    assert_int_equal(virtual_net_lookup_count(scene.net), 0);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    scene_expect(&scene, 1, TCPCHECK_OPEN);
    assert_false(scene_attempt(&scene, 0, 0)->has_resolved);
}

static void a_zone_by_name_is_for_the_resolver(void **state)
{
    const struct virtual_lookup lookup = {.after_ns = 0, .count = 1, .addresses = {"fe80::1%2"}};
    (void)state;
    scene_check(&scene, "fe80::1%eth0");
    virtual_net_lookups(scene.net, "fe80::1%eth0", &lookup, 1);
    virtual_net_answer(scene.net, "fe80::1%2", opens_after(MS(1)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->address.scope, 2);
    assert_false(scene_attempt(&scene, 0, 0)->has_resolved);
}

static void an_unspecified_address_is_this_host(void **state)
{
    (void)state;
    scene_check(&scene, "0.0.0.0");
    scene_check(&scene, "::");
    scene_check(&scene, "::ffff:10.0.0.1");
    virtual_net_answer(scene.net, "127.0.0.1", refuses_after(0));
    virtual_net_answer(scene.net, "::1", refuses_after(0));
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(0));
    scene_run(&scene);
    for (size_t i = 0; i < 3; i++)
        scene_expect(&scene, i, TCPCHECK_REFUSED);
    assert_int_equal(scene_tried(&scene, 2, 0, 0)->address.family, FAMILY_IPV4);
}

static void resolution_is_no_part_of_the_response_time(void **state)
{
    const struct virtual_lookup lookup = {
        .after_ns = MS(40), .count = 1, .notes = 1 << NOTE_IPV6_FAILED, .addresses = {"10.0.0.1"}};
    (void)state;
    scene_check(&scene, "db.test");
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(5)));
    scene_run(&scene);
    const struct result *result = scene_result(&scene, 0);
    assert_int_equal(result->response_time_ns, MS(5));
    assert_int_equal(result->total_time_ns, MS(45));
    assert_true(scene_attempt(&scene, 0, 0)->has_resolved);
    assert_int_equal(scene_attempt(&scene, 0, 0)->dns_time_ns, MS(40));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->offset_ns, MS(40));
    assert_int_equal(result->notes, 1 << NOTE_IPV6_FAILED);
}

static void a_name_that_is_not_found_is_asked_for_again(void **state)
{
    const struct virtual_lookup lookups[] = {
        {.after_ns = MS(10), .failure = TCPCHECK_DNS_NXDOMAIN},
        {.after_ns = MS(10), .failure = TCPCHECK_DNS_SERVFAIL},
        {.after_ns = MS(10), .count = 1, .addresses = {"10.0.0.1"}},
    };
    (void)state;
    check_with_attempts("db.test", 3, S(1));
    virtual_net_lookups(scene.net, "db.test", lookups, 3);
    virtual_net_answer(scene.net, "10.0.0.1", opens_after(MS(5)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_attempt(&scene, 0, 0)->outcome, TCPCHECK_DNS_NXDOMAIN);
    assert_int_equal(scene_attempt(&scene, 0, 0)->phase, PHASE_RESOLVE);
    assert_int_equal(scene_attempt(&scene, 0, 0)->decided_by, -1);
    assert_int_equal(scene_attempt(&scene, 0, 1)->outcome, TCPCHECK_DNS_SERVFAIL);
    assert_int_equal(scene_attempt(&scene, 0, 2)->offset_ns, 2 * (S(1) + MS(10)));
}

/* Each address tried gets what the check was given, at every attempt. */
static void what_a_check_was_given_goes_with_each_connection(void **state)
{
    const struct virtual_answer answers[] = {refuses_after(MS(1)), opens_after(MS(1))};
    struct check *check = scene_check(&scene, "10.0.0.1");
    (void)state;
    check->attempts = 2;
    check->interface = "eth7";
    check->handshake = HANDSHAKE_HALF_OPEN;
    check->close = CLOSE_RESET;
    scene_check(&scene, "10.0.0.2");
    virtual_net_answers(scene.net, "10.0.0.1", 0, answers, 2);
    virtual_net_answer(scene.net, "10.0.0.2", opens_after(MS(1)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_start_count(scene.net), 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct virtual_start *start = virtual_net_start(scene.net, i);
        bool is_first = start->address.bytes[3] == 1;
        assert_int_equal(start->options.handshake, is_first ? HANDSHAKE_HALF_OPEN : HANDSHAKE_FULL);
        assert_int_equal(start->options.close, is_first ? CLOSE_RESET : CLOSE_GRACEFUL);
        if (is_first)
            assert_string_equal(start->options.interface, "eth7");
        else
            assert_null(start->options.interface);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(an_open_port_is_open_after_its_handshake),
        CLAIM(the_time_of_a_handshake_is_the_kernels_unless_a_syn_was_repeated),
        CLAIM(a_refusal_is_tried_once_by_default),
        CLAIM(a_retry_starts_its_delay_after_the_last_attempt_ended),
        CLAIM(each_attempt_has_a_deadline_of_its_own),
        CLAIM(attempts_stop_at_the_first_that_opens),
        CLAIM(attempts_go_on_until_the_refusal_that_was_expected),
        CLAIM(a_cause_that_stays_is_not_tried_again),
        CLAIM(where_it_ended_decides_what_an_errno_means),
        CLAIM(without_a_delay_the_next_attempt_starts_at_once),
        CLAIM(attempts_without_end_keep_the_last_one_only),
        CLAIM(a_literal_asks_no_name_server),
        CLAIM(a_zone_by_name_is_for_the_resolver),
        CLAIM(an_unspecified_address_is_this_host),
        CLAIM(resolution_is_no_part_of_the_response_time),
        CLAIM(a_name_that_is_not_found_is_asked_for_again),
        CLAIM(what_a_check_was_given_goes_with_each_connection),
    };
    return cmocka_run_group_tests_name("attempts", tests, NULL, NULL);
}
