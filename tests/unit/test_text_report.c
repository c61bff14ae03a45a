/* format/text_report, format/text_explain: what people read. */
#include "sample_results.h"

static void run_is_aligned_lines_and_a_summary(void **state)
{
    struct report_context context = {0};
    struct sample samples[6];
    (void)state;
    sample_open(&samples[0], "open_port");
    sample_refused(&samples[1], "check_database");
    sample_filtered(&samples[2], "2001:db8::5");
    sample_no_route(&samples[3], NULL);
    sample_late(&samples[4], "late", "0.1", "0.5");
    sample_late(&samples[5], "10.0.0.7:8443", "0.5", "2"); /* called like its target */
    for (size_t i = 0; i < COUNT(samples); i++)
        report_context_fit(&context, &samples[i].check);
    assert_report(
        &report_text, &context, samples, COUNT(samples),
        "ok    0.196 ms  open_port       127.0.0.1:18080\n"
        "FAIL   1.00 s   check_database  db.example.com:5432  Connection refused (10.0.0.5), "
        "2 attempts\n"
        "      {hint 1}\n"
        "FAIL   1.00 s   2001:db8::5     [2001:db8::5]:443    Administratively prohibited, "
        "2001:db8::1 says communication administratively prohibited (ICMPv6 type 1 code 1)\n"
        "      {hint 2}\n"
        "????  0.009 ms  203.0.113.7:80                       Network unreachable\n"
        "      {hint 3}\n"
        "FAIL    750 ms  late            10.0.0.7:8443        Too slow: 750 ms\n"
        "      {hint 4}\n"
        "ok      750 ms  10.0.0.7:8443                        slow\n"
        "6 checks in 2.01 s: 1 ok, 1 ok but slow, 3 failed, 1 could not be checked "
        "(3 open, 1 refused, 1 no_route, 1 filtered)\n");
}

static void stream_of_unknown_length_needs_no_widths(void **state)
{
    struct sample samples[3];
    (void)state;
    sample_open(&samples[0], NULL);
    sample_refused(&samples[1], "db");
    sample_open(&samples[2], NULL);
    assert_report(&report_text, &(struct report_context){0}, samples, COUNT(samples),
                  "ok    0.196 ms  127.0.0.1:18080\n"
                  "FAIL   1.00 s   db  db.example.com:5432  Connection refused (10.0.0.5), "
                  "2 attempts\n"
                  "      {hint 1}\n"
                  "ok    0.196 ms  127.0.0.1:18080\n"
                  "3 checks in 2.01 s: 2 ok, 1 failed (2 open, 1 refused)\n");
}

static void success_after_retries_says_so(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "db.example.com", 5432);
    sample_attempt(&sample, 0, 0);
    sample_tried(&sample, "10.0.0.5", TCPCHECK_REFUSED, ECONNREFUSED, 201000);
    sample_attempt(&sample, NS_PER_S, 0);
    sample_tried(&sample, "2001:db8::5", TCPCHECK_TIMEOUT, 0, 2 * NS_PER_S);
    sample_tried(&sample, "10.0.0.5", TCPCHECK_OPEN, 0, 5 * NS_PER_MS);
    sample_finish(&sample);
    assert_report(&report_text, &(struct report_context){0}, &sample, 1,
                  "ok     5.00 ms  db.example.com:5432  IPv6 failed, 2 attempts\n"
                  "1 check in 2.01 s: 1 ok\n");
}

static void expected_failure_is_success(void **state)
{
    struct sample sample;
    (void)state;
    sample_closed(&sample);
    assert_report(&report_text, &(struct report_context){0}, &sample, 1,
                  "ok    0.405 ms  db.example.com:5432  Connection refused, as expected\n"
                  "1 check in 2.01 s: 1 ok (1 refused)\n");
}

static void unexpected_opening_is_a_failure(void **state)
{
    struct sample sample;
    (void)state;
    sample_open(&sample, NULL);
    sample.check.expect = EXPECT_REFUSED;
    sample_finish(&sample);
    assert_report(&report_text, &(struct report_context){0}, &sample, 1,
                  "FAIL  0.196 ms  127.0.0.1:18080  Connection opened\n"
                  "      {hint 0}\n"
                  "1 check in 2.01 s: 1 failed\n");
}

static void quiet_shows_failures_only(void **state)
{
    static const struct report_context context = {.is_quiet = true};
    struct sample samples[2];
    (void)state;
    assert_report(&report_text, &context, NULL, 0, "");
    sample_open(&samples[0], NULL);
    sample_open(&samples[1], NULL);
    assert_report(&report_text, &context, samples, 2, "");
    sample_open(&samples[0], NULL);
    sample_no_route(&samples[1], NULL);
    assert_report(&report_text, &context, samples, 2,
                  "????  0.009 ms  203.0.113.7:80  Network unreachable\n"
                  "      {hint 1}\n"
                  "2 checks in 2.01 s: 1 ok, 1 could not be checked (1 open, 1 no_route)\n");
}

