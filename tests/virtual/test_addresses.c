/* Several addresses of one name in one attempt: when each starts, and which one speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

static struct scene scene;

static const char *const addresses[RESOLVED_ADDRESSES_MAX] = {
    "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6",
};

/* A check, deadline 10 s, of a name whose addresses answer so. */
static struct check *check_of(const struct virtual_answer *answers, uint32_t count)
{
    struct virtual_lookup lookup = {.count = count};
    for (uint32_t i = 0; i < count; i++) {
        lookup.addresses[i] = addresses[i];
        virtual_net_answer(scene.net, addresses[i], answers[i]);
    }
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    return scene_check(&scene, "db.test");
}

#define CHECK_OF(...)                                      \
    check_of((const struct virtual_answer[]){__VA_ARGS__}, \
             sizeof((const struct virtual_answer[]){__VA_ARGS__}) / sizeof(struct virtual_answer))

static void expect_tried(uint32_t index, enum tcpcheck_outcome outcome, int64_t offset_ns,
                         int64_t wall_ns)
{
    const struct tried *tried = scene_tried(&scene, 0, 0, index);
    assert_int_equal(tried->outcome, outcome);
    assert_int_equal(tried->offset_ns, offset_ns);
    assert_int_equal(tried->wall_ns, wall_ns);
    assert_int_equal(tried->address.bytes[3], index + 1);
}

static void expect_tried_count(uint32_t count)
{
    assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, count);
    assert_int_equal(virtual_net_start_count(scene.net), count);
}

static void the_first_that_opens_is_enough(void **state)
{
    (void)state;
    CHECK_OF(opens_after(MS(5)), opens_after(MS(1)));
    scene_run(&scene);
    expect_tried_count(1);
    expect_tried(0, TCPCHECK_OPEN, 0, MS(5));
}

static void the_next_starts_at_once_when_one_fails(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(MS(5)), refuses_after(MS(7)), opens_after(MS(9)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried_count(3);
    expect_tried(0, TCPCHECK_REFUSED, 0, MS(5));
    expect_tried(1, TCPCHECK_REFUSED, MS(5), MS(7));
    expect_tried(2, TCPCHECK_OPEN, MS(12), MS(9));
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(9));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(21));
    assert_int_equal(result_decisive(scene_result(&scene, 0))->address.bytes[3], 3);
}

static void silence_keeps_the_next_waiting_for_its_share_of_the_time(void **state)
{
    (void)state;
    CHECK_OF(is_silent(), is_silent(), is_silent(), is_silent());
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    expect_tried_count(4);
    for (uint32_t i = 0; i < 4; i++)
        expect_tried(i, TCPCHECK_TIMEOUT, i * MS(2500), S(10) - i * MS(2500));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
}

static void the_share_is_no_less_than_a_second_and_a_half(void **state)
{
    (void)state;
    CHECK_OF(is_silent(), is_silent(), is_silent(), is_silent())->timeout_ns = S(4);
    scene_run(&scene);
    expect_tried_count(3);
    expect_tried(1, TCPCHECK_TIMEOUT, MS(1500), MS(2500));
    expect_tried(2, TCPCHECK_TIMEOUT, MS(3000), MS(1000));
}

static void a_short_deadline_leaves_the_first_address_alone(void **state)
{
    (void)state;
    CHECK_OF(is_silent(), opens_after(MS(1)))->timeout_ns = MS(1500);
    scene_run(&scene);
    expect_tried_count(1);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
}

static void an_earlier_address_may_still_win(void **state)
{
    (void)state;
    CHECK_OF(opens_after(MS(6000)), is_silent());
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_OPEN, 0, MS(6000));
    expect_tried(1, TCPCHECK_CANCELLED, MS(5000), MS(1000));
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(6000));
}

