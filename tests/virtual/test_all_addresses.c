/* Names of which more than one address matters: all at once, and the race of RFC 8305. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "core/rate.h"
#include "scene.h"

static struct scene scene;

static const char *const ipv4[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"};
static const char *const ipv6[] = {"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"};

/* A check, deadline 10 s, of a name whose addresses of one family, and then of the other, answer
 * so. */
static struct check *check_of(enum addresses addresses, const struct virtual_answer *six,
                              uint32_t six_count, const struct virtual_answer *four,
                              uint32_t four_count)
{
    struct virtual_lookup lookup = {.count = six_count + four_count};
    for (uint32_t i = 0; i < six_count; i++) {
        lookup.addresses[i] = ipv6[i];
        virtual_net_answer(scene.net, ipv6[i], six[i]);
    }
    for (uint32_t i = 0; i < four_count; i++) {
        lookup.addresses[six_count + i] = ipv4[i];
        virtual_net_answer(scene.net, ipv4[i], four[i]);
    }
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    struct check *check = scene_check(&scene, "db.test");
    check->addresses = (uint8_t)addresses;
    return check;
}

static struct check *all_of(const struct virtual_answer *four, uint32_t count)
{
    return check_of(ADDRESSES_ALL, NULL, 0, four, count);
}

static void expect_tried(uint32_t index, enum tcpcheck_outcome outcome, int64_t offset_ns,
                         int64_t wall_ns)
{
    const struct tried *tried = scene_tried(&scene, 0, 0, index);
    assert_int_equal(tried->outcome, outcome);
    assert_int_equal(tried->offset_ns, offset_ns);
    assert_int_equal(tried->wall_ns, wall_ns);
}

/* ---- all ----------------------------------------------------------------- */

static void all_start_together_and_each_has_its_end(void **state)
{
    const struct virtual_answer four[] = {opens_after(MS(9)), refuses_after(MS(5)), is_silent(),
                                          opens_after(MS(2))};
    (void)state;
    all_of(four, 4);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_tried(0, TCPCHECK_OPEN, 0, MS(9));
    expect_tried(1, TCPCHECK_REFUSED, 0, MS(5));
    expect_tried(2, TCPCHECK_TIMEOUT, 0, S(10));
    expect_tried(3, TCPCHECK_OPEN, 0, MS(2));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
}

static void all_that_begin_late_have_all_of_their_time(void **state)
{
    const struct virtual_answer four[] = {is_silent(), refuses_after(S(9)), opens_after(S(10))};
    (void)state;
    scene.net_options.begin_late_ns = S(3);
    scene_remake_net(&scene);
    all_of(four, 3);
    scene_run(&scene);
    expect_tried(0, TCPCHECK_TIMEOUT, 0, S(10));
    expect_tried(1, TCPCHECK_REFUSED, 0, S(9));
    expect_tried(2, TCPCHECK_OPEN, 0, S(10));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
    assert_int_equal(virtual_net_time(scene.net), S(13));
}

static void the_slowest_that_is_needed_is_the_response_time(void **state)
{
    const struct virtual_answer four[] = {opens_after(MS(9)), opens_after(MS(3)),
                                          opens_after(MS(5))};
    (void)state;
    all_of(four, 3);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(9));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(9));
}

static void enough_of_them_are_enough_and_all_are_told_of(void **state)
{
    const struct virtual_answer four[] = {opens_after(MS(9)), is_silent(), opens_after(MS(5))};
    (void)state;
    all_of(four, 3)->require = 2;
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(9));
    expect_tried(1, TCPCHECK_TIMEOUT, 0, S(10));
}

static void while_they_wait_for_the_rate_the_clock_stands_still(void **state)
{
    const struct virtual_answer four[] = {opens_after(MS(1)), opens_after(MS(1)),
                                          refuses_after(MS(1)), opens_after(MS(1))};
    (void)state;
    scene.options.rate.interval_ps = S(1000) * 4;
    all_of(four, 4)->timeout_ns = S(2);
    scene_run(&scene);
    /* While nothing is in the air the clock stands still, so all of them get to start. */
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 4);
}

