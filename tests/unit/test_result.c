/* core/result: attempts, expectations, times, errors and advice. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/advice.h"
#include "core/duration.h"
#include "core/finding.h"
#include "core/fold.h"
#include "core/outcome.h"
#include "core/result.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS(number)   ((number)*NS_PER_MS)
#define NOTE(note)   (1U << (note))

static struct check check;
static struct result result;

static void append_nothing(struct text *out, const char *bytes, size_t length)
{
    (void)out;
    (void)bytes;
    (void)length;
}

/* What stands around the names goes into JSON as it is. */
static void assert_advice_is_plain(void)
{
    struct text text;
    text_init(&text, SIZE_MAX);
    advice_append(&text, &result, append_nothing);
    for (const char *at = text_string(&text); *at != '\0'; at++)
        assert_true(*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\');
    text_fini(&text);
}

/* Valid until the next call. */
static const char *advice(void)
{
    static char bytes[1024];
    struct text text;
    assert_advice_is_plain();
    text_init(&text, sizeof(bytes) - 1);
    advice_append(&text, &result, text_append);
    assert_true(text_is_ok(&text));
    memcpy(bytes, text_string(&text), text.length + 1);
    text_fini(&text);
    return bytes;
}

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

/* An attempt that one address decided. */
static struct attempt *add_attempt(enum tcpcheck_outcome outcome, int64_t connect_ns,
                                   int64_t wall_ns)
{
    struct attempt *attempt = result_add_attempt(&result);
    assert_non_null(attempt);
    struct tried *tried = add_tried(outcome, FAMILY_IPV4);
    tried->connect_time_ns = connect_ns;
    tried->wall_ns = wall_ns;
    fold_addresses(&result);
    attempt->wall_ns = wall_ns;
    return attempt;
}

static void a_new_result_is_empty(void **state)
{
    (void)state;
    assert_ptr_equal(result.check, &check);
    assert_int_equal(result.sequence, 7);
    assert_int_equal(result.attempt_count, 0);
    assert_null(result_last_attempt(&result));
    assert_null(result_decisive(&result));
}

static void attempts_keep_their_own_addresses(void **state)
{
    static const uint32_t counts[] = {1, 0, 64, 3, 2};
    uint32_t start = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        assert_non_null(result_add_attempt(&result));
        assert_null(result_decisive(&result));
        for (uint32_t j = 0; j < counts[i]; j++)
            add_tried(TCPCHECK_REFUSED, FAMILY_IPV4)->error = (int)(i * 100 + j);
    }
    assert_int_equal(result.attempt_count, COUNT(counts));
    assert_int_equal(result.attempt_kept, COUNT(counts));
    for (size_t i = 0; i < COUNT(counts); i++) {
        const struct attempt *attempt = &result.attempts[i];
        assert_int_equal(attempt->tried_start, start);
        assert_int_equal(attempt->tried_count, counts[i]);
        for (uint32_t j = 0; j < counts[i]; j++)
            assert_int_equal(result.tried[start + j].error, i * 100 + j);
        start += counts[i];
    }
}

static void forgotten_attempts_still_count(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 10; i++) {
        result_forget_attempts(&result);
        (void)add_attempt(TCPCHECK_REFUSED, 0, 0);
        assert_int_equal(result.attempt_count, i + 1);
        assert_int_equal(result.attempt_kept, 1);
        assert_int_equal(result.tried_count, 1);
        assert_int_equal(result_last_attempt(&result)->tried_start, 0);
    }
    result_finish(&result, MS(10));
    assert_int_equal(result.outcome, TCPCHECK_REFUSED);
}

