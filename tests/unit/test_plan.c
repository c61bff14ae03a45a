/* core/plan: retries and the stagger of addresses, as schedules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/duration.h"
#include "core/outcome.h"
#include "core/plan.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS(number)   ((number)*NS_PER_MS)

static struct check check;
static struct result result;

static int set_up(void **state)
{
    (void)state;
    check_init(&check);
    result_init(&result, &check, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    result_fini(&result);
    return 0;
}

/* An attempt that ended so, and what comes next. */
static struct plan_step after(enum tcpcheck_outcome outcome, bool is_endless, int64_t now_ns)
{
    struct attempt *attempt = result_add_attempt(&result);
    assert_non_null(attempt);
    attempt->outcome = outcome;
    attempt->phase = PHASE_CONNECT;
    return plan_next(&result, is_endless, now_ns);
}

static void one_attempt_is_the_default(void **state)
{
    (void)state;
    assert_true(after(TCPCHECK_REFUSED, false, 0).is_finished);
}

static void attempts_start_a_delay_after_the_last_one_ended(void **state)
{
    struct plan_step step;
    (void)state;
    check.attempts = 3;
    check.retry_delay_ns = MS(2000);
    step = after(TCPCHECK_REFUSED, false, MS(100));
    assert_false(step.is_finished);
    assert_int_equal(step.start_ns, MS(2100));
    step = after(TCPCHECK_TIMEOUT, false, MS(17100));
    assert_false(step.is_finished);
    assert_int_equal(step.start_ns, MS(19100));
    assert_true(after(TCPCHECK_REFUSED, false, MS(19200)).is_finished);
}

static void without_a_delay_the_next_attempt_starts_at_once(void **state)
{
    (void)state;
    check.attempts = 1000;
    check.retry_delay_ns = 0;
    for (int64_t i = 1; i < 1000; i++) {
        struct plan_step step = after(TCPCHECK_REFUSED, false, MS(i));
        assert_false(step.is_finished);
        assert_int_equal(step.start_ns, MS(i));
    }
    assert_true(after(TCPCHECK_REFUSED, false, MS(1000)).is_finished);
}

static void what_was_expected_ends_it(void **state)
{
    static const struct {
        enum expectation expect;
        enum tcpcheck_outcome outcome;
        bool is_finished;
    } cases[] = {
        {EXPECT_OPEN, TCPCHECK_OPEN, true},       {EXPECT_OPEN, TCPCHECK_REFUSED, false},
        {EXPECT_REFUSED, TCPCHECK_REFUSED, true}, {EXPECT_REFUSED, TCPCHECK_OPEN, false},
        {EXPECT_DROPPED, TCPCHECK_TIMEOUT, true}, {EXPECT_DROPPED, TCPCHECK_FILTERED, false},
        {EXPECT_CLOSED, TCPCHECK_OPEN, false},    {EXPECT_FILTERED, TCPCHECK_TIMEOUT, true},
    };
    (void)state;
    check.attempts = 1000;
    for (size_t i = 0; i < COUNT(cases); i++) {
        check.expect = (uint8_t)cases[i].expect;
        assert_int_equal(after(cases[i].outcome, false, 0).is_finished, cases[i].is_finished);
        assert_int_equal(after(cases[i].outcome, true, 0).is_finished, cases[i].is_finished);
    }
}

static void only_outcomes_that_may_pass_are_tried_again(void **state)
{
    (void)state;
    check.attempts = 1000;
    for (int i = TCPCHECK_OPEN + 1; i < OUTCOME_COUNT; i++) {
        enum tcpcheck_outcome outcome = (enum tcpcheck_outcome)i;
        bool is_retried = outcome_info(outcome)->is_retried;
        assert_int_equal(after(outcome, false, 0).is_finished, !is_retried);
    }
}

static void a_slow_connection_is_not_tried_again(void **state)
{
    (void)state;
    check.attempts = 3;
    check.critical = (struct range){.start_ns = 0, .end_ns = 0};
    check.given = 1U << PARAM_CRITICAL;
    assert_true(after(TCPCHECK_OPEN, false, 0).is_finished);
}

