/* format/prometheus: an exposition that no collector rejects. */
#include "sample_results.h"

#define DESCRIBE(name, help) "# HELP " name " " help "\n# TYPE " name " gauge\n"
#define SUCCESS              DESCRIBE("tcpcheck_success", "Whether the check's expectation held.")
#define CONNECTED            DESCRIBE("tcpcheck_connected", "Whether a TCP handshake finished.")
#define RESPONSE_TIME                          \
    DESCRIBE("tcpcheck_response_time_seconds", \
             "Time of the handshake; of a failed check, its whole duration.")
#define ATTEMPTS  DESCRIBE("tcpcheck_attempts", "Attempts made.")
#define OUTCOME   DESCRIBE("tcpcheck_outcome", "The class of the outcome, as a label; always 1.")
#define TIMESTAMP DESCRIBE("tcpcheck_timestamp_seconds", "When the check started, since 1970.")

static void run_of_nothing_is_described(void **state)
{
    (void)state;
    assert_report(&report_prometheus, &(struct report_context){0}, NULL, 0,
                  SUCCESS CONNECTED RESPONSE_TIME ATTEMPTS OUTCOME TIMESTAMP);
}

static void metric_has_its_samples_together(void **state)
{
    static const struct label labels[] = {{"env", "prod"}};
    struct sample samples[2];
    (void)state;
    sample_open(&samples[0], "web");
    sample_filtered(&samples[1], NULL);
    samples[0].check.labels = labels;
    samples[0].check.label_count = COUNT(labels);
#define WEB      "{name=\"web\",host=\"127.0.0.1\",port=\"18080\",env=\"prod\"} "
#define FILTERED "{name=\"[2001:db8::5]:443\",host=\"2001:db8::5\",port=\"443\"} "
    assert_report(&report_prometheus, &(struct report_context){0}, samples, 2,
                  SUCCESS "tcpcheck_success" WEB "1\n"
                          "tcpcheck_success" FILTERED "0\n" /**/
                  CONNECTED "tcpcheck_connected" WEB "1\n"
                          "tcpcheck_connected" FILTERED "0\n" /**/
                  RESPONSE_TIME "tcpcheck_response_time_seconds" WEB "0.000196\n"
                          "tcpcheck_response_time_seconds" FILTERED "1.003000\n" /**/
                  ATTEMPTS "tcpcheck_attempts" WEB "1\n"
                          "tcpcheck_attempts" FILTERED "1\n" /**/
                  OUTCOME "tcpcheck_outcome{name=\"web\",host=\"127.0.0.1\",port=\"18080\","
                          "env=\"prod\",class=\"open\"} 1\n"
                          "tcpcheck_outcome{name=\"[2001:db8::5]:443\",host=\"2001:db8::5\","
                          "port=\"443\",class=\"filtered\"} 1\n" /**/
                  TIMESTAMP "tcpcheck_timestamp_seconds" WEB "1704110400.000\n"
                          "tcpcheck_timestamp_seconds" FILTERED "1704110400.000\n");
#undef WEB
#undef FILTERED
}

/* What stands between the braces of the first metric's sample number `index`. */
static void assert_labels(struct sample *samples, size_t count, size_t index, const char *expected)
{
    struct text report;
    sample_report(&report, &report_prometheus, &(struct report_context){0}, samples, count);
    const char *at = text_string(&report);
    for (size_t i = 0; i <= index; i++)
        at = strstr(at, "\ntcpcheck_success{") + strlen("\ntcpcheck_success{");
    size_t length = strcspn(at, "\n") - strlen("} 1");
    char *labels = strndup(at, length);
    assert_string_equal(labels, expected);
    free(labels);
    text_fini(&report);
}

