/* core/outcome: the table against the published words, and the weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/outcome.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is promised to programs that read results: never changed, only added to. */
static const struct {
    enum tcpcheck_outcome outcome;
    int number;
    const char *name;
    const char *message;
    enum tcpcheck_verdict verdict;
    bool is_retried;
    bool is_published;
} promised[] = {
    {TCPCHECK_OPEN, 0, "open", "", TCPCHECK_UP, true, false},
    {TCPCHECK_REFUSED, 1, "refused", "Connection refused", TCPCHECK_DOWN, true, true},
    {TCPCHECK_REFUSED_ICMP, 2, "refused_icmp", "Connection refused", TCPCHECK_DOWN, true, true},
    {TCPCHECK_TIMEOUT, 3, "timeout", "Connection timeout", TCPCHECK_DOWN, true, true},
    {TCPCHECK_DNS_NXDOMAIN, 4, "dns_nxdomain", "Host not found", TCPCHECK_DOWN, true, true},
    {TCPCHECK_DNS_NODATA, 5, "dns_nodata", "Host not found", TCPCHECK_DOWN, true, true},
    {TCPCHECK_NET_UNREACHABLE, 6, "net_unreachable", "Network unreachable", TCPCHECK_DOWN, true,
     true},
    {TCPCHECK_NO_ROUTE, 7, "no_route", "Network unreachable", TCPCHECK_UNKNOWN, true, true},
    {TCPCHECK_PERMISSION, 8, "permission", "Permission denied", TCPCHECK_UNKNOWN, false, true},
    {TCPCHECK_SOURCE_PORT_BUSY, 9, "source_port_busy", "Port in use", TCPCHECK_UNKNOWN, true, true},
    {TCPCHECK_HOST_UNREACHABLE, 10, "host_unreachable", "Host unreachable", TCPCHECK_DOWN, true,
     false},
    {TCPCHECK_FILTERED, 11, "filtered", "Administratively prohibited", TCPCHECK_DOWN, true, false},
    {TCPCHECK_TTL_EXCEEDED, 12, "ttl_exceeded", "Routing loop", TCPCHECK_DOWN, true, false},
    {TCPCHECK_ICMP_OTHER, 13, "icmp_other", "Protocol error", TCPCHECK_DOWN, true, false},
    {TCPCHECK_LOCAL_FIREWALL, 14, "local_firewall", "Rejected by this host", TCPCHECK_UNKNOWN,
     false, false},
    {TCPCHECK_RESET_EARLY, 15, "reset_early", "Connection reset", TCPCHECK_DOWN, true, false},
    {TCPCHECK_CLOSED_EARLY, 16, "closed_early", "Connection closed", TCPCHECK_DOWN, true, false},
    {TCPCHECK_DNS_TIMEOUT, 17, "dns_timeout", "DNS failure: no answer", TCPCHECK_UNKNOWN, true,
     false},
    {TCPCHECK_DNS_SERVFAIL, 18, "dns_servfail", "DNS failure: server failure", TCPCHECK_UNKNOWN,
     true, false},
    {TCPCHECK_DNS_REFUSED, 19, "dns_refused", "DNS failure: query refused", TCPCHECK_UNKNOWN, true,
     false},
    {TCPCHECK_DNS_MALFORMED, 20, "dns_malformed", "DNS failure: malformed answer", TCPCHECK_UNKNOWN,
     true, false},
    {TCPCHECK_DNS_UNREACHABLE, 21, "dns_unreachable", "DNS failure: name server unreachable",
     TCPCHECK_UNKNOWN, true, false},
    {TCPCHECK_RESOURCE, 22, "resource", "Local resources exhausted", TCPCHECK_UNKNOWN, true, false},
    {TCPCHECK_PORTS_EXHAUSTED, 23, "ports_exhausted", "Local ports exhausted", TCPCHECK_UNKNOWN,
     true, false},
    {TCPCHECK_SOURCE_UNAVAILABLE, 24, "source_unavailable", "Source address unavailable",
     TCPCHECK_UNKNOWN, false, false},
    {TCPCHECK_LOCAL_CONFIG, 25, "local_config", "Local routing refuses", TCPCHECK_UNKNOWN, false,
     false},
    {TCPCHECK_NOT_ALLOWED, 26, "not_allowed", "Not allowed by policy", TCPCHECK_UNKNOWN, false,
     false},
    {TCPCHECK_CANCELLED, 27, "cancelled", "Cancelled", TCPCHECK_UNKNOWN, false, false},
    {TCPCHECK_INTERNAL, 28, "internal", "Internal error", TCPCHECK_UNKNOWN, false, false},
};