static void waiting_ends_with_success_cancellation_and_what_is_forbidden_only(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        struct plan_step step = after((enum tcpcheck_outcome)i, true, MS(5));
        bool is_end = i == TCPCHECK_OPEN || i == TCPCHECK_CANCELLED || i == TCPCHECK_NOT_ALLOWED;
        assert_int_equal(step.is_finished, is_end);
        if (!is_end)
            assert_int_equal(step.start_ns, MS(1005));
        result_forget_attempts(&result);
    }
    assert_true(result.attempt_count > check.attempts);
}

static void addresses_share_the_time_left(void **state)
{
    static const struct {
        int64_t now_ms, deadline_ms;
        uint32_t left;
        int64_t expected_ms;
    } cases[] = {
        {0, 10000, 1, 5000},      /* two addresses: half each */
        {0, 10000, 3, 2500},      /* four: a quarter each */
        {0, 10000, 4, 2000},      /* five */
        {0, 10000, 9, 1500},      /* ten: a second each is too short for a lost SYN */
        {0, 10000, 63, 1500},     /* as many as there can be */
        {2500, 10000, 2, 5000},   /* the second of four started late: as much as the first had */
        {100, 10000, 2, 3400},    /* the first failed early: its share goes to the others */
        {0, 3000, 1, 1500},       /* exactly the minimum */
        {0, 1000, 1, 1500},       /* beyond the deadline: the other is tried only after a failure */
        {0, 10000, 0, 10000},     /* nobody is left */
        {9999, 10000, 5, 11499},  /* a millisecond left */
        {10000, 10000, 5, 11500}, /* no time left */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(plan_stagger_ns(ADDRESSES_ANY, MS(cases[i].now_ms),
                                         MS(cases[i].deadline_ms), cases[i].left),
                         MS(cases[i].expected_ms));
}

static void racing_addresses_start_a_quarter_of_a_second_apart(void **state)
{
    (void)state;
    assert_int_equal(plan_stagger_ns(ADDRESSES_RACE, MS(7), MS(10000), 1), MS(257));
    assert_int_equal(plan_stagger_ns(ADDRESSES_RACE, MS(0), MS(100), 63), MS(250));
}

/* Each address a letter: capitals are IPv6. */
static void a_race_takes_the_families_by_turns(void **state)
{
    static const char *const cases[][2] = {
        {"A", "A"},       {"aB", "aB"},         {"ABcd", "AcBd"},     {"abCD", "aCbD"},
        {"ABCd", "AdBC"}, {"abcD", "aDbc"},     {"AbCd", "AbCd"},     {"ABCDef", "AeBfCD"},
        {"abc", "abc"},   {"ABCDEf", "AfBCDE"}, {"abCdEf", "aCbEdf"}, {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address addresses[8] = {0};
        uint32_t count = (uint32_t)strlen(cases[i][0]);
        for (uint32_t j = 0; j < count; j++) {
            addresses[j].bytes[0] = (uint8_t)cases[i][0][j];
            addresses[j].family = cases[i][0][j] < 'a' ? FAMILY_IPV6 : FAMILY_IPV4;
        }
        plan_race_order(addresses, count);
        for (uint32_t j = 0; j < count; j++)
            assert_int_equal(addresses[j].bytes[0], cases[i][1][j]);
    }
}

/* A whole attempt in which nobody answers: when each address starts. */
static void silent_addresses_start_evenly(void **state)
{
    static const int64_t expected_ms[] = {0, 3750, 7500, 11250};
    int64_t now_ns = 0;
    (void)state;
    for (uint32_t i = 0; i < COUNT(expected_ms); i++) {
        assert_int_equal(now_ns, MS(expected_ms[i]));
        now_ns =
            plan_stagger_ns(ADDRESSES_ANY, now_ns, MS(15000), (uint32_t)COUNT(expected_ms) - i - 1);
    }
    assert_int_equal(now_ns, MS(15000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_attempt_is_the_default),
        TEST(attempts_start_a_delay_after_the_last_one_ended),
        TEST(without_a_delay_the_next_attempt_starts_at_once),
        TEST(what_was_expected_ends_it),
        TEST(only_outcomes_that_may_pass_are_tried_again),
        TEST(a_slow_connection_is_not_tried_again),
        TEST(waiting_ends_with_success_cancellation_and_what_is_forbidden_only),
        TEST(addresses_share_the_time_left),
        TEST(silent_addresses_start_evenly),
        TEST(racing_addresses_start_a_quarter_of_a_second_apart),
        TEST(a_race_takes_the_families_by_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
