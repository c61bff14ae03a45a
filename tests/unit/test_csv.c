/* format/csv: RFC 4180. */
#include "sample_results.h"

#define HEADER \
    "timestamp,name,host,port,status,connected,class,error,response_time,attempts,address\r\n"

static void assert_csv(struct sample *samples, size_t count, const char *expected)
{
    assert_report(&report_csv, &(struct report_context){0}, samples, count, expected);
}

static void header_comes_first_even_alone(void **state)
{
    (void)state;
    assert_csv(NULL, 0, HEADER);
}

static void result_is_a_record(void **state)
{
    struct sample samples[5];
    (void)state;
    sample_open(&samples[0], "open_port");
    sample_refused(&samples[1], "check_database");
    sample_not_found(&samples[2], NULL);
    sample_filtered(&samples[3], NULL);
    sample_late(&samples[4], "late", "0.1", "0.5");
    assert_csv(samples, 5,
               HEADER "2024-01-01T12:00:00Z,open_port,127.0.0.1,18080,success,true,open,,"
                      "0.000196,1,127.0.0.1\r\n"
                      "2024-01-01T12:00:00Z,check_database,db.example.com,5432,error,false,"
                      "refused,Connection refused,1.001418,2,10.0.0.5\r\n"
                      "2024-01-01T12:00:00Z,no-such-host.invalid:443,no-such-host.invalid,443,"
                      "error,false,dns_nxdomain,Host not found,0.012340,1,\r\n"
                      "2024-01-01T12:00:00Z,[2001:db8::5]:443,2001:db8::5,443,error,false,"
                      "filtered,Administratively prohibited,1.003000,1,2001:db8::5\r\n"
                      "2024-01-01T12:00:00Z,late,10.0.0.7,8443,error,true,open,Too slow,"
                      "0.750000,1,10.0.0.7\r\n");
}

static void names_are_quoted_where_they_must_be(void **state)
{
    static const struct {
        const char *name;
        const char *field;
    } cases[] = {
        {"plain", "plain"},
        {"two words", "two words"},
        {"", ""},
        {" leading", "\" leading\""},
        {"trailing ", "\"trailing \""},
        {"a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"\"", "\"\"\"\""},
        {"line\r\nfeed", "line\\x0d\\nfeed"},
        {"\x1b]0;t\x07", "\\x1b]0;t\\x07"},
        {"=1+1", "=1+1"},
        {"gr\xc3\xbcn\xff", "gr\xc3\xbcn\xef\xbf\xbd"},
        {"left\xe2\x80\xaeright", "left\\u{202e}right"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        struct text expected;
        sample_open(&sample, cases[i].name);
        text_init(&expected, SIZE_MAX);
        text_append_strings(&expected, HEADER "2024-01-01T12:00:00Z,", cases[i].field,
                            ",127.0.0.1,18080,success,true,open,,0.000196,1,127.0.0.1\r\n", NULL);
        assert_csv(&sample, 1, text_string(&expected));
        text_fini(&expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_comes_first_even_alone),
        cmocka_unit_test(result_is_a_record),
        cmocka_unit_test(names_are_quoted_where_they_must_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
