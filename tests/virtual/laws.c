/* Each law is derived from the result and its check alone, so that nothing of the engine is
 * believed. How one check must end is not said here: that is test_model.c's prediction, and each
 * test's own. */
#include "laws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/outcome.h"

/* Ends that come from within, at any moment: what was asked for was not done to its end. */
static bool is_broken_off(enum tcpcheck_outcome outcome)
{
    return outcome == TCPCHECK_CANCELLED || outcome == TCPCHECK_RESOURCE;
}

static bool is_met(const struct result *result, const struct attempt *attempt)
{
    return !attempt->has_too_few && expectation_holds((enum expectation)result->check->expect,
                                                      attempt->outcome, attempt->phase);
}

static void times_are_possible(const struct laws *laws, const struct result *result)
{
    assert_true(result->held_ns >= 0);
    assert_true(result->response_time_ns >= 0);
    assert_true(result->total_time_ns >= result->response_time_ns);
    assert_true(result->started_ns + result->held_ns + result->total_time_ns <= laws->now_ns);
    if (result->began_ns != 0)
        assert_in_range(result->began_ns, result->started_ns, laws->now_ns);
}

static void answer_is_consistent(const struct result *result)
{
    const struct attempt *last = result_last_attempt(result);
    assert_int_equal(result->verdict, outcome_info(result->outcome)->verdict);
    assert_int_equal(result->is_connected, result->outcome == TCPCHECK_OPEN ||
                                               result->outcome == TCPCHECK_RESET_EARLY ||
                                               result->outcome == TCPCHECK_CLOSED_EARLY);
    assert_int_equal(result->is_success, result_error(result)[0] == '\0');
    if (result->is_success)
        assert_true(last != NULL && is_met(result, last) && !result->is_too_slow);
    if (result->verdict == TCPCHECK_UNKNOWN)
        assert_false(result->is_success);
    if (result->has_too_few)
        assert_false(result->is_success);
    if (!result->is_success && !result->is_too_slow)
        assert_int_equal(result->response_time_ns, result->total_time_ns);
}

static void address_is_consistent(const struct result *result, const struct attempt *attempt,
                                  const struct tried *tried)
{
    assert_int_equal(tried->address.port, result->check->port);
    assert_int_not_equal(tried->address.family, FAMILY_ANY);
    assert_true(tried->wall_ns >= 0);
    assert_true(tried->offset_ns >= attempt->dns_time_ns);
    assert_true(tried->connect_time_ns >= 0 && tried->connect_time_ns <= tried->wall_ns);
    if (tried->outcome == TCPCHECK_OPEN && tried->rtt_source == RTT_KERNEL)
        assert_int_equal(tried->connect_time_ns, tried->rtt_ns);
}

static void addresses_are_consistent(const struct result *result, const struct attempt *attempt)
{
    uint32_t open_count = 0;
    assert_true(attempt->tried_start + attempt->tried_count <= result->tried_count);
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        address_is_consistent(result, attempt, tried);
        open_count += tried->outcome == TCPCHECK_OPEN;
    }
    if (result->check->addresses == ADDRESSES_ANY)
        assert_int_equal(open_count, attempt->outcome == TCPCHECK_OPEN);
    else if (attempt->outcome == TCPCHECK_OPEN)
        assert_true(open_count > 0);
    if (attempt->decided_by < 0)
        return;
    assert_in_range(attempt->decided_by, attempt->tried_start,
                    attempt->tried_start + attempt->tried_count - 1);
    const struct tried *decisive = &result->tried[attempt->decided_by];
    assert_int_equal(attempt->outcome, decisive->outcome);
    assert_int_equal(attempt->phase, decisive->phase);
}

/* What came late by our own fault is reported with the moment at which it came, which may be past
 * the deadline; what opened, and what did not come, never is. A hold may begin at the deadline,
 * and ends when we come to end it. */
static void attempt_is_in_time(const struct laws *laws, const struct result *result,
                               const struct attempt *attempt)
{
    const struct check *check = result->check;
    bool is_alone = check->addresses == ADDRESSES_ANY && check->hold_ns == 0;
    bool is_exact =
        attempt->outcome == TCPCHECK_DNS_TIMEOUT ||
        (is_alone && (attempt->outcome == TCPCHECK_OPEN || attempt->outcome == TCPCHECK_TIMEOUT));
    int64_t lateness_ns = is_exact ? 0 : laws->lateness_ns + check->hold_ns;
    assert_true(attempt->dns_time_ns >= 0);
    assert_true(attempt->wall_ns >= attempt->dns_time_ns);
    assert_true(attempt->wall_ns - lateness_ns <= check->timeout_ns);
}

/* It was worth another attempt, and that came after the pause. */
static void next_was_due(const struct result *result, const struct attempt *attempt)
{
    const struct attempt *next = attempt + 1;
    assert_true(outcome_info(attempt->outcome)->is_retried);
    assert_false(is_met(result, attempt));
    assert_true(next->offset_ns >=
                attempt->offset_ns + attempt->wall_ns + result->check->retry_delay_ns);
}

static void last_was_the_last(const struct laws *laws, const struct result *result,
                              const struct attempt *last)
{
    int64_t ended_ns = last->offset_ns + last->wall_ns;
    assert_true(result->total_time_ns >= ended_ns);
    if (is_broken_off(result->outcome))
        return;
    bool is_final = is_met(result, last) || !outcome_info(last->outcome)->is_retried;
    assert_int_equal(result->outcome, last->outcome);
    assert_int_equal(result->total_time_ns, ended_ns);
    assert_true(laws->is_endless || is_final || result->attempt_count == result->check->attempts);
}

static void attempts_are_consistent(const struct laws *laws, const struct result *result)
{
    if (result->attempt_kept == 0) {
        assert_true(is_broken_off(result->outcome));
        return;
    }
    assert_true(result->attempts[0].offset_ns >= 0);
    for (uint32_t i = 0; i < result->attempt_kept; i++) {
        const struct attempt *attempt = &result->attempts[i];
        addresses_are_consistent(result, attempt);
        attempt_is_in_time(laws, result, attempt);
        if (i + 1 < result->attempt_kept)
            next_was_due(result, attempt);
    }
    last_was_the_last(laws, result, result_last_attempt(result));
}

void laws_hold(const struct laws *laws, const struct result *result)
{
    times_are_possible(laws, result);
    answer_is_consistent(result);
    assert_true(laws->is_endless || (result->attempt_count <= result->check->attempts &&
                                     result->attempt_kept == result->attempt_count));
    attempts_are_consistent(laws, result);
}