static void every_outcome_keeps_its_promise(void **state)
{
    (void)state;
    assert_int_equal(COUNT(promised), OUTCOME_COUNT);
    for (size_t i = 0; i < COUNT(promised); i++) {
        const struct outcome_info *info = outcome_info(promised[i].outcome);
        assert_int_equal(promised[i].outcome, promised[i].number);
        assert_string_equal(info->name, promised[i].name);
        assert_string_equal(info->message, promised[i].message);
        assert_int_equal(info->verdict, promised[i].verdict);
        assert_int_equal(info->is_retried, promised[i].is_retried);
        assert_int_equal(info->is_published, promised[i].is_published);
    }
}

static void assert_printable(const char *text)
{
    for (; *text != '\0'; text++)
        assert_in_range(*text, ' ', '~');
}

static void assert_sentences(const char *text)
{
    size_t length = strlen(text);
    assert_printable(text);
    assert_in_range(length, 20, 400);
    assert_in_range(text[0], '!', '~');
    assert_int_equal(text[length - 1], '.');
}

static void every_outcome_has_a_meaning_and_advice(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        const struct outcome_info *info = outcome_info((enum tcpcheck_outcome)i);
        assert_sentences(info->meaning);
        if (i == TCPCHECK_OPEN)
            assert_string_equal(info->hint, "");
        else
            assert_sentences(info->hint);
    }
}

static void every_outcome_has_steps_in_lines(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        const char *line = outcome_info((enum tcpcheck_outcome)i)->steps;
        size_t count = 0;
        while (line != NULL) {
            const char *end = strchr(line, '\n');
            size_t length = end != NULL ? (size_t)(end - line) : strlen(line);
            assert_in_range(length, 20, 400);
            assert_non_null(strchr(".?", line[length - 1]));
            for (size_t at = 0; at < length; at++)
                assert_in_range(line[at], ' ', '~');
            line = end != NULL ? end + 1 : NULL;
            count++;
        }
        assert_in_range(count, 3, 9);
    }
}

/* Without privilege neither can be told from what it looks like. */
static void silence_and_resets_may_come_from_this_host(void **state)
{
    (void)state;
    assert_non_null(strstr(outcome_info(TCPCHECK_TIMEOUT)->hint, "this host"));
    assert_non_null(strstr(outcome_info(TCPCHECK_REFUSED)->hint, "this host"));
}

static void what_is_no_outcome_is_internal(void **state)
{
    static const int numbers[] = {-1, OUTCOME_COUNT, OUTCOME_COUNT + 1, INT32_MAX, INT32_MIN};
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        assert_ptr_equal(outcome_info((enum tcpcheck_outcome)numbers[i]),
                         outcome_info(TCPCHECK_INTERNAL));
}

static void evidence_has_an_order(void **state)
{
    static const enum tcpcheck_outcome strongest_first[] = {
        TCPCHECK_OPEN,
        TCPCHECK_RESET_EARLY,
        TCPCHECK_CLOSED_EARLY,
        TCPCHECK_REFUSED,
        TCPCHECK_REFUSED_ICMP,
        TCPCHECK_FILTERED,
        TCPCHECK_HOST_UNREACHABLE,
        TCPCHECK_NET_UNREACHABLE,
        TCPCHECK_TTL_EXCEEDED,
        TCPCHECK_ICMP_OTHER,
        TCPCHECK_TIMEOUT,
    };
    bool is_ordered[OUTCOME_COUNT] = {false};
    (void)state;
    for (size_t i = 0; i < COUNT(strongest_first); i++) {
        is_ordered[strongest_first[i]] = true;
        assert_true(outcome_strength(strongest_first[i]) > 0);
        if (i > 0)
            assert_true(outcome_strength(strongest_first[i]) <
                        outcome_strength(strongest_first[i - 1]));
    }
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (!is_ordered[i])
            assert_int_equal(outcome_strength((enum tcpcheck_outcome)i), 0);
}

static void every_blame_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = BLAME_NOBODY; i <= BLAME_HERE; i++)
        for (int j = BLAME_NOBODY; j < i; j++)
            assert_string_not_equal(outcome_blame_name((enum outcome_blame)i),
                                    outcome_blame_name((enum outcome_blame)j));
}

/* An unknown verdict is never somebody else's fault, name servers aside. */
static void what_could_not_be_checked_is_blamed_on_this_host(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        const struct outcome_info *info = outcome_info((enum tcpcheck_outcome)i);
        bool is_unknown = info->verdict == TCPCHECK_UNKNOWN;
        if (info->blame != BLAME_NAME)
            assert_int_equal(info->blame == BLAME_HERE, is_unknown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_keeps_its_promise),
        cmocka_unit_test(every_outcome_has_a_meaning_and_advice),
        cmocka_unit_test(every_outcome_has_steps_in_lines),
        cmocka_unit_test(silence_and_resets_may_come_from_this_host),
        cmocka_unit_test(what_is_no_outcome_is_internal),
        cmocka_unit_test(evidence_has_an_order),
        cmocka_unit_test(every_blame_has_a_name_of_its_own),
        cmocka_unit_test(what_could_not_be_checked_is_blamed_on_this_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
