/* core/fold: which address speaks for an attempt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/duration.h"
#include "core/fold.h"
#include "core/outcome.h"
#include "core/result.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS(number)   ((number)*NS_PER_MS)
#define NOTE(note)   (1U << (note))

static struct check check;
static struct result result;

static int set_up(void **state)
{
    (void)state;
    check_init(&check);
    result_init(&result, &check, 7);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    result_fini(&result);
    return 0;
}

static struct tried *add_tried(enum tcpcheck_outcome outcome, enum family family)
{
    struct tried *tried = result_add_tried(&result);
    assert_non_null(tried);
    tried->outcome = outcome;
    tried->phase = PHASE_CONNECT;
    tried->address.family = (uint8_t)family;
    return tried;
}

static void the_strongest_evidence_speaks_for_an_attempt(void **state)
{
    static const struct {
        enum tcpcheck_outcome tried[4];
        size_t count;
        int32_t decided_by;
    } cases[] = {
        {{TCPCHECK_TIMEOUT}, 1, 0},
        {{TCPCHECK_TIMEOUT, TCPCHECK_REFUSED}, 2, 1},
        {{TCPCHECK_REFUSED, TCPCHECK_TIMEOUT}, 2, 0},
        {{TCPCHECK_REFUSED, TCPCHECK_OPEN}, 2, 1},
        {{TCPCHECK_OPEN, TCPCHECK_REFUSED}, 2, 0},
        {{TCPCHECK_TIMEOUT, TCPCHECK_ICMP_OTHER, TCPCHECK_TTL_EXCEEDED, TCPCHECK_NET_UNREACHABLE},
         4,
         3},
        {{TCPCHECK_HOST_UNREACHABLE, TCPCHECK_FILTERED, TCPCHECK_REFUSED_ICMP, TCPCHECK_REFUSED},
         4,
         3},
        {{TCPCHECK_REFUSED, TCPCHECK_REFUSED_ICMP, TCPCHECK_FILTERED, TCPCHECK_HOST_UNREACHABLE},
         4,
         0},
        {{TCPCHECK_FILTERED, TCPCHECK_FILTERED, TCPCHECK_FILTERED}, 3, 0},
        {{TCPCHECK_TIMEOUT, TCPCHECK_FILTERED, TCPCHECK_FILTERED}, 3, 1},
        {{TCPCHECK_NO_ROUTE, TCPCHECK_TIMEOUT}, 2, 1},
        {{TCPCHECK_TIMEOUT, TCPCHECK_NO_ROUTE}, 2, 0},
        {{TCPCHECK_NO_ROUTE, TCPCHECK_PERMISSION}, 2, 0},
        {{TCPCHECK_LOCAL_FIREWALL, TCPCHECK_ICMP_OTHER, TCPCHECK_NO_ROUTE}, 3, 1},
        {{TCPCHECK_REFUSED, TCPCHECK_RESET_EARLY}, 2, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attempt *attempt = result_add_attempt(&result);
        assert_non_null(attempt);
        for (size_t j = 0; j < cases[i].count; j++)
            add_tried(cases[i].tried[j], FAMILY_IPV4)->error = (int)j;
        attempt = result_last_attempt(&result);
        fold_addresses(&result);
        assert_int_equal(attempt->decided_by - (int32_t)attempt->tried_start, cases[i].decided_by);
        assert_int_equal(attempt->outcome, cases[i].tried[cases[i].decided_by]);
        assert_int_equal(attempt->phase, PHASE_CONNECT);
        assert_int_equal(result_decisive(&result)->error, cases[i].decided_by);
    }
}

static void every_pair_of_outcomes_folds_by_strength(void **state)
{
    (void)state;
    for (int a = 0; a < OUTCOME_COUNT; a++) {
        for (int b = 0; b < OUTCOME_COUNT; b++) {
            enum tcpcheck_outcome first = (enum tcpcheck_outcome)a;
            enum tcpcheck_outcome second = (enum tcpcheck_outcome)b;
            bool is_stronger = outcome_strength(second) > outcome_strength(first);
            bool is_forbidden = first == TCPCHECK_NOT_ALLOWED; /* which decides only alone */
            bool is_second = is_forbidden || (is_stronger && !outcome_has_handshake(first));
            assert_non_null(result_add_attempt(&result));
            add_tried(first, FAMILY_IPV4);
            add_tried(second, FAMILY_IPV6);
            fold_addresses(&result);
            assert_int_equal(result_last_attempt(&result)->outcome, is_second ? second : first);
            result_forget_attempts(&result);
        }
    }
}