/* Which outcomes, met while connecting, an expectation takes; none else. */
static void expectations_hold_for_these_outcomes_only(void **state)
{
    static const struct {
        enum expectation expect;
        enum tcpcheck_outcome holds[16];
        size_t count;
    } cases[] = {
        {EXPECT_OPEN, {TCPCHECK_OPEN}, 1},
        {EXPECT_REFUSED, {TCPCHECK_REFUSED}, 1},
        {EXPECT_DROPPED, {TCPCHECK_TIMEOUT}, 1},
        {EXPECT_FILTERED, {TCPCHECK_FILTERED, TCPCHECK_REFUSED_ICMP, TCPCHECK_TIMEOUT}, 3},
        {EXPECT_CLOSED,
         {TCPCHECK_REFUSED, TCPCHECK_REFUSED_ICMP, TCPCHECK_TIMEOUT, TCPCHECK_NET_UNREACHABLE,
          TCPCHECK_HOST_UNREACHABLE, TCPCHECK_FILTERED, TCPCHECK_TTL_EXCEEDED, TCPCHECK_ICMP_OTHER,
          TCPCHECK_RESET_EARLY, TCPCHECK_CLOSED_EARLY},
         10},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool holds[OUTCOME_COUNT] = {false};
        for (size_t j = 0; j < cases[i].count; j++)
            holds[cases[i].holds[j]] = true;
        for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
            bool is_name = outcome_info((enum tcpcheck_outcome)outcome)->blame == BLAME_NAME;
            enum phase phase = is_name ? PHASE_RESOLVE : PHASE_CONNECT;
            assert_int_equal(
                expectation_holds(cases[i].expect, (enum tcpcheck_outcome)outcome, phase),
                holds[outcome]);
        }
    }
}

static void what_was_not_checked_meets_no_expectation(void **state)
{
    (void)state;
    for (int expect = EXPECT_OPEN; expect <= EXPECT_CLOSED; expect++)
        for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
            for (int phase = PHASE_RESOLVE; phase <= PHASE_CONNECT; phase++)
                if (outcome_info((enum tcpcheck_outcome)outcome)->verdict == TCPCHECK_UNKNOWN)
                    assert_false(expectation_holds((enum expectation)expect,
                                                   (enum tcpcheck_outcome)outcome,
                                                   (enum phase)phase));
}

/* A mistyped host must not pass for a closed port, nor a slow name server for a firewall. */
static void only_what_happened_while_connecting_is_closed_or_dropped(void **state)
{
    (void)state;
    assert_false(expectation_holds(EXPECT_CLOSED, TCPCHECK_DNS_NXDOMAIN, PHASE_RESOLVE));
    assert_false(expectation_holds(EXPECT_CLOSED, TCPCHECK_DNS_NODATA, PHASE_RESOLVE));
    assert_false(expectation_holds(EXPECT_CLOSED, TCPCHECK_TIMEOUT, PHASE_RESOLVE));
    assert_false(expectation_holds(EXPECT_DROPPED, TCPCHECK_TIMEOUT, PHASE_RESOLVE));
    assert_false(expectation_holds(EXPECT_FILTERED, TCPCHECK_TIMEOUT, PHASE_RESOLVE));
}

static void the_first_attempt_that_holds_is_the_answer(void **state)
{
    (void)state;
    (void)add_attempt(TCPCHECK_REFUSED, MS(1), MS(1));
    (void)add_attempt(TCPCHECK_OPEN, MS(2), MS(2));
    result_finish(&result, MS(5000));
    assert_int_equal(result.outcome, TCPCHECK_OPEN);
    assert_true(result.is_success);
    assert_int_equal(result.attempt_count, 2);
}

static void else_the_last_attempt_is_the_answer(void **state)
{
    (void)state;
    (void)add_attempt(TCPCHECK_REFUSED, MS(1), MS(1));
    (void)add_attempt(TCPCHECK_TIMEOUT, MS(2), MS(2));
    result_finish(&result, MS(5000));
    assert_int_equal(result.outcome, TCPCHECK_TIMEOUT);
    assert_int_equal(result.verdict, TCPCHECK_DOWN);
    assert_false(result.is_success);
    assert_false(result.is_connected);
}