static void run_of_nothing_says_so(void **state)
{
    (void)state;
    assert_report(&report_text, &(struct report_context){0}, NULL, 0, "0 checks in 2.01 s\n");
}

static void limits_that_were_felt_are_named_before_the_summary(void **state)
{
    struct report_context context = {0};
    struct sample sample;
    (void)state;
    sample_open(&sample, NULL);
    limits_init(&context.limits);
    restraint_add(&context.restraint, LIMIT_RATE, 99999999); /* nobody notices */
    restraint_add(&context.restraint, LIMIT_HOST_RATE, 50000000);
    restraint_add(&context.restraint, LIMIT_HOST_RATE, 4950000000);
    restraint_add(&context.restraint, LIMIT_HOST_IN_FLIGHT, 100000000);
    context.restraint.counts[LIMIT_ALLOW_MANY_PORTS] = 3;
    assert_report(&report_text, &context, &sample, 1,
                  "ok    0.196 ms  127.0.0.1:18080\n"
                  "Held back by limits: host_rate 20/s (2 connections, up to 4.95 s), "
                  "host_in_flight 8 (1 connection, up to 100 ms), "
                  "allow_many_ports 16 (3 connections not made)\n"
                  "1 check in 2.01 s: 1 ok\n");
}

static void common_local_cause_is_said_once(void **state)
{
    static const struct report_context context = {.is_quiet = true};
    struct sample samples[2];
    (void)state;
    sample_no_route(&samples[0], "a");
    sample_no_route(&samples[1], "b");
    assert_report(
        &report_text, &context, samples, 2,
        "????  0.009 ms  a  203.0.113.7:80  Network unreachable\n"
        "      {hint 0}\n"
        "????  0.009 ms  b  203.0.113.7:80  Network unreachable\n"
        "Every check ended the same way, and before its target: this host itself seems to\n"
        "be cut off (Network unreachable).\n"
        "{meaning 0}\n"
        "2 checks in 2.01 s: 2 could not be checked (2 no_route)\n");
}

static void common_cause_of_the_checks_does_not_cut_the_host_off(void **state)
{
    struct sample samples[2];
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        sample_init(&samples[i], NULL, "127.0.0.1", 80);
        samples[i].check.interface = "no\x1bsuch";
        sample_attempt(&samples[i], 0, 0);
        sample_tried(&samples[i], "127.0.0.1", TCPCHECK_SOURCE_UNAVAILABLE, ENODEV, 9000);
        sample_finish(&samples[i]);
    }
    assert_report(
        &report_text, &(struct report_context){0}, samples, COUNT(samples),
        "????  0.009 ms  127.0.0.1:80  Source address unavailable, "
        "no such device no\\x1bsuch\n"
        "      {hint 0}\n"
        "????  0.009 ms  127.0.0.1:80  Source address unavailable, "
        "no such device no\\x1bsuch\n"
        "Every check ended the same way, and before its target (Source address\n"
        "unavailable).\n"
        "This host cannot use the source address or device of the check; no packet left.\n"
        "2 checks in 2.01 s: 2 could not be checked (2 source_unavailable)\n");
}

static void advice_is_given_once_a_run(void **state)
{
    struct sample samples[4];
    (void)state;
    sample_refused(&samples[0], "a");
    sample_not_found(&samples[1], "b");
    sample_refused(&samples[2], "c");
    sample_not_found(&samples[3], "d");
    assert_report(&report_text, &(struct report_context){0}, samples, COUNT(samples),
                  "FAIL   1.00 s   a  db.example.com:5432  Connection refused (10.0.0.5), "
                  "2 attempts\n"
                  "      {hint 0}\n"
                  "FAIL   12.3 ms  b  no-such-host.invalid:443  Host not found\n"
                  "      {hint 1}\n"
                  "FAIL   1.00 s   c  db.example.com:5432  Connection refused (10.0.0.5), "
                  "2 attempts\n"
                  "FAIL   12.3 ms  d  no-such-host.invalid:443  Host not found\n"
                  "4 checks in 2.01 s: 4 failed (2 refused, 2 dns_nxdomain)\n");
}

