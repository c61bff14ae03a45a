/* format/nagios, format/nagios_report: the plugin's line, and a run as one plugin. */
#include "sample_results.h"

#include "format/nagios.h"

#define LONG_LABEL "a-label-that-has-fifty-six-characters-as-long-as-it-goes"

static void assert_line(const struct result *result, enum nagios_state refusal,
                        const char *expected)
{
    struct text out;
    text_init(&out, SIZE_MAX);
    nagios_append_line(&out, result, refusal);
    assert_string_equal(text_string(&out), expected);
    assert_true(strcspn(text_string(&out), "|") < 80);
    text_fini(&out);
}

static void open_reads_as_people_know_it(void **state)
{
    struct sample sample;
    (void)state;
    sample_open(&sample, "ignored");
    sample.check.port = 19116;
    assert_line(&sample.result, NAGIOS_CRITICAL,
                "TCP OK - 0.000 second response time on 127.0.0.1 port 19116"
                "|time=0.000196s;;;0.000000;10.000000");
    sample.check.timeout_ns = 1500 * NS_PER_MS;
    sample.result.response_time_ns = INT64_C(1234567890);
    assert_line(&sample.result, NAGIOS_CRITICAL,
                "TCP OK - 1.235 second response time on 127.0.0.1 port 19116"
                "|time=1.234568s;;;0.000000;1.500000");
    sample_fini(&sample);
}