static void an_earlier_address_may_win_after_the_last_one_failed(void **state)
{
    (void)state;
    CHECK_OF(opens_after(MS(9000)), refuses_after(MS(1)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(9000));
    expect_tried(1, TCPCHECK_REFUSED, MS(5000), MS(1));
}

static void a_later_address_wins_and_the_earlier_one_is_ended(void **state)
{
    (void)state;
    CHECK_OF(is_silent(), opens_after(MS(20)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_CANCELLED, 0, MS(5020));
    expect_tried(1, TCPCHECK_OPEN, MS(5000), MS(20));
    assert_int_equal(scene_result(&scene, 0)->response_time_ns, MS(20));
    assert_int_equal(virtual_net_time(scene.net), MS(5020));
}

static void an_earlier_address_that_fails_starts_nobody(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(MS(4000)), is_silent(), opens_after(MS(1)));
    scene_run(&scene);
    /* 10 s for three: the second starts at 3,333.3 ms, the third when the second has had half of
     * what was left then. */
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_REFUSED, 0, MS(4000));
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->offset_ns, S(10) / 3);
    assert_int_equal(scene_tried(&scene, 0, 0, 2)->offset_ns, S(10) / 3 + (S(10) - S(10) / 3) / 2);
}

static void the_last_address_waits_for_the_deadline_and_not_for_a_share(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(MS(1)), opens_after(MS(9998)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(1, TCPCHECK_OPEN, MS(1), MS(9998));
}

static void the_strongest_evidence_speaks_for_the_attempt(void **state)
{
    (void)state;
    CHECK_OF(fails_at(OBSERVED_CONNECT, ENETUNREACH), is_silent(), unreachable_after(MS(5), 1),
             refuses_after(MS(5)), refuses_after(MS(5)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_tried_count(5);
    assert_int_equal(scene_attempt(&scene, 0, 0)->decided_by, 3);
    expect_tried(1, TCPCHECK_TIMEOUT, 0, S(10));
}

static void when_all_have_failed_nobody_waits_for_the_deadline(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(MS(5)), unreachable_after(MS(5), 1));
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), MS(10));
    assert_int_equal(scene_attempt(&scene, 0, 0)->wall_ns, MS(10));
}

static void a_cause_of_our_own_decides_only_if_all_met_one(void **state)
{
    (void)state;
    CHECK_OF(fails_at(OBSERVED_CONNECT, ENETUNREACH), fails_at(OBSERVED_CONNECT, EACCES));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_NO_ROUTE);
    expect_tried_count(2);
}

static void a_winner_that_is_closing_is_reported_before_it_is_closed(void **state)
{
    (void)state;
    CHECK_OF(is_silent(), opens_and_closes(MS(20), MS(800)));
    scene_run_until(&scene, MS(5020));
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_open_count(scene.net), 1);
    assert_int_equal(engine_active(scene.engine), 0);
    assert_false(engine_is_idle(scene.engine));
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), MS(5820));
}

static void of_two_that_opened_during_a_stall_the_first_has_won(void **state)
{
    (void)state;
    CHECK_OF(opens_after(MS(9500)), opens_after(MS(4400)));
    virtual_net_stall(scene.net, MS(9000), S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_CANCELLED, 0, MS(9400));
    expect_tried(1, TCPCHECK_OPEN, MS(5000), MS(4400));
}

static void of_two_that_the_kernel_knows_to_be_open_the_first_has_won(void **state)
{
    struct virtual_answer late = opens_after(MS(9500));
    struct virtual_answer early = opens_after(MS(4400));
    (void)state;
    late.unheard_ns = S(5);
    early.unheard_ns = S(5);
    CHECK_OF(late, early);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_CANCELLED, 0, MS(9500));
    expect_tried(1, TCPCHECK_OPEN, MS(5000), MS(4400));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(9400));
}

static void the_first_to_open_wins_in_whatever_order_they_started(void **state)
{
    struct virtual_answer early = opens_after(MS(9400));
    struct virtual_answer late = opens_after(MS(4500));
    (void)state;
    early.unheard_ns = S(5);
    late.unheard_ns = S(5);
    CHECK_OF(early, late);
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(0, TCPCHECK_OPEN, 0, MS(9400));
    expect_tried(1, TCPCHECK_CANCELLED, MS(5000), MS(4500));
}