static void verbose_shows_attempts_and_addresses(void **state)
{
    static const struct report_context context = {.is_verbose = true};
    struct sample samples[3];
    (void)state;
    sample_refused(&samples[0], NULL);
    sample_filtered(&samples[1], NULL);
    sample_not_found(&samples[2], NULL);
    assert_report(
        &report_text, &context, samples, 3,
        "FAIL   1.00 s   db.example.com:5432  Connection refused (10.0.0.5), 2 attempts\n"
        "      {hint 0}\n"
        "      attempt 1: Connection refused after 1.01 ms, lookup 0.812 ms\n"
        "        10.0.0.5: Connection refused (ECONNREFUSED) after 0.201 ms, "
        "from 10.0.0.9:40312\n"
        "      attempt 2, begun after 1.00 s: Connection refused after 0.405 ms, "
        "lookup 0.100 ms\n"
        "        10.0.0.5: Connection refused (ECONNREFUSED) after 0.305 ms, "
        "from 10.0.0.9:40312\n"
        "FAIL   1.00 s   [2001:db8::5]:443  Administratively prohibited, 2001:db8::1 says "
        "communication administratively prohibited (ICMPv6 type 1 code 1)\n"
        "      {hint 1}\n"
        "      attempt 1: Administratively prohibited after 1.00 s\n"
        "        2001:db8::5: Administratively prohibited (EACCES) after 1.00 s, "
        "from [2001:db8::9]:40312, 2001:db8::1 says communication administratively prohibited "
        "(ICMPv6 type 1 code 1), SYN sent 2 times\n"
        "FAIL   12.3 ms  no-such-host.invalid:443  Host not found\n"
        "      {hint 2}\n"
        "      attempt 1: Host not found after 12.3 ms, lookup 12.3 ms\n"
        "3 checks in 2.01 s: 3 failed (1 refused, 1 dns_nxdomain, 1 filtered)\n");
}

static void color_is_on_the_mark_alone(void **state)
{
    static const struct report_context context = {.is_colored = true};
    struct sample samples[4];
    (void)state;
    sample_open(&samples[0], NULL);
    sample_late(&samples[1], NULL, "0.5", NULL);
    sample_not_found(&samples[2], NULL);
    sample_no_route(&samples[3], NULL);
    assert_report(&report_text, &context, samples, 4,
                  "\033[32mok  \033[0m  0.196 ms  127.0.0.1:18080\n"
                  "\033[33mok  \033[0m    750 ms  10.0.0.7:8443  slow\n"
                  "\033[31mFAIL\033[0m   12.3 ms  no-such-host.invalid:443  Host not found\n"
                  "      {hint 2}\n"
                  "\033[33m????\033[0m  0.009 ms  203.0.113.7:80  Network unreachable\n"
                  "      {hint 3}\n"
                  "4 checks in 2.01 s: 1 ok, 1 ok but slow, 1 failed, 1 could not be checked "
                  "(2 open, 1 dns_nxdomain, 1 no_route)\n");
}

static void hostile_names_are_shown_escaped_and_measured_so(void **state)
{
    struct report_context context = {0};
    struct sample samples[2];
    (void)state;
    sample_open(&samples[0], HOSTILE_NAME);
    sample_open(&samples[1], "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e");
    samples[0].check.host = "h\x1b\n";
    context.name_width = 20;
    assert_report(&report_text, &context, samples, 2,
                  "ok    0.196 ms  a\"b'c\\d|e=f#g,h<i>&\\n\\x0d\\t\\x1b[31m\\x7f\\u{0085}"
                  "\\u{202e}\\xff\\xed\\xa0\\x80\xef\xbf\xbf  h\\x1b\\n:18080\n"
                  "ok    0.196 ms  \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e                "
                  "127.0.0.1:18080\n"
                  "2 checks in 2.01 s: 2 ok\n");
}

static const struct report_context single = {.is_single = true};

static void open_target_is_explained_shortly(void **state)
{
    struct sample sample;
    (void)state;
    sample_open(&sample, NULL);
    assert_report(&report_text, &single, &sample, 1,
                  "ok    127.0.0.1:18080 is open: connected in 0.196 ms\n"
                  "      address     127.0.0.1, from 10.0.0.9:40312\n"
                  "      handshake   0.196 ms by the kernel's clock\n");
}

static void refusal_is_explained_with_its_evidence(void **state)
{
    struct sample sample;
    (void)state;
    sample_refused(&sample, NULL);
    assert_report(&report_text, &single, &sample, 1,
                  "FAIL  db.example.com:5432: Connection refused\n"
                  "      stopped at  the target service\n"
                  "      meaning     {meaning 0}\n"
                  "      address     10.0.0.5, from 10.0.0.9:40312\n"
                  "      kernel      ECONNREFUSED after 0.305 ms\n"
                  "      lookup      0.100 ms\n"
                  "      attempts    2 in 1.00 s\n"
                  "      what to do  {hint 0}\n");
}

static void firewall_is_named(void **state)
{
    struct sample sample;
    (void)state;
    sample_filtered(&sample, NULL);
    assert_report(&report_text, &single, &sample, 1,
                  "FAIL  [2001:db8::5]:443: Administratively prohibited\n"
                  "      stopped at  a firewall\n"
                  "      meaning     {meaning 0}\n"
                  "      address     2001:db8::5, from [2001:db8::9]:40312\n"
                  "      kernel      EACCES after 1.00 s\n"
                  "      ICMP        2001:db8::1 says communication administratively prohibited\n"
                  "                  (ICMPv6 type 1 code 1)\n"
                  "      SYN         sent 2 times\n"
                  "      what to do  {hint 0}\n");
}