static void thresholds_decide_and_are_shown(void **state)
{
    static const struct {
        const char *warning, *critical, *line;
    } cases[] = {
        {"1", "2",
         "TCP OK - 0.750 second response time on 10.0.0.7 port 8443"
         "|time=0.750000s;1;2;0.000000;10.000000"},
        {"0.5", "2",
         "TCP WARNING - 0.750 second response time on 10.0.0.7 port 8443"
         "|time=0.750000s;0.5;2;0.000000;10.000000"},
        {"0.1", "0.5",
         "TCP CRITICAL - 0.750 second response time on 10.0.0.7 port 8443"
         "|time=0.750000s;0.1;0.5;0.000000;10.000000"},
        {NULL, "@0.5:1",
         "TCP CRITICAL - 0.750 second response time on 10.0.0.7 port 8443"
         "|time=0.750000s;;@0.5:1;0.000000;10.000000"},
        {"~:0.7", NULL,
         "TCP WARNING - 0.750 second response time on 10.0.0.7 port 8443"
         "|time=0.750000s;~:0.7;;0.000000;10.000000"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        sample_late(&sample, NULL, cases[i].warning, cases[i].critical);
        assert_line(&sample.result, NAGIOS_OK, cases[i].line);
        sample_fini(&sample);
    }
}

static void failure_says_what_and_where_without_a_time(void **state)
{
    struct sample sample;
    (void)state;
    sample_refused(&sample, NULL);
    assert_line(&sample.result, NAGIOS_CRITICAL,
                "TCP CRITICAL - Connection refused on db.example.com port 5432");
    assert_line(&sample.result, NAGIOS_WARNING,
                "TCP WARNING - Connection refused on db.example.com port 5432");
    assert_line(&sample.result, NAGIOS_OK,
                "TCP OK - Connection refused on db.example.com port 5432");
    sample_fini(&sample);
    sample_filtered(&sample, NULL);
    assert_line(&sample.result, NAGIOS_OK,
                "TCP CRITICAL - Administratively prohibited on 2001:db8::5 port 443");
    sample_fini(&sample);
    sample_no_route(&sample, NULL);
    assert_line(&sample.result, NAGIOS_OK,
                "TCP UNKNOWN - Network unreachable on 203.0.113.7 port 80");
    sample_fini(&sample);
}

static void expectation_decides(void **state)
{
    struct sample sample;
    (void)state;
    sample_closed(&sample);
    assert_line(&sample.result, NAGIOS_WARNING, /* -r is about refusals nobody expected */
                "TCP OK - Connection refused as expected on db.example.com port 5432"
                "|time=0.000405s;;;0.000000;10.000000");
    sample_fini(&sample);
    sample_open(&sample, NULL);
    sample.check.expect = EXPECT_REFUSED;
    sample_finish(&sample);
    assert_line(&sample.result, NAGIOS_OK,
                "TCP CRITICAL - Connection opened on 127.0.0.1 port 18080"
                "|time=0.000196s;;;0.000000;10.000000");
    sample_fini(&sample);
}

static void late_refusal_is_critical_whatever_refusals_are(void **state)
{
    struct sample sample;
    (void)state;
    sample_closed(&sample);
    assert_true(range_parse("0.0001", 6, &sample.check.critical));
    sample.check.given |= UINT32_C(1) << PARAM_CRITICAL;
    sample_finish(&sample);
    assert_int_equal(nagios_state(&sample.result, NAGIOS_OK), NAGIOS_CRITICAL);
    sample_fini(&sample);
}

static void refusals_count_where_nothing_else_failed(void **state)
{
    static const struct {
        enum addresses addresses;
        enum tcpcheck_outcome outcomes[3];
        enum nagios_state state;
    } cases[] = {
        {ADDRESSES_ALL, {TCPCHECK_REFUSED, TCPCHECK_REFUSED_ICMP, TCPCHECK_OPEN}, NAGIOS_OK},
        {ADDRESSES_ALL, {TCPCHECK_REFUSED, TCPCHECK_OPEN, TCPCHECK_OPEN}, NAGIOS_OK},
        {ADDRESSES_ALL, {TCPCHECK_REFUSED, TCPCHECK_TIMEOUT, TCPCHECK_OPEN}, NAGIOS_CRITICAL},
        {ADDRESSES_ALL, {TCPCHECK_TIMEOUT, TCPCHECK_REFUSED, TCPCHECK_REFUSED}, NAGIOS_CRITICAL},
        {ADDRESSES_ALL, {TCPCHECK_REFUSED, TCPCHECK_FILTERED, TCPCHECK_OPEN}, NAGIOS_CRITICAL},
        {ADDRESSES_ALL, {TCPCHECK_REFUSED, TCPCHECK_RESET_EARLY, TCPCHECK_OPEN}, NAGIOS_CRITICAL},
        {ADDRESSES_ALL, {TCPCHECK_OPEN, TCPCHECK_OPEN, TCPCHECK_NO_ROUTE}, NAGIOS_UNKNOWN},
        {ADDRESSES_ANY, {TCPCHECK_REFUSED, TCPCHECK_REFUSED, TCPCHECK_REFUSED}, NAGIOS_OK},
        {ADDRESSES_ANY, {TCPCHECK_REFUSED, TCPCHECK_TIMEOUT, TCPCHECK_REFUSED}, NAGIOS_CRITICAL},
        {ADDRESSES_RACE, {TCPCHECK_NO_ROUTE, TCPCHECK_REFUSED, TCPCHECK_REFUSED}, NAGIOS_OK},
    };
    static const char *const addresses[] = {"10.0.0.1", "10.0.0.2", "2001:db8::3"};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        sample_init(&sample, NULL, "several.test", 80);
        sample.check.addresses = (uint8_t)cases[i].addresses;
        sample_attempt(&sample, 0, 0);
        for (size_t j = 0; j < COUNT(addresses); j++)
            sample_tried(&sample, addresses[j], cases[i].outcomes[j], 0, 1000);
        sample_finish(&sample);
        if (nagios_state(&sample.result, NAGIOS_OK) != cases[i].state)
            fail_msg("case %zu: %s", i, nagios_state_name(nagios_state(&sample.result, NAGIOS_OK)));
        sample_fini(&sample);
    }
}