static void the_kernels_last_word_on_one_address_is_kept_beside_the_silence_of_another(void **state)
{
    struct virtual_answer unheard = refuses_after(MS(4000));
    (void)state;
    unheard.unheard_ns = S(60);
    CHECK_OF(unheard, is_silent());
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_tried(0, TCPCHECK_REFUSED, 0, MS(4000));
    expect_tried(1, TCPCHECK_TIMEOUT, MS(5000), MS(5000));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
}

static void a_stall_between_two_addresses_takes_no_time_from_the_second(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(S(2)), opens_after(S(8)));
    virtual_net_stall(scene.net, S(1), S(60));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    expect_tried(1, TCPCHECK_OPEN, S(2), S(8));
    assert_int_equal(scene_result(&scene, 0)->held_ns, S(59));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(10));
}

static void after_a_refusal_past_the_deadline_no_address_starts(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(S(3)), opens_after(MS(1)))->timeout_ns = S(2);
    virtual_net_stall(scene.net, S(1), S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_tried_count(1);
}

static void at_the_deadline_all_are_asked_and_all_are_ended(void **state)
{
    (void)state;
    CHECK_OF(is_silent(), is_silent(), is_silent());
    scene_run(&scene);
    expect_tried_count(3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(scene_tried(&scene, 0, 0, i)->outcome, TCPCHECK_TIMEOUT);
    assert_int_equal(scene_attempt(&scene, 0, 0)->decided_by, 0);
}

static void all_of_sixty_four_addresses_are_tried(void **state)
{
    static char names[RESOLVED_ADDRESSES_MAX][16];
    struct virtual_lookup lookup = {.count = RESOLVED_ADDRESSES_MAX};
    (void)state;
    for (int i = 0; i < RESOLVED_ADDRESSES_MAX; i++) {
        const char text[] = {
            '1', '0', '.', '1', '.', '1', '.', (char)('0' + i / 10), (char)('0' + i % 10), '\0'};
        size_t skipped = i < 10;
        for (size_t j = 0; j < 7; j++)
            names[i][j] = text[j];
        for (size_t j = 7; j + skipped < sizeof(text); j++)
            names[i][j] = text[j + skipped];
        lookup.addresses[i] = names[i];
        virtual_net_answer(scene.net, names[i], refuses_after(MS(1)));
    }
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    scene_check(&scene, "db.test");
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_tried_count(RESOLVED_ADDRESSES_MAX);
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, MS(64));
}

static void an_attempt_has_lasted_until_the_last_of_them_failed_in_whatever_order_it_is_told(
    void **state)
{
    struct virtual_answer unheard = refuses_after(MS(5500));
    (void)state;
    unheard.unheard_ns = S(2);
    CHECK_OF(unheard, refuses_after(S(1)));
    scene_run(&scene);
    assert_int_equal(virtual_net_time(scene.net), MS(7500));
    assert_int_equal(scene_attempt(&scene, 0, 0)->wall_ns, MS(6000));
}

static void while_one_waits_for_its_source_port_those_behind_it_wait_too(void **state)
{
    (void)state;
    struct check *check = CHECK_OF(refuses_after(S(6)), is_silent(), opens_after(MS(1)));
    check->timeout_ns = S(15);
    check->source_port = 5000;
    check = scene_check(&scene, "10.0.0.2");
    check->timeout_ns = S(9);
    check->source_port = 5000;
    scene_run(&scene);
    /* The second is due at 5 s, and may start at 9 s; from 6 s on nothing was under way. It gets
     * half of the 9 s that are left then. */
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->held_ns, S(3));
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->offset_ns, S(6));
    assert_int_equal(scene_tried(&scene, 0, 0, 2)->offset_ns, S(6) + MS(4500));
}

static void the_next_attempt_starts_with_the_first_address_again(void **state)
{
    (void)state;
    CHECK_OF(refuses_after(MS(1)), refuses_after(MS(1)))->attempts = 2;
    scene_run(&scene);
    assert_int_equal(scene_attempt(&scene, 0, 1)->tried_start, 2);
    assert_int_equal(scene_tried(&scene, 0, 1, 0)->address.bytes[3], 1);
    assert_int_equal(scene_tried(&scene, 0, 1, 0)->offset_ns, 0);
    assert_int_equal(scene_tried(&scene, 0, 1, 1)->offset_ns, MS(1));
}

