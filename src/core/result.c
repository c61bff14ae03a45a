/* Folding: addresses into an attempt, attempts into the answer.
 *
 * Addresses of all attempts lie in one array and each attempt knows its slice: two arrays a check
 * instead of one an attempt, and pointers into them are valid only until the next one is added. As
 * long as there is one of each, it lies in the result: most checks end so, and a result is then one
 * piece of memory, which two threads pass on. */
#include "core/result.h"

#include <stdlib.h>
#include <string.h>

#include "core/outcome.h"

void result_init(struct result *result, const struct check *check, uint64_t sequence)
{
    *result = (struct result){
        .check = check,
        .sequence = sequence,
        .forgotten = TCPCHECK_CANCELLED,
    };
}

static void forget_lookups(struct result *result)
{
    for (uint32_t i = 0; i < result->attempt_kept; i++)
        free(result->attempts[i].lookup);
}

void result_fini(struct result *result)
{
    forget_lookups(result);
    if (result->attempts != &result->first_attempt)
        free(result->attempts);
    if (result->tried != &result->first_tried)
        free(result->tried);
    result->attempts = NULL;
    result->tried = NULL;
    result->attempt_kept = result->attempt_capacity = 0;
    result->tried_count = result->tried_capacity = 0;
}

/* An array with room for twice as many entries, or, where it has none yet, its first one. NULL: no
 * memory, or no more can be counted. */
static void *grown(void *array, void *first, uint32_t *capacity, size_t entry_size)
{
    if (*capacity == 0) {
        *capacity = 1;
        return first;
    }
    if (*capacity > UINT32_MAX / 2)
        return NULL;
    size_t size = *capacity * entry_size;
    void *larger = realloc(array == first ? NULL : array, 2 * size);
    if (larger == NULL)
        return NULL;
    if (array == first)
        memcpy(larger, first, size);
    *capacity *= 2;
    return larger;
}

struct attempt *result_add_attempt(struct result *result)
{
    if (result->attempt_kept == result->attempt_capacity) {
        struct attempt *attempts = grown(result->attempts, &result->first_attempt,
                                         &result->attempt_capacity, sizeof(*attempts));
        if (attempts == NULL)
            return NULL;
        result->attempts = attempts;
    }
    struct attempt *attempt = &result->attempts[result->attempt_kept++];
    *attempt = (struct attempt){.tried_start = result->tried_count, .decided_by = -1};
    result->attempt_count++;
    return attempt;
}

struct tried *result_add_tried(struct result *result)
{
    if (result->tried_count == result->tried_capacity) {
        struct tried *tried =
            grown(result->tried, &result->first_tried, &result->tried_capacity, sizeof(*tried));
        if (tried == NULL)
            return NULL;
        result->tried = tried;
    }
    struct tried *tried = &result->tried[result->tried_count++];
    *tried = (struct tried){0};
    result_last_attempt(result)->tried_count++;
    return tried;
}

void result_forget_attempts(struct result *result)
{
    result->forgotten = result_last_known(result);
    forget_lookups(result);
    result->attempt_kept = 0;
    result->tried_count = 0;
}

struct attempt *result_last_attempt(const struct result *result)
{
    return result->attempt_kept > 0 ? &result->attempts[result->attempt_kept - 1] : NULL;
}

enum tcpcheck_outcome result_last_known(const struct result *result)
{
    for (uint32_t i = result->attempt_kept; i > 0; i--) {
        if (result->attempts[i - 1].outcome != TCPCHECK_CANCELLED) {
            return result->attempts[i - 1].outcome;
        }
    }
    return result->forgotten;
}

static const struct tried *decisive(const struct result *result, const struct attempt *attempt)
{
    if (attempt == NULL || attempt->decided_by < 0)
        return NULL;
    return &result->tried[attempt->decided_by];
}

const struct tried *result_decisive(const struct result *result)
{
    return decisive(result, result_last_attempt(result));
}

bool result_attempt_holds(const struct result *result, const struct attempt *attempt)
{
    return !attempt->has_too_few && expectation_holds((enum expectation)result->check->expect,
                                                      attempt->outcome, attempt->phase);
}