static void the_family_that_failed_is_noted_beside_the_one_that_opened(void **state)
{
    static const struct {
        enum tcpcheck_outcome ipv6, ipv4;
        uint32_t notes;
    } cases[] = {
        {TCPCHECK_TIMEOUT, TCPCHECK_OPEN, NOTE(NOTE_IPV6_FAILED)},
        {TCPCHECK_REFUSED, TCPCHECK_OPEN, NOTE(NOTE_IPV6_FAILED)},
        {TCPCHECK_OPEN, TCPCHECK_FILTERED, NOTE(NOTE_IPV4_FAILED)},
        {TCPCHECK_OPEN, TCPCHECK_OPEN, 0},
        {TCPCHECK_NO_ROUTE, TCPCHECK_OPEN, 0}, /* not checked is not failed */
        {TCPCHECK_CANCELLED, TCPCHECK_OPEN, 0},
        {TCPCHECK_TIMEOUT, TCPCHECK_REFUSED, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_non_null(result_add_attempt(&result));
        add_tried(cases[i].ipv6, FAMILY_IPV6);
        add_tried(cases[i].ipv4, FAMILY_IPV4);
        fold_addresses(&result);
        assert_int_equal(result_last_attempt(&result)->notes, cases[i].notes);
        result_forget_attempts(&result);
    }
}

static void notes_of_the_lookup_and_of_the_address_add_up(void **state)
{
    (void)state;
    assert_non_null(result_add_attempt(&result));
    result_last_attempt(&result)->notes = NOTE(NOTE_IPV6_FAILED);
    add_tried(TCPCHECK_REFUSED, FAMILY_IPV4)->notes = NOTE(NOTE_ZERO_WINDOW);
    add_tried(TCPCHECK_OPEN, FAMILY_IPV4)->notes = NOTE(NOTE_CLOCK_MS);
    fold_addresses(&result);
    result_finish(&result, MS(1));
    assert_int_equal(result.notes, NOTE(NOTE_IPV6_FAILED) | NOTE(NOTE_CLOCK_MS));
}

static void the_first_to_open_decides_whatever_became_of_it(void **state)
{
    static const struct {
        enum tcpcheck_outcome outcomes[2];
        int64_t offset_ms[2];
        int64_t connect_ms[2];
        int32_t decided_by;
    } cases[] = {
        {{TCPCHECK_OPEN, TCPCHECK_OPEN}, {0, 250}, {300, 20}, 1},
        {{TCPCHECK_OPEN, TCPCHECK_OPEN}, {0, 250}, {260, 20}, 0},
        {{TCPCHECK_OPEN, TCPCHECK_OPEN}, {0, 0}, {20, 20}, 0},
        {{TCPCHECK_OPEN, TCPCHECK_RESET_EARLY}, {0, 0}, {20, 10}, 1},
        {{TCPCHECK_CLOSED_EARLY, TCPCHECK_OPEN}, {0, 0}, {20, 30}, 0},
        {{TCPCHECK_REFUSED, TCPCHECK_CLOSED_EARLY}, {0, 0}, {1, 30}, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_non_null(result_add_attempt(&result));
        for (size_t j = 0; j < 2; j++) {
            struct tried *tried = add_tried(cases[i].outcomes[j], FAMILY_IPV4);
            tried->offset_ns = MS(cases[i].offset_ms[j]);
            tried->connect_time_ns = MS(cases[i].connect_ms[j]);
        }
        fold_addresses(&result);
        assert_int_equal(result_last_attempt(&result)->decided_by, cases[i].decided_by);
        result_forget_attempts(&result);
    }
}

static void a_family_that_opened_once_has_not_failed(void **state)
{
    (void)state;
    assert_non_null(result_add_attempt(&result));
    add_tried(TCPCHECK_REFUSED, FAMILY_IPV6);
    add_tried(TCPCHECK_OPEN, FAMILY_IPV6);
    add_tried(TCPCHECK_OPEN, FAMILY_IPV4);
    fold_addresses(&result);
    assert_int_equal(result_last_attempt(&result)->notes, 0);
}

/* Each address a letter: Open, Refused, Timeout, No route, rEset. Its time to connect grows from
 * one to the next. */
static enum tcpcheck_outcome outcome_of(char letter)
{
    static const struct {
        char letter;
        enum tcpcheck_outcome outcome;
    } letters[] = {
        {'O', TCPCHECK_OPEN},     {'R', TCPCHECK_REFUSED},     {'T', TCPCHECK_TIMEOUT},
        {'N', TCPCHECK_NO_ROUTE}, {'E', TCPCHECK_RESET_EARLY},
    };
    for (size_t i = 0; i < COUNT(letters); i++)
        if (letters[i].letter == letter)
            return letters[i].outcome;
    fail_msg("no such letter: %c", letter);
    return TCPCHECK_INTERNAL;
}

static void of_all_addresses_as_many_as_required_must_hold(void **state)
{
    static const struct {
        const char *tried;
        uint8_t require; /* 0: each */
        enum expectation expect;
        bool holds;
        bool has_too_few;
        int32_t decided_by;
    } cases[] = {
        {"O", 0, EXPECT_OPEN, true, false, 0},
        {"OOO", 0, EXPECT_OPEN, true, false, 2}, /* the slowest of those that are needed */
        {"OOO", 2, EXPECT_OPEN, true, false, 1},
        {"OOO", 1, EXPECT_OPEN, true, false, 0},
        {"ROO", 1, EXPECT_OPEN, true, false, 1},
        {"ROO", 2, EXPECT_OPEN, true, false, 2},
        {"ROO", 3, EXPECT_OPEN, false, false, 0},
        {"ROO", 0, EXPECT_OPEN, false, false, 0},
        {"OTR", 0, EXPECT_OPEN, false, false, 2}, /* the strongest evidence of the failures */
        {"OTRE", 0, EXPECT_OPEN, false, false, 3},
        {"OTRE", 1, EXPECT_OPEN, true, false, 0},
        {"OO", 3, EXPECT_OPEN, false, true, 1},
        {"OR", 3, EXPECT_OPEN, false, false, 1},
        /* What could not be checked might have made it enough. */
        {"ON", 0, EXPECT_OPEN, false, false, 1},
        {"ON", 1, EXPECT_OPEN, true, false, 0},
        {"ONR", 2, EXPECT_OPEN, false, false, 1},
        {"ONR", 3, EXPECT_OPEN, false, false, 2}, /* not here */
        {"NN", 1, EXPECT_OPEN, false, false, 0},
        {"ON", 3, EXPECT_OPEN, false, false, 1},
        /* Other expectations. */
        {"RR", 0, EXPECT_REFUSED, true, false, 1},
        {"RO", 0, EXPECT_REFUSED, false, false, 1},
        {"RO", 1, EXPECT_REFUSED, true, false, 0},
        {"RT", 0, EXPECT_CLOSED, true, false, 1},
        {"RTO", 0, EXPECT_CLOSED, false, false, 2},
        {"TT", 0, EXPECT_DROPPED, true, false, 1},
    };
    (void)state;
    check.addresses = ADDRESSES_ALL;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attempt *attempt = result_add_attempt(&result);
        assert_non_null(attempt);
        check.require = cases[i].require;
        check.expect = (uint8_t)cases[i].expect;
        for (size_t j = 0; cases[i].tried[j] != '\0'; j++)
            add_tried(outcome_of(cases[i].tried[j]), FAMILY_IPV4)->connect_time_ns =
                MS(1 + (int64_t)j);
        fold_addresses(&result);
        if (result_attempt_holds(&result, attempt) != cases[i].holds ||
            attempt->has_too_few != cases[i].has_too_few ||
            attempt->decided_by != cases[i].decided_by)
            fail_msg("%s, require %u: decided by %d", cases[i].tried, cases[i].require,
                     attempt->decided_by);
        result_forget_attempts(&result);
    }
}

static void too_few_addresses_are_an_error_of_a_target_that_is_up(void **state)
{
    (void)state;
    check.addresses = ADDRESSES_ALL;
    check.require = 2;
    assert_non_null(result_add_attempt(&result));
    add_tried(TCPCHECK_OPEN, FAMILY_IPV4);
    fold_addresses(&result);
    result_finish(&result, MS(3));
    assert_false(result.is_success);
    assert_true(result.is_connected);
    assert_int_equal(result.verdict, TCPCHECK_UP);
    assert_int_equal(result.outcome, TCPCHECK_OPEN);
    assert_string_equal(result_error(&result), "Too few addresses");
    struct address_counts counts = result_count_addresses(&result);
    assert_int_equal(counts.tried, 1);
    assert_int_equal(counts.met, 1);
    assert_int_equal(counts.required, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_strongest_evidence_speaks_for_an_attempt),
        TEST(every_pair_of_outcomes_folds_by_strength),
        TEST(the_family_that_failed_is_noted_beside_the_one_that_opened),
        TEST(notes_of_the_lookup_and_of_the_address_add_up),
        TEST(the_first_to_open_decides_whatever_became_of_it),
        TEST(a_family_that_opened_once_has_not_failed),
        TEST(of_all_addresses_as_many_as_required_must_hold),
        TEST(too_few_addresses_are_an_error_of_a_target_that_is_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