static void label_names_are_made_valid_and_unique(void **state)
{
    static const struct {
        const char *keys[4];
        const char *labels;
    } cases[] = {
        {{"env", "Team_9"}, "env=\"0\",Team_9=\"1\""},
        {{"a-b", "c.d", "e f", "g:h"}, "a_b=\"0\",c_d=\"1\",e_f=\"2\",g_h=\"3\""},
        {{"9", "1st"}, "_9=\"0\",_1st=\"1\""},
        {{"gr\xc3\xbcn"}, "gr__n=\"0\""},
        {{"name", "host", "port", "class"},
         "label_name=\"0\",label_host=\"1\",label_port=\"2\",label_class=\"3\""},
        {{"duplicate", "__name__", "", "_"},
         "label_duplicate=\"0\",label___name__=\"1\",label_=\"2\",_=\"3\""},
        {{"-a", "--", "-"}, "_a=\"0\",label___=\"1\",_=\"2\""},
        {{"a-b", "a_b", "a.b", "ab"}, "a_b=\"0\",ab=\"3\""},
        {{"label_name", "name"}, "label_name=\"0\""},
        {{"name", "label_name", "label-name"}, "label_name=\"0\""},
        {{"1", "_1", "a", "a"}, "_1=\"0\",a=\"2\""},
    };
    static const char *const values[] = {"0", "1", "2", "3"};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct label labels[COUNT(values)];
        struct text expected;
        sample_open(&sample, "n");
        sample.check.labels = labels;
        for (; sample.check.label_count < COUNT(values); sample.check.label_count++) {
            uint32_t at = sample.check.label_count;
            if (cases[i].keys[at] == NULL)
                break;
            labels[at] = (struct label){cases[i].keys[at], values[at]};
        }
        text_init(&expected, SIZE_MAX);
        text_append_strings(&expected, "name=\"n\",host=\"127.0.0.1\",port=\"18080\",",
                            cases[i].labels, NULL);
        assert_labels(&sample, 1, 0, text_string(&expected));
        text_fini(&expected);
        sample_fini(&sample);
    }
}

static void values_are_escaped(void **state)
{
    static const struct {
        const char *name;
        const char *value;
    } cases[] = {
        {"a \"b\" \\ c", "a \\\"b\\\" \\\\ c"},
        {"a\nb", "a\\nb"},
        {"\t\r\x1b[31m", "\\\\t\\\\x0d\\\\x1b[31m"},
        {"\xe2\x80\xae\xff", "\\\\u{202e}\xef\xbf\xbd"},
        {"{},=", "{},="},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct text expected;
        sample_open(&sample, cases[i].name);
        text_init(&expected, SIZE_MAX);
        text_append_strings(&expected, "name=\"", cases[i].value,
                            "\",host=\"127.0.0.1\",port=\"18080\"", NULL);
        assert_labels(&sample, 1, 0, text_string(&expected));
        text_fini(&expected);
        sample_fini(&sample);
    }
}

static void same_check_again_is_another_series(void **state)
{
    static const struct label labels[] = {{"env", "prod"}};
    static const char same[] = "name=\"web\",host=\"127.0.0.1\",port=\"18080\"";
    struct sample samples[6];
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        sample_open(&samples[i], i == 1 ? "other" : "web");
    samples[3].check.labels = labels;
    samples[3].check.label_count = COUNT(labels);

    static const char *const expected[] = {
        same,
        "name=\"other\",host=\"127.0.0.1\",port=\"18080\"",
        "name=\"web\",host=\"127.0.0.1\",port=\"18080\",duplicate=\"2\"",
        "name=\"web\",host=\"127.0.0.1\",port=\"18080\",env=\"prod\"",
        "name=\"web\",host=\"127.0.0.1\",port=\"18080\",duplicate=\"3\"",
        "name=\"web\",host=\"127.0.0.1\",port=\"18080\",duplicate=\"4\"",
    };
    for (size_t i = 0; i < COUNT(samples); i++)
        assert_labels(samples, COUNT(samples), i, expected[i]);
    for (size_t i = 0; i < COUNT(samples); i++)
        sample_fini(&samples[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_of_nothing_is_described),
        cmocka_unit_test(metric_has_its_samples_together),
        cmocka_unit_test(label_names_are_made_valid_and_unique),
        cmocka_unit_test(values_are_escaped),
        cmocka_unit_test(same_check_again_is_another_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