static void one_that_never_started_for_another_that_is_silent_is_told_of_as_cancelled(void **state)
{
    const struct virtual_answer four[] = {is_silent(), opens_after(MS(1))};
    (void)state;
    scene.options.rate.interval_ps = S(1000) * 60;
    all_of(four, 2)->require = 1;
    scene_run(&scene);
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 2);
    expect_tried(0, TCPCHECK_TIMEOUT, 0, S(10));
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->outcome, TCPCHECK_CANCELLED);
    /* It might have opened. */
    scene_expect(&scene, 0, TCPCHECK_CANCELLED);
    assert_int_equal(scene_result(&scene, 0)->verdict, TCPCHECK_UNKNOWN);
}

static void all_are_tried_again_in_the_next_attempt(void **state)
{
    const struct virtual_answer answers[] = {refuses_after(MS(1)), opens_after(MS(1))};
    const struct virtual_answer four[] = {opens_after(MS(3))};
    struct virtual_lookup lookup = {.count = 2, .addresses = {"10.0.0.1", "10.0.0.9"}};
    (void)state;
    virtual_net_answer(scene.net, "10.0.0.1", four[0]);
    virtual_net_answers(scene.net, "10.0.0.9", 0, answers, 2);
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    struct check *check = scene_check(&scene, "db.test");
    check->addresses = ADDRESSES_ALL;
    check->attempts = 3;
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->attempt_count, 2);
    assert_int_equal(scene_attempt(&scene, 0, 1)->tried_count, 2);
}

static void each_of_them_is_held(void **state)
{
    const struct virtual_answer four[] = {opens_after(MS(5)), opens_until(MS(3), HOLD_RESET, S(1)),
                                          opens_after(S(9))};
    (void)state;
    all_of(four, 3)->hold_ns = S(2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_RESET_EARLY);
    expect_tried(0, TCPCHECK_OPEN, 0, S(2) + MS(5));
    expect_tried(1, TCPCHECK_RESET_EARLY, 0, S(1) + MS(3));
    expect_tried(2, TCPCHECK_OPEN, 0, S(11));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(11));
}

/* ---- race ---------------------------------------------------------------- */

static void families_take_turns_a_quarter_of_a_second_apart(void **state)
{
    const struct virtual_answer six[] = {is_silent(), is_silent(), is_silent()};
    const struct virtual_answer four[] = {is_silent(), is_silent()};
    (void)state;
    check_of(ADDRESSES_RACE, six, 3, four, 2)->timeout_ns = S(2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    static const uint8_t families[] = {FAMILY_IPV6, FAMILY_IPV4, FAMILY_IPV6, FAMILY_IPV4,
                                       FAMILY_IPV6};
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(scene_tried(&scene, 0, 0, i)->address.family, families[i]);
        expect_tried(i, TCPCHECK_TIMEOUT, MS(250) * i, S(2) - MS(250) * i);
    }
}

static void the_winner_is_reported_and_so_is_the_loser(void **state)
{
    const struct virtual_answer six[] = {opens_after(MS(700))};
    const struct virtual_answer four[] = {opens_after(MS(20))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 1, four, 1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(result_decisive(scene_result(&scene, 0))->address.family, FAMILY_IPV4);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(20));
    assert_int_equal(scene_result(&scene, 0)->notes, 0);
    expect_tried(0, TCPCHECK_OPEN, 0, MS(700));
    expect_tried(1, TCPCHECK_OPEN, MS(250), MS(20));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(700));
}

static void a_broken_family_is_not_hidden_by_the_other(void **state)
{
    const struct virtual_answer six[] = {is_silent(), opens_after(MS(1))};
    const struct virtual_answer four[] = {opens_after(MS(20)), opens_after(MS(20))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 2, four, 2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    /* The race is won at 270 ms: the second address of each family is not needed any more. */
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 2);
    expect_tried(0, TCPCHECK_TIMEOUT, 0, S(10));
    assert_int_equal(scene_result(&scene, 0)->notes, 1U << NOTE_IPV6_FAILED);
}