static void an_open_check_reports_its_handshake(void **state)
{
    (void)state;
    result.started_ns = MS(100);
    (void)add_attempt(TCPCHECK_REFUSED, MS(1), MS(1));
    (void)add_attempt(TCPCHECK_OPEN, MS(20), MS(35));
    result_finish(&result, MS(2200));
    assert_true(result.is_connected);
    assert_int_equal(result.response_time_ns, MS(20));
    assert_int_equal(result.total_time_ns, MS(2100));
}

static void another_success_reports_its_last_attempt(void **state)
{
    (void)state;
    check.expect = EXPECT_DROPPED;
    (void)add_attempt(TCPCHECK_OPEN, MS(20), MS(20));
    (void)add_attempt(TCPCHECK_TIMEOUT, MS(3000), MS(3001));
    result_finish(&result, MS(5000));
    assert_true(result.is_success);
    assert_false(result.is_connected);
    assert_int_equal(result.verdict, TCPCHECK_DOWN);
    assert_int_equal(result.response_time_ns, MS(3001));
    assert_int_equal(result.total_time_ns, MS(5000));
}

static void an_error_reports_all_its_time(void **state)
{
    (void)state;
    result.started_ns = MS(50);
    (void)add_attempt(TCPCHECK_REFUSED, MS(1), MS(1));
    result_finish(&result, MS(2053));
    assert_int_equal(result.response_time_ns, MS(2003));
    assert_int_equal(result.total_time_ns, MS(2003));
}

static void time_that_we_held_it_back_is_in_no_time(void **state)
{
    (void)state;
    result.started_ns = MS(100);
    result.held_ns = MS(900);
    (void)add_attempt(TCPCHECK_REFUSED, MS(1), MS(1));
    result_finish(&result, MS(2000));
    assert_int_equal(result.response_time_ns, MS(1000));
    assert_int_equal(result.total_time_ns, MS(1000));
}

/* An attempt that ended before any address was tried. */
static void a_name_without_addresses_is_an_answer(void **state)
{
    struct attempt *attempt = result_add_attempt(&result);
    (void)state;
    assert_non_null(attempt);
    attempt->outcome = TCPCHECK_DNS_NXDOMAIN;
    attempt->phase = PHASE_RESOLVE;
    result_finish(&result, MS(3));
    assert_int_equal(result.outcome, TCPCHECK_DNS_NXDOMAIN);
    assert_int_equal(result.verdict, TCPCHECK_DOWN);
    assert_null(result_decisive(&result));
    assert_string_equal(result_error(&result), "Host not found");
}