static void silence_says_how_long_it_was_listened_to(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "10.0.0.7", 80);
    sample_attempt(&sample, 0, 0);
    sample_tried(&sample, "10.0.0.7", TCPCHECK_TIMEOUT, 0, 5 * NS_PER_S)->syn_retransmits = 4;
    sample_finish(&sample);
    assert_report(&report_text, &single, &sample, 1,
                  "FAIL  10.0.0.7:80: Connection timeout\n"
                  "      stopped at  the network\n"
                  "      meaning     {meaning 0}\n"
                  "      address     10.0.0.7, from 10.0.0.9:40312\n"
                  "      waited      5.00 s\n"
                  "      SYN         sent 5 times\n"
                  "      what to do  {hint 0}\n");
}

static void unknown_says_nothing_about_the_target(void **state)
{
    struct sample sample;
    (void)state;
    sample_no_route(&sample, NULL);
    assert_report(&report_text, &single, &sample, 1,
                  "????  203.0.113.7:80: Network unreachable; this says nothing about the target\n"
                  "      stopped at  this host\n"
                  "      meaning     {meaning 0}\n"
                  "      address     203.0.113.7\n"
                  "      kernel      ENETUNREACH after 0.009 ms\n"
                  "      what to do  {hint 0}\n");
}

static void slow_target_is_explained(void **state)
{
    struct sample sample;
    (void)state;
    sample_late(&sample, NULL, "0.1", "0.5");
    sample.result.tried[0].rtt_source = RTT_KERNEL_MS;
    sample.result.tried[0].syn_retransmits = 1;
    sample.result.notes |= 1u << NOTE_CLOCK_MS;
    assert_report(&report_text, &single, &sample, 1,
                  "FAIL  10.0.0.7:8443: Too slow: 750 ms\n"
                  "      address     10.0.0.7, from 10.0.0.9:40312\n"
                  "      handshake   750 ms by TCP timestamps, in steps of 1 ms\n"
                  "      SYN         sent 2 times\n"
                  "      note        time known to 1 ms only\n"
                  "      what to do  {hint 0}\n");
}

static void expected_refusal_is_explained(void **state)
{
    struct sample sample;
    (void)state;
    sample_closed(&sample);
    assert_report(&report_text, &single, &sample, 1,
                  "ok    db.example.com:5432: Connection refused, as expected\n"
                  "      address     10.0.0.5, from 10.0.0.9:40312\n"
                  "      kernel      ECONNREFUSED after 0.305 ms\n"
                  "      lookup      0.100 ms\n");
}

static void check_cancelled_before_its_first_attempt_is_explained(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "10.0.0.7", 80);
    sample.result.outcome = TCPCHECK_CANCELLED;
    sample.result.verdict = TCPCHECK_UNKNOWN;
    assert_report(&report_text, &single, &sample, 1,
                  "????  10.0.0.7:80: Cancelled; this says nothing about the target\n"
                  "      stopped at  this host\n"
                  "      meaning     {meaning 0}\n"
                  "      what to do  {hint 0}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_is_aligned_lines_and_a_summary),
        cmocka_unit_test(stream_of_unknown_length_needs_no_widths),
        cmocka_unit_test(success_after_retries_says_so),
        cmocka_unit_test(expected_failure_is_success),
        cmocka_unit_test(unexpected_opening_is_a_failure),
        cmocka_unit_test(quiet_shows_failures_only),
        cmocka_unit_test(run_of_nothing_says_so),
        cmocka_unit_test(limits_that_were_felt_are_named_before_the_summary),
        cmocka_unit_test(common_local_cause_is_said_once),
        cmocka_unit_test(common_cause_of_the_checks_does_not_cut_the_host_off),
        cmocka_unit_test(advice_is_given_once_a_run),
        cmocka_unit_test(verbose_shows_attempts_and_addresses),
        cmocka_unit_test(color_is_on_the_mark_alone),
        cmocka_unit_test(hostile_names_are_shown_escaped_and_measured_so),
        cmocka_unit_test(open_target_is_explained_shortly),
        cmocka_unit_test(refusal_is_explained_with_its_evidence),
        cmocka_unit_test(firewall_is_named),
        cmocka_unit_test(silence_says_how_long_it_was_listened_to),
        cmocka_unit_test(unknown_says_nothing_about_the_target),
        cmocka_unit_test(slow_target_is_explained),
        cmocka_unit_test(expected_refusal_is_explained),
        cmocka_unit_test(check_cancelled_before_its_first_attempt_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