static void states_follow_status_and_verdict(void **state)
{
    static const struct {
        enum tcpcheck_outcome outcome;
        enum nagios_state state, with_refusal_warning;
    } cases[] = {
        {TCPCHECK_OPEN, NAGIOS_OK, NAGIOS_OK},
        {TCPCHECK_REFUSED, NAGIOS_CRITICAL, NAGIOS_WARNING},
        {TCPCHECK_REFUSED_ICMP, NAGIOS_CRITICAL, NAGIOS_WARNING},
        {TCPCHECK_TIMEOUT, NAGIOS_CRITICAL, NAGIOS_CRITICAL},
        {TCPCHECK_DNS_NXDOMAIN, NAGIOS_CRITICAL, NAGIOS_CRITICAL},
        {TCPCHECK_DNS_TIMEOUT, NAGIOS_UNKNOWN, NAGIOS_UNKNOWN},
        {TCPCHECK_PERMISSION, NAGIOS_UNKNOWN, NAGIOS_UNKNOWN},
        {TCPCHECK_CANCELLED, NAGIOS_UNKNOWN, NAGIOS_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        sample_init(&sample, NULL, "10.0.0.7", 80);
        sample_attempt(&sample, 0, 0)->outcome = cases[i].outcome;
        sample_finish(&sample);
        assert_int_equal(nagios_state(&sample.result, NAGIOS_CRITICAL), cases[i].state);
        assert_int_equal(nagios_state(&sample.result, NAGIOS_WARNING),
                         cases[i].with_refusal_warning);
        sample_fini(&sample);
    }
    assert_string_equal(nagios_state_name(NAGIOS_OK), "OK");
    assert_string_equal(nagios_state_name(NAGIOS_WARNING), "WARNING");
    assert_string_equal(nagios_state_name(NAGIOS_CRITICAL), "CRITICAL");
    assert_string_equal(nagios_state_name(NAGIOS_UNKNOWN), "UNKNOWN");
}

static void long_and_hostile_hosts_fit_the_line(void **state)
{
    static const struct {
        const char *host;
        const char *line;
    } cases[] = {
        {"host-of-29-columns.example.co",
         "TCP OK - 0.000 second response time on host-of-29-columns.example.co port 18080"},
        {"host-of-30-columns.example.com",
         "TCP OK - 0.000 second response time on host-of-30-co...s.example.com port 18080"},
        {LONG_LABEL "." LONG_LABEL "." LONG_LABEL ".example.com",
         "TCP OK - 0.000 second response time on a-label-that-...s.example.com port 18080"},
        {"a|b\nc", "TCP OK - 0.000 second response time on a\\x7cb\\nc port 18080"},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
         "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
         "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
         "TCP OK - 0.000 second response time on "
         "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
         "...\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e port 18080"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct text out;
        sample_open(&sample, NULL);
        sample.check.host = cases[i].host;
        text_init(&out, SIZE_MAX);
        nagios_append_words(&out, &sample.result, NAGIOS_CRITICAL);
        assert_string_equal(text_string(&out), cases[i].line);
        text_fini(&out);
        sample_fini(&sample);
    }
}

/* Every outcome, on a host that is too long. */
static void no_line_is_too_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        struct sample sample;
        struct text out;
        sample_init(&sample, NULL, LONG_LABEL "." LONG_LABEL ".example.com", 65535);
        sample_attempt(&sample, 0, 0)->outcome = (enum tcpcheck_outcome)i;
        sample_finish(&sample);
        text_init(&out, SIZE_MAX);
        nagios_append_words(&out, &sample.result, NAGIOS_CRITICAL);
        assert_in_range(out.length, 60, 79);
        assert_non_null(strstr(text_string(&out), " on a-"));
        assert_non_null(strstr(text_string(&out), "m port 65535"));
        text_fini(&out);
        sample_fini(&sample);
    }
}

static void one_check_is_the_plugins_line(void **state)
{
    static const struct report_context context = {.is_single = true};
    struct sample sample;
    (void)state;
    sample_open(&sample, "ignored");
    assert_report(&report_nagios, &context, &sample, 1,
                  "TCP OK - 0.000 second response time on 127.0.0.1 port 18080"
                  "|time=0.000196s;;;0.000000;10.000000\n");
}

