/* core/tally: counts, the exit code and the common cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/tally.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add(struct tally *tally, enum tcpcheck_outcome outcome, bool is_success, uint32_t notes)
{
    struct result result = {
        .outcome = outcome,
        .verdict = outcome_info(outcome)->verdict,
        .is_success = is_success,
        .notes = notes,
    };
    tally_add(tally, &result);
}

static void each_result_is_counted_once(void **state)
{
    struct tally tally = {0};
    (void)state;
    add(&tally, TCPCHECK_OPEN, true, 0);
    add(&tally, TCPCHECK_OPEN, true, 1U << NOTE_SLOW | 1U << NOTE_CLOCK_MS);
    add(&tally, TCPCHECK_OPEN, true, 1U << NOTE_CLOCK_MS);
    add(&tally, TCPCHECK_OPEN, false, 1U << NOTE_SLOW); /* too slow, or not expected */
    add(&tally, TCPCHECK_REFUSED, true, 0);             /* expected */
    add(&tally, TCPCHECK_REFUSED, false, 0);
    add(&tally, TCPCHECK_NO_ROUTE, false, 0);
    add(&tally, TCPCHECK_CANCELLED, false, 0);

    assert_int_equal(tally.total, 8);
    assert_int_equal(tally.success, 4);
    assert_int_equal(tally.failed, 2);
    assert_int_equal(tally.unknown, 2);
    assert_int_equal(tally.slow, 1);
    assert_int_equal(tally.by_outcome[TCPCHECK_OPEN], 4);
    assert_int_equal(tally.by_outcome[TCPCHECK_REFUSED], 2);
    assert_int_equal(tally.by_outcome[TCPCHECK_NO_ROUTE], 1);
    assert_int_equal(tally.by_outcome[TCPCHECK_CANCELLED], 1);
    assert_int_equal(tally.by_outcome[TCPCHECK_TIMEOUT], 0);
}

static void the_exit_code_names_the_worst_that_is_known(void **state)
{
    static const struct {
        uint64_t success, failed, unknown;
        int code;
    } cases[] = {
        {0, 0, 0, 0}, {5, 0, 0, 0}, {5, 1, 0, 1}, {5, 0, 1, 3}, {5, 1, 1, 1}, {0, 0, 2, 3},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tally tally = {
            .total = cases[i].success + cases[i].failed + cases[i].unknown,
            .success = cases[i].success,
            .failed = cases[i].failed,
            .unknown = cases[i].unknown,
        };
        assert_int_equal(tally_exit_code(&tally), cases[i].code);
    }
}

static enum tcpcheck_outcome cause_of(const enum tcpcheck_outcome *outcomes, size_t count)
{
    struct tally tally = {0};
    for (size_t i = 0; i < count; i++)
        add(&tally, outcomes[i], false, 0);
    return tally_common_cause(&tally);
}

static void a_prober_that_is_cut_off_meets_one_cause_only(void **state)
{
    static const enum tcpcheck_outcome no_route[] = {TCPCHECK_NO_ROUTE, TCPCHECK_NO_ROUTE,
                                                     TCPCHECK_NO_ROUTE};
    static const enum tcpcheck_outcome no_dns[] = {TCPCHECK_DNS_UNREACHABLE,
                                                   TCPCHECK_DNS_UNREACHABLE};
    static const enum tcpcheck_outcome mixed[] = {TCPCHECK_NO_ROUTE, TCPCHECK_DNS_UNREACHABLE};
    static const enum tcpcheck_outcome one_answered[] = {TCPCHECK_NO_ROUTE, TCPCHECK_NO_ROUTE,
                                                         TCPCHECK_REFUSED};
    static const enum tcpcheck_outcome all_down[] = {TCPCHECK_TIMEOUT, TCPCHECK_TIMEOUT};
    static const enum tcpcheck_outcome cancelled[] = {TCPCHECK_CANCELLED, TCPCHECK_CANCELLED};
    static const enum tcpcheck_outcome forbidden[] = {TCPCHECK_NOT_ALLOWED, TCPCHECK_NOT_ALLOWED};
    (void)state;
    assert_int_equal(cause_of(no_route, COUNT(no_route)), TCPCHECK_NO_ROUTE);
    assert_int_equal(cause_of(no_dns, COUNT(no_dns)), TCPCHECK_DNS_UNREACHABLE);
    assert_int_equal(cause_of(no_route, 1), TCPCHECK_OPEN);
    assert_int_equal(cause_of(no_route, 0), TCPCHECK_OPEN);
    assert_int_equal(cause_of(mixed, COUNT(mixed)), TCPCHECK_OPEN);
    assert_int_equal(cause_of(one_answered, COUNT(one_answered)), TCPCHECK_OPEN);
    assert_int_equal(cause_of(all_down, COUNT(all_down)), TCPCHECK_OPEN);
    assert_int_equal(cause_of(cancelled, COUNT(cancelled)), TCPCHECK_OPEN);
    assert_int_equal(cause_of(forbidden, COUNT(forbidden)), TCPCHECK_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_result_is_counted_once),
        cmocka_unit_test(the_exit_code_names_the_worst_that_is_known),
        cmocka_unit_test(a_prober_that_is_cut_off_meets_one_cause_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
