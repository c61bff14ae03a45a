/* format/tap: Test Anything Protocol 14. */
#include "sample_results.h"

static void assert_tap(struct sample *samples, size_t count, const char *template)
{
    assert_report(&report_tap, &(struct report_context){0}, samples, count, template);
}

static void plan_of_nothing_is_nothing(void **state)
{
    (void)state;
    assert_tap(NULL, 0, "TAP version 14\n1..0\n");
}

static void result_is_a_point_with_diagnostics(void **state)
{
    struct sample samples[4];
    (void)state;
    sample_open(&samples[0], "open_port");
    sample_refused(&samples[1], "check_database");
    sample_filtered(&samples[2], NULL);
    sample_not_found(&samples[3], NULL);
    assert_tap(samples, 4,
               "TAP version 14\n"
               "ok 1 - open_port\n"
               "  ---\n"
               "  class: open\n"
               "  response_time: 0.000196\n"
               "  attempts: 1\n"
               "  timestamp: \"2024-01-01T12:00:00Z\"\n"
               "  ...\n"
               "not ok 2 - check_database\n"
               "  ---\n"
               "  class: refused\n"
               "  message: \"Connection refused\"\n"
               "  verdict: down\n"
               "  phase: connect\n"
               "  errno: ECONNREFUSED\n"
               "  address: \"10.0.0.5\"\n"
               "  hint: \"{hint 1}\"\n"
               "  response_time: 1.001418\n"
               "  attempts: 2\n"
               "  timestamp: \"2024-01-01T12:00:00Z\"\n"
               "  ...\n"
               "not ok 3 - [2001:db8::5]:443\n"
               "  ---\n"
               "  class: filtered\n"
               "  message: \"Administratively prohibited\"\n"
               "  verdict: down\n"
               "  phase: connect\n"
               "  errno: EACCES\n"
               "  address: \"2001:db8::5\"\n"
               "  icmp: {type: 1, code: 1, from: \"2001:db8::1\"}\n"
               "  hint: \"{hint 2}\"\n"
               "  response_time: 1.003000\n"
               "  attempts: 1\n"
               "  timestamp: \"2024-01-01T12:00:00Z\"\n"
               "  ...\n"
               "not ok 4 - no-such-host.invalid:443\n"
               "  ---\n"
               "  class: dns_nxdomain\n"
               "  message: \"Host not found\"\n"
               "  verdict: down\n"
               "  phase: resolve\n"
               "  hint: \"{hint 3}\"\n"
               "  response_time: 0.012340\n"
               "  attempts: 1\n"
               "  timestamp: \"2024-01-01T12:00:00Z\"\n"
               "  ...\n"
               "1..4\n");
}

static void names_cannot_become_directives(void **state)
{
    static const struct {
        const char *name;
        const char *description;
    } cases[] = {
        {"plain", "plain"},
        {"web # SKIP not now", "web \\# SKIP not now"},
        {"a\\b", "a\\\\b"},
        {"a\nnot ok 2 - b\r", "a\\\\nnot ok 2 - b\\\\x0d"},
        {"\x1b[31m\xe2\x80\xae\xff", "\\\\x1b[31m\\\\u{202e}\xef\xbf\xbd"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct text expected;
        sample_open(&sample, cases[i].name);
        text_init(&expected, SIZE_MAX);
        text_append_strings(&expected, "TAP version 14\nok 1 - ", cases[i].description,
                            "\n  ---\n  class: open\n  response_time: 0.000196\n  attempts: 1\n"
                            "  timestamp: \"2024-01-01T12:00:00Z\"\n  ...\n1..1\n",
                            NULL);
        assert_tap(&sample, 1, text_string(&expected));
        text_fini(&expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_of_nothing_is_nothing),
        cmocka_unit_test(result_is_a_point_with_diagnostics),
        cmocka_unit_test(names_cannot_become_directives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