static void run_names_what_failed_and_has_all_performance_data(void **state)
{
    struct sample samples[5];
    (void)state;
    sample_open(&samples[0], "open_port");
    sample_refused(&samples[1], "check_database");
    sample_not_found(&samples[2], NULL);
    sample_no_route(&samples[3], "no_route");
    sample_late(&samples[4], "it's = a|b", "0.5", NULL);
    assert_report(&report_nagios, &(struct report_context){0}, samples, 5,
                  "TCP CRITICAL - 2 of 5 checks failed: check_database, no-such-h...alid:443"
                  "|'open_port'=0.000196s;;;0.000000;10.000000"
                  " 'it''s _ a\\x7cb'=0.750000s;0.5;;0.000000;10.000000\n"
                  "open_port: TCP OK - 0.000 second response time on 127.0.0.1 port 18080\n"
                  "check_database: TCP CRITICAL - Connection refused on db.example.com port 5432\n"
                  "TCP CRITICAL - Host not found on no-such-host.invalid port 443\n"
                  "no_route: TCP UNKNOWN - Network unreachable on 203.0.113.7 port 80\n"
                  "it's = a\\x7cb: TCP WARNING - 0.750 second response time on 10.0.0.7 "
                  "port 8443\n");
}

/* The first line of a run, of samples that are freed. */
static void assert_summary(struct sample *samples, size_t count, const char *expected)
{
    struct text report;
    sample_report(&report, &report_nagios, &(struct report_context){0}, samples, count);
    char *line = strndup(text_string(&report), strcspn(text_string(&report), "|\n"));
    assert_string_equal(line, expected);
    assert_true(strlen(line) < 80);
    free(line);
    text_fini(&report);
    for (size_t i = 0; i < count; i++)
        sample_fini(&samples[i]);
}

static void labels_are_unique(void **state)
{
    static const char *const names[] = {"a", "a", "a #2", "a", "b"};
    struct sample samples[COUNT(names)];
    struct text out;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        sample_open(&samples[i], names[i]);
    sample_report(&out, &report_nagios, &(struct report_context){0}, samples, COUNT(names));
    static const char *const labels[] = {"|'a'=", " 'a #2'=", " 'a #2 #2'=", " 'a #3'=", " 'b'="};
    const char *at = text_string(&out);
    for (size_t i = 0; i < COUNT(labels); i++) {
        at = strstr(at, labels[i]);
        assert_non_null(at);
    }
    text_fini(&out);
    for (size_t i = 0; i < COUNT(names); i++)
        sample_fini(&samples[i]);
}

static void worst_state_speaks_for_the_run(void **state)
{
    struct sample samples[6];
    (void)state;
    assert_summary(NULL, 0, "TCP OK - no checks");
    sample_open(&samples[0], "a");
    sample_open(&samples[1], "b");
    assert_summary(samples, 2, "TCP OK - 2 of 2 checks succeeded");
    sample_open(&samples[0], "a");
    sample_late(&samples[1], "late", "0.5", NULL);
    assert_summary(samples, 2, "TCP WARNING - 1 of 2 checks slow: late");
    sample_late(&samples[0], "late", "0.5", NULL);
    sample_no_route(&samples[1], "x\n|y");
    assert_summary(samples, 2, "TCP UNKNOWN - 1 of 2 checks could not be made: x\\n\\x7cy");
    for (size_t i = 0; i < COUNT(samples); i++)
        sample_refused(&samples[i], i % 2 == 0 ? "even-number" : "odd");
    assert_summary(samples, COUNT(samples),
                   "TCP CRITICAL - 6 of 6 checks failed: even-number, odd, even-number, odd, ...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_reads_as_people_know_it),
        cmocka_unit_test(thresholds_decide_and_are_shown),
        cmocka_unit_test(failure_says_what_and_where_without_a_time),
        cmocka_unit_test(expectation_decides),
        cmocka_unit_test(late_refusal_is_critical_whatever_refusals_are),
        cmocka_unit_test(refusals_count_where_nothing_else_failed),
        cmocka_unit_test(states_follow_status_and_verdict),
        cmocka_unit_test(long_and_hostile_hosts_fit_the_line),
        cmocka_unit_test(no_line_is_too_long),
        cmocka_unit_test(one_check_is_the_plugins_line),
        cmocka_unit_test(run_names_what_failed_and_has_all_performance_data),
        cmocka_unit_test(labels_are_unique),
        cmocka_unit_test(worst_state_speaks_for_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