static void a_family_that_had_no_turn_gets_one_after_the_race(void **state)
{
    const struct virtual_answer six[] = {opens_after(MS(5)), opens_after(MS(1))};
    const struct virtual_answer four[] = {refuses_after(MS(20)), opens_after(MS(20))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 2, four, 2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 2);
    expect_tried(0, TCPCHECK_OPEN, 0, MS(5));
    expect_tried(1, TCPCHECK_REFUSED, MS(5), MS(20));
    assert_int_equal(scene_result(&scene, 0)->notes, 1U << NOTE_IPV4_FAILED);
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(5));
}

static void the_next_starts_at_once_when_the_latest_fails(void **state)
{
    const struct virtual_answer six[] = {refuses_after(MS(5)), refuses_after(MS(5))};
    const struct virtual_answer four[] = {refuses_after(MS(5)), refuses_after(MS(5))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 2, four, 2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    for (uint32_t i = 0; i < 4; i++)
        expect_tried(i, TCPCHECK_REFUSED, MS(5) * i, MS(5));
}

static void a_loser_that_opens_too_late_has_failed(void **state)
{
    const struct virtual_answer six[] = {opens_after(S(3))};
    const struct virtual_answer four[] = {opens_after(MS(20))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 1, four, 1)->timeout_ns = S(2);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_TIMEOUT, 0, S(2));
    assert_int_equal(scene_result(&scene, 0)->notes, 1U << NOTE_IPV6_FAILED);
}

static void a_family_that_we_have_no_route_to_has_not_failed(void **state)
{
    const struct virtual_answer six[] = {fails_at(OBSERVED_CONNECT, ENETUNREACH)};
    const struct virtual_answer four[] = {opens_after(MS(20))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 1, four, 1);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_NO_ROUTE, 0, 0);
    expect_tried(1, TCPCHECK_OPEN, 0, MS(20));
    assert_int_equal(scene_result(&scene, 0)->notes, 0);
}

static void the_racers_are_held(void **state)
{
    const struct virtual_answer six[] = {opens_until(MS(5), HOLD_RESET, MS(100))};
    const struct virtual_answer four[] = {opens_after(MS(20))};
    (void)state;
    check_of(ADDRESSES_RACE, six, 1, four, 1)->hold_ns = S(1);
    scene_run(&scene);
    /* Who connects so has the connection that was reset. */
    scene_expect(&scene, 0, TCPCHECK_RESET_EARLY);
    expect_tried(1, TCPCHECK_OPEN, MS(5), S(1) + MS(20));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(1) + MS(25));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(all_start_together_and_each_has_its_end),
        CLAIM(all_that_begin_late_have_all_of_their_time),
        CLAIM(the_slowest_that_is_needed_is_the_response_time),
        CLAIM(enough_of_them_are_enough_and_all_are_told_of),
        CLAIM(while_they_wait_for_the_rate_the_clock_stands_still),
        CLAIM(one_that_never_started_for_another_that_is_silent_is_told_of_as_cancelled),
        CLAIM(all_are_tried_again_in_the_next_attempt),
        CLAIM(each_of_them_is_held),
        CLAIM(families_take_turns_a_quarter_of_a_second_apart),
        CLAIM(the_winner_is_reported_and_so_is_the_loser),
        CLAIM(a_broken_family_is_not_hidden_by_the_other),
        CLAIM(a_family_that_had_no_turn_gets_one_after_the_race),
        CLAIM(the_next_starts_at_once_when_the_latest_fails),
        CLAIM(a_loser_that_opens_too_late_has_failed),
        CLAIM(a_family_that_we_have_no_route_to_has_not_failed),
        CLAIM(the_racers_are_held),
    };
    return cmocka_run_group_tests_name("all_addresses", tests, NULL, NULL);
}