bool expectation_holds(enum expectation expect, enum tcpcheck_outcome outcome, enum phase phase)
{
    bool is_dropped = outcome == TCPCHECK_TIMEOUT && phase == PHASE_CONNECT;
    switch (expect) {
    case EXPECT_OPEN: return outcome == TCPCHECK_OPEN;
    case EXPECT_REFUSED: return outcome == TCPCHECK_REFUSED;
    case EXPECT_DROPPED: return is_dropped;
    case EXPECT_FILTERED:
        return outcome == TCPCHECK_FILTERED || outcome == TCPCHECK_REFUSED_ICMP || is_dropped;
    case EXPECT_CLOSED:
        /* Done by the target or the path, hence while connecting: a host name that was
         * mistyped must not pass for a port that is closed. */
        return outcome_info(outcome)->verdict == TCPCHECK_DOWN &&
               (phase == PHASE_CONNECT || phase == PHASE_HOLD);
    }
    return false;
}

struct address_counts result_count_addresses(const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct check *check = result->check;
    struct address_counts counts = {.tried = attempt != NULL ? attempt->tried_count : 0};
    for (uint32_t i = 0; i < counts.tried; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        counts.met +=
            expectation_holds((enum expectation)check->expect, tried->outcome, tried->phase);
    }
    counts.required = check->require != 0 ? check->require : counts.tried;
    return counts;
}

/* The first that holds, else the last. */
static const struct attempt *deciding_attempt(const struct result *result)
{
    for (uint32_t i = 0; i < result->attempt_kept; i++)
        if (result_attempt_holds(result, &result->attempts[i]))
            return &result->attempts[i];
    return result_last_attempt(result);
}

/* Sets what the thresholds make of a connection that opened as expected. */
static void judge_speed(struct result *result)
{
    const struct check *check = result->check;
    if (check_has(check, PARAM_WARNING) && range_alerts(&check->warning, result->response_time_ns))
        result->notes |= UINT32_C(1) << NOTE_SLOW;
    result->is_too_slow = check_has(check, PARAM_CRITICAL) &&
                          range_alerts(&check->critical, result->response_time_ns);
}

static int64_t total_time(const struct result *result, int64_t ended_ns)
{
    return ended_ns - result->started_ns - result->held_ns;
}

/* What the attempt says as long as nobody has judged it. */
static void adopt(struct result *result, const struct attempt *attempt)
{
    result->outcome = attempt->outcome;
    result->verdict = outcome_info(attempt->outcome)->verdict;
    result->is_connected = outcome_has_handshake(attempt->outcome);
    result->notes = attempt->notes;
    result->is_too_slow = false;
    result->has_too_few = attempt->has_too_few;
}

void result_finish(struct result *result, int64_t ended_ns)
{
    const struct attempt *attempt = deciding_attempt(result);
    if (attempt == NULL) {
        result_finish_as(result, TCPCHECK_CANCELLED, ended_ns);
        return;
    }
    adopt(result, attempt);
    result->total_time_ns = total_time(result, ended_ns);

    bool is_met = result_attempt_holds(result, attempt);
    if (is_met) {
        const struct tried *tried = decisive(result, attempt);
        bool is_timed = attempt->outcome == TCPCHECK_OPEN && tried != NULL;
        result->response_time_ns = is_timed ? tried->connect_time_ns : attempt->wall_ns;
        judge_speed(result);
    }
    result->is_success = is_met && !result->is_too_slow;
    /* What is too slow keeps the time that it was judged by. */
    if (!is_met)
        result->response_time_ns = result->total_time_ns;
}

void result_finish_as(struct result *result, enum tcpcheck_outcome outcome, int64_t ended_ns)
{
    const struct attempt *attempt = result_last_attempt(result);
    result->outcome = outcome;
    result->verdict = outcome_info(outcome)->verdict;
    result->notes = attempt != NULL ? attempt->notes : 0;
    result->is_connected = false;
    result->is_success = false;
    result->is_too_slow = false;
    result->has_too_few = false;
    result->total_time_ns = total_time(result, ended_ns);
    result->response_time_ns = result->total_time_ns;
}
