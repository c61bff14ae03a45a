/* format/junit: one suite, valid XML 1.0 whatever a check is called. */
#include "sample_results.h"

static void assert_junit(struct sample *samples, size_t count, const char *template)
{
    assert_report(&report_junit, &(struct report_context){0}, samples, count, template);
}

static void run_of_nothing_is_an_empty_suite(void **state)
{
    (void)state;
    assert_junit(NULL, 0,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<testsuites name=\"tcpcheck\" tests=\"0\" failures=\"0\" errors=\"0\" "
                 "time=\"2.010000\">\n"
                 "  <testsuite name=\"tcpcheck\" tests=\"0\" failures=\"0\" errors=\"0\" "
                 "time=\"2.010000\" skipped=\"0\">\n"
                 "  </testsuite>\n"
                 "</testsuites>\n");
}

static void down_is_a_failure_and_unknown_an_error(void **state)
{
    static const struct label labels[] = {{"env", "prod"}, {"a<b", "\"x\" & y"}};
    struct sample samples[5];
    (void)state;
    sample_open(&samples[0], "open_port");
    sample_filtered(&samples[1], "filtered_port");
    sample_not_found(&samples[2], NULL);
    sample_no_route(&samples[3], "no_route");
    sample_late(&samples[4], "late", NULL, "0.5");
    samples[1].check.labels = labels;
    samples[1].check.label_count = COUNT(labels);
    assert_junit(
        samples, 5,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"tcpcheck\" tests=\"5\" failures=\"3\" errors=\"1\" "
        "time=\"2.010000\">\n"
        "  <testsuite name=\"tcpcheck\" tests=\"5\" failures=\"3\" errors=\"1\" "
        "time=\"2.010000\" skipped=\"0\" timestamp=\"2024-01-01T12:00:00Z\">\n"
        "    <testcase classname=\"127.0.0.1:18080\" name=\"open_port\" time=\"0.000196\"/>\n"
        "    <testcase classname=\"[2001:db8::5]:443\" name=\"filtered_port\" "
        "time=\"1.003000\">\n"
        "      <properties>\n"
        "        <property name=\"env\" value=\"prod\"/>\n"
        "        <property name=\"a&lt;b\" value=\"&quot;x&quot; &amp; y\"/>\n"
        "      </properties>\n"
        "      <failure type=\"filtered\" message=\"Administratively prohibited\">"
        "phase: connect\n"
        "address: 2001:db8::5\n"
        "errno: EACCES\n"
        "icmp: 2001:db8::1 says communication administratively prohibited "
        "(ICMPv6 type 1 code 1)\n"
        "attempts: 1\n"
        "{hint 1}</failure>\n"
        "    </testcase>\n"
        "    <testcase classname=\"no-such-host.invalid:443\" "
        "name=\"no-such-host.invalid:443\" time=\"0.012340\">\n"
        "      <failure type=\"dns_nxdomain\" message=\"Host not found\">phase: resolve\n"
        "attempts: 1\n"
        "{hint 2}</failure>\n"
        "    </testcase>\n"
        "    <testcase classname=\"203.0.113.7:80\" name=\"no_route\" time=\"0.000009\">\n"
        "      <error type=\"no_route\" message=\"Network unreachable\">phase: connect\n"
        "address: 203.0.113.7\n"
        "errno: ENETUNREACH\n"
        "attempts: 1\n"
        "{hint 3}</error>\n"
        "    </testcase>\n"
        "    <testcase classname=\"10.0.0.7:8443\" name=\"late\" time=\"0.750000\">\n"
        "      <failure type=\"open\" message=\"Too slow\">phase: connect\n"
        "address: 10.0.0.7\n"
        "attempts: 1\n"
        "{hint 4}</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}

static void names_are_valid_xml(void **state)
{
    static const struct {
        const char *name;
        const char *attribute;
    } cases[] = {
        {"plain", "plain"},
        {"<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;'"},
        {"]]>", "]]&gt;"},
        {"a\nb\tc\rd", "a&#10;b&#9;c&#13;d"},
        {"\x01\x08\x0b\x1f", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\x7f\xc2\x85\xe2\x80\xae", "&#127;&#133;&#8238;"},
        {"\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80\xff", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"gr\xc3\xbcn \xf0\x9f\x9a\x80", "gr\xc3\xbcn \xf0\x9f\x9a\x80"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct text report;
        struct text expected;
        sample_open(&sample, cases[i].name);
        sample_report(&report, &report_junit, &(struct report_context){0}, &sample, 1);
        text_init(&expected, SIZE_MAX);
        text_append_strings(&expected, "\n    <testcase classname=\"127.0.0.1:18080\" name=\"",
                            cases[i].attribute, "\" time=\"0.000196\"/>\n", NULL);
        if (strstr(text_string(&report), text_string(&expected)) == NULL)
            fail_msg("no %s in %s", text_string(&expected), text_string(&report));
        text_fini(&report);
        text_fini(&expected);
        sample_fini(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_of_nothing_is_an_empty_suite),
        cmocka_unit_test(down_is_a_failure_and_unknown_an_error),
        cmocka_unit_test(names_are_valid_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
