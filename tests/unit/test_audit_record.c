/* format/audit_record: which lines a result leaves behind, and their keys. */
#include "sample_results.h"

#include "format/audit_record.h"

static void assert_records(const struct result *result, uint32_t count, const char *expected)
{
    const struct audit_context context = {SAMPLE_WALL_OFFSET_NS, "ope\"rator"};
    struct text out;
    text_init(&out, SIZE_MAX);
    assert_int_equal(audit_append_records(&out, &context, result), count);
    assert_string_equal(text_string(&out), expected);
    text_fini(&out);
}

static void every_attempt_is_a_line_with_the_moment_at_which_it_began(void **state)
{
    struct sample sample;
    (void)state;
    sample_refused(&sample, "data\nbase");
    sample.result.attempts[0].began_ns = SAMPLE_STARTED_NS + 123456789;
    assert_records(&sample.result, 2,
                   "{\"time\":\"2024-01-01T12:00:00.123456Z\",\"user\":\"ope\\\"rator\","
                   "\"check\":\"data\\nbase\",\"host\":\"db.example.com\",\"port\":5432,"
                   "\"address\":\"10.0.0.5\",\"source\":\"10.0.0.9:40312\",\"class\":\"refused\","
                   "\"errno\":\"ECONNREFUSED\",\"duration\":0.001013,\"others\":[]}\n"
                   "{\"time\":\"2024-01-01T12:00:01.001013Z\",\"user\":\"ope\\\"rator\","
                   "\"check\":\"data\\nbase\",\"host\":\"db.example.com\",\"port\":5432,"
                   "\"address\":\"10.0.0.5\",\"source\":\"10.0.0.9:40312\",\"class\":\"refused\","
                   "\"errno\":\"ECONNREFUSED\",\"duration\":0.000405,\"others\":[]}\n");
    sample_fini(&sample);
}

static void addresses_that_did_not_decide_are_named_too(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "2001:db8::5", 22);
    sample_attempt(&sample, 0, 0);
    sample_tried(&sample, "2001:db8::4", TCPCHECK_TIMEOUT, 0, 1000000);
    sample_tried(&sample, "2001:db8::5", TCPCHECK_OPEN, 0, 2000000);
    sample_tried(&sample, "10.0.0.6", TCPCHECK_CANCELLED, 0, 3000000);
    sample_finish(&sample);
    assert_records(&sample.result, 1,
                   "{\"time\":\"2024-01-01T12:00:00.000000Z\",\"user\":\"ope\\\"rator\","
                   "\"check\":\"[2001:db8::5]:22\",\"host\":\"2001:db8::5\",\"port\":22,"
                   "\"address\":\"2001:db8::5\",\"source\":\"[2001:db8::9]:40312\","
                   "\"class\":\"open\",\"errno\":null,\"duration\":0.003000,"
                   "\"others\":[\"2001:db8::4\",\"10.0.0.6\"]}\n");
    sample_fini(&sample);
}

static void a_name_that_was_not_found_has_no_address(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "web", "none.example.com", 80);
    struct attempt *attempt = sample_attempt(&sample, 0, 812000);
    attempt->outcome = TCPCHECK_DNS_NXDOMAIN;
    attempt->decided_by = -1;
    sample_finish(&sample);
    assert_records(&sample.result, 1,
                   "{\"time\":\"2024-01-01T12:00:00.000000Z\",\"user\":\"ope\\\"rator\","
                   "\"check\":\"web\",\"host\":\"none.example.com\",\"port\":80,\"address\":null,"
                   "\"source\":null,\"class\":\"dns_nxdomain\",\"errno\":null,"
                   "\"duration\":0.000812,\"others\":[]}\n");
    sample_fini(&sample);
}

static void a_check_that_was_denied_leaves_a_line_without_an_attempt(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "web", "10.0.0.5", 80);
    result_finish_as(&sample.result, TCPCHECK_NOT_ALLOWED, SAMPLE_STARTED_NS);
    assert_records(&sample.result, 1,
                   "{\"time\":\"2024-01-01T12:00:00.000000Z\",\"user\":\"ope\\\"rator\","
                   "\"check\":\"web\",\"host\":\"10.0.0.5\",\"port\":80,\"address\":null,"
                   "\"source\":null,\"class\":\"not_allowed\",\"errno\":null,"
                   "\"duration\":0.000000,\"others\":[]}\n");
    sample_fini(&sample);
}

static void what_was_cancelled_before_its_first_attempt_leaves_nothing(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "web", "10.0.0.5", 80);
    result_finish_as(&sample.result, TCPCHECK_CANCELLED, SAMPLE_STARTED_NS);
    assert_records(&sample.result, 0, "");
    sample_fini(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attempt_is_a_line_with_the_moment_at_which_it_began),
        cmocka_unit_test(addresses_that_did_not_decide_are_named_too),
        cmocka_unit_test(a_name_that_was_not_found_has_no_address),
        cmocka_unit_test(a_check_that_was_denied_leaves_a_line_without_an_attempt),
        cmocka_unit_test(what_was_cancelled_before_its_first_attempt_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