static void while_the_next_waits_for_the_rate_the_earlier_one_may_fail(void **state)
{
    (void)state;
    scene.options.rate.interval_ps = S(1000) * 8;
    CHECK_OF(refuses_after(S(6)), opens_after(MS(10)));
    scene_run(&scene);
    /* One in 8 s. The second is due at 5 s and starts at 8 s; since 6 s nothing was under way. */
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(scene_started_ns(&scene, 1), S(8));
    assert_int_equal(scene_result(&scene, 0)->held_ns, S(2));
    expect_tried(1, TCPCHECK_OPEN, S(6), MS(10));
    assert_int_equal(scene_result(&scene, 0)->total_time_ns, S(6) + MS(10));
}

static void one_that_waits_when_the_last_fails_past_the_deadline_was_not_tried(void **state)
{
    (void)state;
    scene.options.rate.interval_ps = S(1000) * 60;
    CHECK_OF(refuses_after(S(11)), opens_after(MS(10)));
    virtual_net_stall(scene.net, S(9), S(3));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_REFUSED);
    expect_tried_count(1);
    assert_int_equal(scene_attempt(&scene, 0, 0)->wall_ns, S(11));
}

static void one_that_never_got_to_start_was_not_tried(void **state)
{
    (void)state;
    scene.options.rate.interval_ps = S(1000) * 60;
    CHECK_OF(is_silent(), opens_after(MS(10)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_TIMEOUT);
    expect_tried_count(1);
    assert_int_equal(scene_result(&scene, 0)->held_ns, 0);
    assert_int_equal(virtual_net_time(scene.net), S(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_first_that_opens_is_enough),
        CLAIM(the_next_starts_at_once_when_one_fails),
        CLAIM(silence_keeps_the_next_waiting_for_its_share_of_the_time),
        CLAIM(the_share_is_no_less_than_a_second_and_a_half),
        CLAIM(a_short_deadline_leaves_the_first_address_alone),
        CLAIM(an_earlier_address_may_still_win),
        CLAIM(an_earlier_address_may_win_after_the_last_one_failed),
        CLAIM(a_later_address_wins_and_the_earlier_one_is_ended),
        CLAIM(an_earlier_address_that_fails_starts_nobody),
        CLAIM(the_last_address_waits_for_the_deadline_and_not_for_a_share),
        CLAIM(the_strongest_evidence_speaks_for_the_attempt),
        CLAIM(when_all_have_failed_nobody_waits_for_the_deadline),
        CLAIM(a_cause_of_our_own_decides_only_if_all_met_one),
        CLAIM(a_winner_that_is_closing_is_reported_before_it_is_closed),
        CLAIM(of_two_that_opened_during_a_stall_the_first_has_won),
        CLAIM(of_two_that_the_kernel_knows_to_be_open_the_first_has_won),
        CLAIM(the_first_to_open_wins_in_whatever_order_they_started),
        CLAIM(the_kernels_last_word_on_one_address_is_kept_beside_the_silence_of_another),
        CLAIM(a_stall_between_two_addresses_takes_no_time_from_the_second),
        CLAIM(after_a_refusal_past_the_deadline_no_address_starts),
        CLAIM(at_the_deadline_all_are_asked_and_all_are_ended),
        CLAIM(all_of_sixty_four_addresses_are_tried),
        CLAIM(an_attempt_has_lasted_until_the_last_of_them_failed_in_whatever_order_it_is_told),
        CLAIM(while_one_waits_for_its_source_port_those_behind_it_wait_too),
        CLAIM(the_next_attempt_starts_with_the_first_address_again),
        CLAIM(while_the_next_waits_for_the_rate_the_earlier_one_may_fail),
        CLAIM(one_that_waits_when_the_last_fails_past_the_deadline_was_not_tried),
        CLAIM(one_that_never_got_to_start_was_not_tried),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