static void thresholds_judge_the_handshake(void **state)
{
    static const struct {
        const char *warning, *critical;
        int64_t connect_ms;
        bool is_success, is_slow, is_too_slow;
    } cases[] = {
        {NULL, NULL, 900, true, false, false},       {"0.5", NULL, 500, true, false, false},
        {"0.5", NULL, 501, true, true, false},       {"0.5", "1", 1000, true, true, false},
        {"0.5", "1", 1001, false, true, true},       {NULL, "1", 1001, false, false, true},
        {NULL, "1:", 999, false, false, true}, /* too fast is outside, too */
        {NULL, "@0.1:0.2", 200, false, false, true}, {NULL, "@0.1:0.2", 201, true, false, false},
        {"~:", "~:", 5000, true, false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        check.given = 0;
        if (cases[i].warning != NULL) {
            assert_true(range_parse(cases[i].warning, strlen(cases[i].warning), &check.warning));
            check.given |= 1U << PARAM_WARNING;
        }
        if (cases[i].critical != NULL) {
            assert_true(range_parse(cases[i].critical, strlen(cases[i].critical), &check.critical));
            check.given |= 1U << PARAM_CRITICAL;
        }
        (void)add_attempt(TCPCHECK_OPEN, MS(cases[i].connect_ms), MS(6000));
        result_finish(&result, MS(7000));
        assert_int_equal(result.is_success, cases[i].is_success);
        assert_int_equal(result.is_too_slow, cases[i].is_too_slow);
        assert_int_equal(result.notes, cases[i].is_slow ? NOTE(NOTE_SLOW) : 0);
        assert_int_equal(result.outcome, TCPCHECK_OPEN);
        assert_int_equal(result.verdict, TCPCHECK_UP);
        assert_true(result.is_connected);
        assert_string_equal(result_error(&result), cases[i].is_too_slow ? "Too slow" : "");
        assert_int_equal(result.response_time_ns, MS(cases[i].connect_ms));
        assert_int_equal(strlen(advice()) > 0, cases[i].is_slow || cases[i].is_too_slow);
        result_forget_attempts(&result);
    }
}

static void thresholds_do_not_judge_a_failure(void **state)
{
    (void)state;
    assert_true(range_parse("0.001", 5, &check.critical));
    check.warning = check.critical;
    check.given = 1U << PARAM_CRITICAL | 1U << PARAM_WARNING;
    (void)add_attempt(TCPCHECK_TIMEOUT, MS(10000), MS(10000));
    result_finish(&result, MS(10000));
    assert_false(result.is_too_slow);
    assert_int_equal(result.notes, 0);
    assert_string_equal(result_error(&result), "Connection timeout");
}

/* Every expectation that was not met has an error and advice; every one that was has none. */
static void every_error_has_words_and_advice(void **state)
{
    (void)state;
    for (int expect = EXPECT_OPEN; expect <= EXPECT_CLOSED; expect++) {
        check.expect = (uint8_t)expect;
        for (int i = 0; i < OUTCOME_COUNT; i++) {
            enum tcpcheck_outcome outcome = (enum tcpcheck_outcome)i;
            (void)add_attempt(outcome, 0, 0);
            result_finish(&result, 0);
            bool is_met = expectation_holds((enum expectation)expect, outcome, PHASE_CONNECT);
            const char *message =
                i == TCPCHECK_OPEN ? "Connection opened" : outcome_info(outcome)->message;
            assert_int_equal(result.is_success, is_met);
            assert_int_equal(result.verdict, outcome_info(outcome)->verdict);
            assert_string_equal(result_error(&result), is_met ? "" : message);
            assert_int_equal(strlen(advice()) > 0, !is_met);
            result_forget_attempts(&result);
        }
    }
}

static void advice_fits_what_was_expected(void **state)
{
    static const struct {
        enum expectation expect;
        enum tcpcheck_outcome outcome;
        bool is_of_outcome;
    } cases[] = {
        {EXPECT_OPEN, TCPCHECK_REFUSED, true},      {EXPECT_OPEN, TCPCHECK_NO_ROUTE, true},
        {EXPECT_REFUSED, TCPCHECK_TIMEOUT, false},  {EXPECT_REFUSED, TCPCHECK_NO_ROUTE, true},
        {EXPECT_DROPPED, TCPCHECK_REFUSED, false},  {EXPECT_DROPPED, TCPCHECK_DNS_NXDOMAIN, true},
        {EXPECT_FILTERED, TCPCHECK_REFUSED, false}, {EXPECT_CLOSED, TCPCHECK_CANCELLED, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        check.expect = (uint8_t)cases[i].expect;
        (void)add_attempt(cases[i].outcome, 0, 0);
        result_finish(&result, 0);
        const char *own = outcome_info(cases[i].outcome)->hint;
        assert_int_equal(strcmp(advice(), own) == 0, cases[i].is_of_outcome);
        result_forget_attempts(&result);
    }
}

/* What decides, besides the outcome, which advice is given. */
struct advised {
    enum expectation expect;
    enum tcpcheck_outcome outcome;
    int error;
    bool is_from_target; /* the ICMP message */
    const char *interface;
    const char *has;
    const char *has_not;
};

static void give(const struct advised *advised)
{
    check.expect = (uint8_t)advised->expect;
    check.interface = advised->interface;
    struct attempt *attempt = add_attempt(advised->outcome, 0, 0);
    struct tried *tried = &result.tried[attempt->tried_start];
    tried->error = advised->error;
    tried->icmp.is_present = advised->is_from_target;
    tried->icmp.from = tried->address;
    result_finish(&result, 0);
}

static void advice_fits_the_evidence_and_the_check(void **state)
{
    static const struct advised cases[] = {
        {EXPECT_REFUSED, TCPCHECK_RESET_EARLY, 0, false, NULL, "something accepts", "not heard"},
        {EXPECT_REFUSED, TCPCHECK_CLOSED_EARLY, 0, false, NULL, "something accepts", "is down"},
        {EXPECT_DROPPED, TCPCHECK_RESET_EARLY, 0, false, NULL, "let it in", "icmp"},
        {EXPECT_FILTERED, TCPCHECK_CLOSED_EARLY, 0, false, NULL, "let it in", "something else"},
        {EXPECT_OPEN, TCPCHECK_RESET_EARLY, 0, false, NULL, "service's log", "let it in"},
        {EXPECT_DROPPED, TCPCHECK_REFUSED, 0, false, NULL, "TCP reset", "icmp.from"},
        {EXPECT_DROPPED, TCPCHECK_FILTERED, 0, true, NULL, "icmp.from", "TCP reset"},
        {EXPECT_OPEN, TCPCHECK_HOST_UNREACHABLE, 0, true, NULL, "On the target", "is down"},
        {EXPECT_OPEN, TCPCHECK_NET_UNREACHABLE, 0, true, NULL, "On the target", "router"},
        {EXPECT_OPEN, TCPCHECK_HOST_UNREACHABLE, 0, false, NULL, "is down", "On the target"},
        {EXPECT_OPEN, TCPCHECK_NO_ROUTE, 0, false, "eth7", "ADDRESS oif eth7", "ADDRESS says"},
        {EXPECT_OPEN, TCPCHECK_NO_ROUTE, 0, false, NULL, "ADDRESS says", "oif"},
        {EXPECT_OPEN, TCPCHECK_TIMEOUT, 0, false, "eth7", "ADDRESS oif eth7", "says the same"},
        {EXPECT_OPEN, TCPCHECK_HOST_UNREACHABLE, 0, false, "eth7", "forces device eth7", "eth0"},
        {EXPECT_REFUSED, TCPCHECK_TIMEOUT, 0, false, "eth7", "forces device eth7", "eth0"},
        {EXPECT_OPEN, TCPCHECK_REFUSED, 0, false, "eth7", "ss -ltnp", "eth7"},
        {EXPECT_OPEN, TCPCHECK_SOURCE_UNAVAILABLE, ENODEV, false, "eth7", "device here as eth7",
         "loopback"},
        {EXPECT_OPEN, TCPCHECK_SOURCE_UNAVAILABLE, EADDRNOTAVAIL, false, "eth7", "ip -br address",
         "eth7"},
        {EXPECT_OPEN, TCPCHECK_LOCAL_CONFIG, EINVAL, false, NULL, "type blackhole", "prohibit"},
        {EXPECT_OPEN, TCPCHECK_LOCAL_CONFIG, EACCES, false, NULL, "type prohibit", "blackhole"},
        {EXPECT_OPEN, TCPCHECK_LOCAL_CONFIG, EHOSTUNREACH, false, NULL, "type unreachable",
         "blackhole"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        give(&cases[i]);
        const char *words = advice();
        if (strstr(words, cases[i].has) == NULL || strstr(words, cases[i].has_not) != NULL)
            fail_msg("case %zu: %s", i, words);
        result_forget_attempts(&result);
    }
}

static void a_target_that_says_so_itself_is_up_and_rejects(void **state)
{
    static const struct advised by_target = {.outcome = TCPCHECK_HOST_UNREACHABLE,
                                             .is_from_target = true};
    static const struct advised by_router = {.outcome = TCPCHECK_HOST_UNREACHABLE};
    (void)state;
    give(&by_target);
    assert_int_equal(finding_blame(&result), BLAME_FIREWALL);
    assert_non_null(strstr(finding_meaning(&result), "the host is up"));
    assert_int_equal(result.verdict, TCPCHECK_DOWN);
    result_forget_attempts(&result);
    give(&by_router);
    assert_int_equal(finding_blame(&result), BLAME_HOST);
    assert_string_equal(finding_meaning(&result), outcome_info(result.outcome)->meaning);
}

static void a_zone_that_is_no_interface_is_named(void **state)
{
    struct text detail;
    (void)state;
    text_init(&detail, SIZE_MAX);
    check.host = "fe80::1%eth7";
    check.host_kind = HOST_IPV6;
    struct attempt *attempt = result_add_attempt(&result);
    assert_non_null(attempt);
    attempt->outcome = TCPCHECK_LOCAL_CONFIG;
    attempt->phase = PHASE_RESOLVE;
    result_finish(&result, 0);
    finding_append_detail(&detail, &result);
    assert_string_equal(text_string(&detail), "zone eth7 is no interface of this host");
    assert_non_null(strstr(advice(), "zone eth7"));
    assert_string_equal(result_error(&result), "Local routing refuses");
    text_fini(&detail);
}

static void an_unknown_address_among_others_says_what_is_uncertain(void **state)
{
    (void)state;
    check.addresses = ADDRESSES_ALL;
    assert_non_null(result_add_attempt(&result));
    (void)add_tried(TCPCHECK_NO_ROUTE, FAMILY_IPV6);
    fold_addresses(&result);
    result_finish(&result, 0);
    assert_false(finding_is_partial(&result));
    (void)add_tried(TCPCHECK_OPEN, FAMILY_IPV4);
    fold_addresses(&result);
    result_finish(&result, 0);
    assert_int_equal(result.verdict, TCPCHECK_UNKNOWN);
    assert_true(finding_is_partial(&result));
    assert_null(strstr(finding_meaning(&result), "no packet left"));
}

static void too_few_addresses_are_counted_and_their_source_is_named(void **state)
{
    static const struct {
        enum host_kind kind;
        enum lookup_source source;
        const char *has, *has_not;
    } cases[] = {
        {HOST_NAME, LOOKUP_DNS, "dig HOST A", "--resolve"},
        {HOST_NAME, LOOKUP_PINNED, "--resolve", "dig"},
        {HOST_IPV4, LOOKUP_DNS, "in the place of a name", "dig"},
    };
    (void)state;
    check.addresses = ADDRESSES_ALL;
    check.require = 3;
    for (size_t i = 0; i < COUNT(cases); i++) {
        check.host_kind = (uint8_t)cases[i].kind;
        struct attempt *attempt = result_add_attempt(&result);
        assert_non_null(attempt);
        attempt->lookup = calloc(1, sizeof(*attempt->lookup));
        assert_non_null(attempt->lookup);
        attempt->lookup->source = cases[i].source;
        (void)add_tried(TCPCHECK_OPEN, FAMILY_IPV4);
        fold_addresses(&result);
        result_finish(&result, 0);
        assert_true(result.has_too_few);
        assert_non_null(strstr(advice(), "has 1, needs 3"));
        assert_non_null(strstr(advice(), cases[i].has));
        assert_null(strstr(advice(), cases[i].has_not));
        assert_null(strchr(advice(), '`'));
        result_forget_attempts(&result);
    }
}

static void notes_of_a_success_that_need_a_look_have_advice(void **state)
{
    (void)state;
    for (enum note note = 0; note < NOTE_COUNT; note++) {
        bool is_advised =
            note == NOTE_ZERO_WINDOW || note == NOTE_SYNACK_REPEATED || note == NOTE_SLOW;
        add_attempt(TCPCHECK_OPEN, 0, 0)->notes = NOTE(note);
        result_finish(&result, 0);
        assert_true(result.is_success);
        assert_int_equal(strlen(advice()) > 0, is_advised);
        result_forget_attempts(&result);
    }
}

static void a_cancelled_check_keeps_what_is_known(void **state)
{
    (void)state;
    result.started_ns = MS(1000);
    result.held_ns = MS(100);
    check.expect = EXPECT_REFUSED;
    (void)add_attempt(TCPCHECK_OPEN, MS(3), MS(3));
    result_finish_as(&result, TCPCHECK_CANCELLED, MS(1600));
    assert_int_equal(result.outcome, TCPCHECK_CANCELLED);
    assert_int_equal(result.verdict, TCPCHECK_UNKNOWN);
    assert_false(result.is_success);
    assert_int_equal(result.attempt_count, 1);
    assert_int_equal(result.response_time_ns, MS(500));
    assert_int_equal(result.total_time_ns, MS(500));
    assert_string_equal(result_error(&result), "Cancelled");
    assert_string_equal(advice(), outcome_info(TCPCHECK_CANCELLED)->hint);
}

static void a_check_may_be_cancelled_before_its_first_attempt(void **state)
{
    (void)state;
    result_finish(&result, 0);
    assert_int_equal(result.outcome, TCPCHECK_CANCELLED);
    assert_int_equal(result.attempt_count, 0);
    assert_null(result_decisive(&result));
}

static void names_are_the_published_words(void **state)
{
    static const char *const notes[] = {
        "reset_after_handshake", "zero_window", "synack_repeated", "ipv6_failed",
        "ipv4_failed",           "slow",        "clock_ms"};
    static const char *const phases[] = {"resolve", "socket", "bind", "connect"};
    static const char *const verdicts[] = {"up", "down", "unknown"};
    (void)state;
    assert_int_equal(COUNT(notes), NOTE_COUNT);
    for (size_t i = 0; i < COUNT(notes); i++)
        assert_string_equal(note_name((enum note)i), notes[i]);
    for (size_t i = 0; i < COUNT(phases); i++)
        assert_string_equal(phase_name((enum phase)i), phases[i]);
    for (size_t i = 0; i < COUNT(verdicts); i++)
        assert_string_equal(verdict_name((enum tcpcheck_verdict)i), verdicts[i]);
    assert_null(rtt_source_name(RTT_NONE));
    assert_string_equal(rtt_source_name(RTT_KERNEL), "kernel");
    assert_string_equal(rtt_source_name(RTT_KERNEL_MS), "kernel_ms");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_result_is_empty),
        TEST(attempts_keep_their_own_addresses),
        TEST(forgotten_attempts_still_count),
        TEST(expectations_hold_for_these_outcomes_only),
        TEST(what_was_not_checked_meets_no_expectation),
        TEST(only_what_happened_while_connecting_is_closed_or_dropped),
        TEST(the_first_attempt_that_holds_is_the_answer),
        TEST(else_the_last_attempt_is_the_answer),
        TEST(an_open_check_reports_its_handshake),
        TEST(another_success_reports_its_last_attempt),
        TEST(an_error_reports_all_its_time),
        TEST(time_that_we_held_it_back_is_in_no_time),
        TEST(a_name_without_addresses_is_an_answer),
        TEST(thresholds_judge_the_handshake),
        TEST(thresholds_do_not_judge_a_failure),
        TEST(every_error_has_words_and_advice),
        TEST(advice_fits_what_was_expected),
        TEST(advice_fits_the_evidence_and_the_check),
        TEST(a_target_that_says_so_itself_is_up_and_rejects),
        TEST(a_zone_that_is_no_interface_is_named),
        TEST(an_unknown_address_among_others_says_what_is_uncertain),
        TEST(too_few_addresses_are_counted_and_their_source_is_named),
        TEST(notes_of_a_success_that_need_a_look_have_advice),
        TEST(a_cancelled_check_keeps_what_is_known),
        TEST(a_check_may_be_cancelled_before_its_first_attempt),
        TEST(names_are_the_published_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
