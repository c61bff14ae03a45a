/* format/json, format/json_report: the published result, byte for byte. */
#include "sample_results.h"

#include "format/json.h"

/* Templates are written with ' for ", which no key or word has. */
static void assert_json(const struct report_format *format, const struct report_context *context,
                        struct sample *samples, size_t count, const char *template)
{
    char *quoted = strdup(template);
    assert_non_null(quoted);
    for (char *at = quoted; (at = strchr(at, '\'')) != NULL;)
        *at = '"';
    assert_report(format, context, samples, count, quoted);
    free(quoted);
}

static void assert_result(struct sample *sample, const char *template)
{
    assert_json(&report_jsonl, &(struct report_context){0}, sample, 1, template);
}

static void strings_are_escaped(void **state)
{
    static const struct {
        const char *string;
        const char *json;
    } cases[] = {
        {"", "\"\""},
        {"plain: text, with/all sorts (of) <things> & 'quotes'",
         "\"plain: text, with/all sorts (of) <things> & 'quotes'\""},
        {"say \"hi\" \\ bye", "\"say \\\"hi\\\" \\\\ bye\""},
        {"a\nb\rc\td", "\"a\\nb\\rc\\td\""},
        {"\x01\x1b[31m\x7f", "\"\\u0001\\u001b[31m\\u007f\""},
        {"Gr\xc3\xbc\xc3\x9f"
         "e \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\x80",
         "\"Gr\xc3\xbc\xc3\x9f"
         "e \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\x80\""},
        {"\xc2\x85 \xe2\x80\xae \xe2\x80\x8b \xef\xbb\xbf", "\"\\u0085 \\u202e \\u200b \\ufeff\""},
        {"\xf3\xa0\x81\x81", "\"\\udb40\\udc41\""}, /* a tag character: a pair */
        {"\xff|\xc3|\xed\xa0\x80|\xc0\x80|\xf5\x80\x80\x80",
         "\"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|"
         "\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"cut \xe2\x82", "\"cut \xef\xbf\xbd\xef\xbf\xbd\""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out;
        text_init(&out, SIZE_MAX);
        json_append_string(&out, cases[i].string);
        assert_string_equal(text_string(&out), cases[i].json);
        text_fini(&out);
    }
}

static void success_has_no_error_and_the_published_order(void **state)
{
    struct sample sample;
    (void)state;
    sample_open(&sample, "open_port");
    assert_result(
        &sample,
        "{'status':'success','host':'127.0.0.1','port':18080,'connected':true,"
        "'response_time':0.000196,'attempts':1,'timestamp':'2024-01-01T12:00:00Z',"
        "'name':'open_port',"
        "'details':{'verdict':'up','class':'open','errno':null,'phase':'connect',"
        "'address':'127.0.0.1','source':'10.0.0.9:40312','dns_time':null,'dns':null,"
        "'connect_time':0.000196,'handshake_rtt':0.000196,'rtt_source':'kernel',"
        "'syn_retransmits':0,'total_time':0.000196,'icmp':null,'notes':[],'hint':null,"
        "'attempts_detail':[{'attempt':1,'verdict':'up','class':'open','error':null,"
        "'phase':'connect','address':'127.0.0.1','offset':0.000000,'dns_time':null,'dns':null,"
        "'connect_time':0.000196,'total_time':0.000196,'notes':[],"
        "'addresses':[{'address':'127.0.0.1','verdict':'up','class':'open','errno':null,"
        "'phase':'connect','source':'10.0.0.9:40312','offset':0.000000,"
        "'connect_time':0.000196,'handshake_rtt':0.000196,'rtt_source':'kernel',"
        "'syn_retransmits':0,'total_time':0.000196,'icmp':null,'notes':[]}]}]}}\n");
}

static void error_has_every_attempt(void **state)
{
    struct sample sample;
    (void)state;
    sample_refused(&sample, "check_database");
    assert_result(
        &sample,
        "{'status':'error','host':'db.example.com','port':5432,'connected':false,"
        "'error':'Connection refused','attempts':2,'response_time':1.001418,"
        "'timestamp':'2024-01-01T12:00:00Z','name':'check_database',"
        "'details':{'verdict':'down','class':'refused','errno':'ECONNREFUSED','phase':'connect',"
        "'address':'10.0.0.5','source':'10.0.0.9:40312','dns_time':0.000100,'dns':null,"
        "'connect_time':0.000305,'handshake_rtt':null,'rtt_source':null,'syn_retransmits':0,"
        "'total_time':1.001418,'icmp':null,'notes':[],'hint':'{hint 0}',"
        "'attempts_detail':[{'attempt':1,'verdict':'down','class':'refused',"
        "'error':'Connection refused','phase':'connect','address':'10.0.0.5','offset':0.000000,"
        "'dns_time':0.000812,'dns':null,'connect_time':0.000201,'total_time':0.001013,'notes':[],"
        "'addresses':[{'address':'10.0.0.5','verdict':'down','class':'refused',"
        "'errno':'ECONNREFUSED','phase':'connect','source':'10.0.0.9:40312','offset':0.000812,"
        "'connect_time':0.000201,'handshake_rtt':null,'rtt_source':null,'syn_retransmits':0,"
        "'total_time':0.000201,'icmp':null,'notes':[]}]},"
        "{'attempt':2,'verdict':'down','class':'refused','error':'Connection refused',"
        "'phase':'connect','address':'10.0.0.5','offset':1.001013,'dns_time':0.000100,'dns':null,"
        "'connect_time':0.000305,'total_time':0.000405,'notes':[],"
        "'addresses':[{'address':'10.0.0.5','verdict':'down','class':'refused',"
        "'errno':'ECONNREFUSED','phase':'connect','source':'10.0.0.9:40312','offset':0.000100,"
        "'connect_time':0.000305,'handshake_rtt':null,'rtt_source':null,'syn_retransmits':0,"
        "'total_time':0.000305,'icmp':null,'notes':[]}]}]}}\n");
}

static void what_is_not_known_is_null(void **state)
{
    struct sample sample;
    (void)state;
    sample_not_found(&sample, NULL);
    assert_result(
        &sample,
        "{'status':'error','host':'no-such-host.invalid','port':443,'connected':false,"
        "'error':'Host not found','attempts':1,'response_time':0.012340,"
        "'timestamp':'2024-01-01T12:00:00Z','name':'no-such-host.invalid:443',"
        "'details':{'verdict':'down','class':'dns_nxdomain','errno':null,"
        "'phase':'resolve','address':null,'source':null,'dns_time':0.012340,'dns':null,"
        "'connect_time':null,'handshake_rtt':null,'rtt_source':null,"
        "'syn_retransmits':null,'total_time':0.012340,'icmp':null,'notes':[],"
        "'hint':'{hint 0}',"
        "'attempts_detail':[{'attempt':1,'verdict':'down','class':'dns_nxdomain',"
        "'error':'Host not found','phase':'resolve','address':null,'offset':0.000000,"
        "'dns_time':0.012340,'dns':null,'connect_time':null,'total_time':0.012340,'notes':[],"
        "'addresses':[]}]}}\n");
}

static void icmp_names_who_spoke_and_line_follows_the_name(void **state)
{
    struct sample sample;
    (void)state;
    sample_filtered(&sample, NULL);
    sample.check.line = 17;
    sample.check.shows_line = true;
    assert_result(
        &sample,
        "{'status':'error','host':'2001:db8::5','port':443,'connected':false,"
        "'error':'Administratively prohibited','attempts':1,'response_time':1.003000,"
        "'timestamp':'2024-01-01T12:00:00Z','name':'[2001:db8::5]:443','line':17,"
        "'details':{'verdict':'down','class':'filtered','errno':'EACCES',"
        "'phase':'connect','address':'2001:db8::5','source':'[2001:db8::9]:40312',"
        "'dns_time':null,'dns':null,'connect_time':1.003000,'handshake_rtt':null,'rtt_source':null,"
        "'syn_retransmits':1,'total_time':1.003000,"
        "'icmp':{'type':1,'code':1,'from':'2001:db8::1'},'notes':[],'hint':'{hint 0}',"
        "'attempts_detail':[{'attempt':1,'verdict':'down','class':'filtered',"
        "'error':'Administratively prohibited','phase':'connect',"
        "'address':'2001:db8::5','offset':0.000000,'dns_time':null,'dns':null,"
        "'connect_time':1.003000,'total_time':1.003000,'notes':[],"
        "'addresses':[{'address':'2001:db8::5','verdict':'down','class':'filtered',"
        "'errno':'EACCES','phase':'connect','source':'[2001:db8::9]:40312',"
        "'offset':0.000000,'connect_time':1.003000,'handshake_rtt':null,"
        "'rtt_source':null,'syn_retransmits':1,'total_time':1.003000,"
        "'icmp':{'type':1,'code':1,'from':'2001:db8::1'},'notes':[]}]}]}}\n");
}

/* A result of which only some words are of interest. */
static void assert_has(struct sample *sample, const char *piece)
{
    struct report_context context = {.wall_offset_ns = SAMPLE_WALL_OFFSET_NS};
    struct text out;

    text_init(&out, SIZE_MAX);
    json_append_result(&out, &context, &sample->result);
    if (strstr(text_string(&out), piece) == NULL)
        fail_msg("no %s in %s", piece, text_string(&out));
    text_fini(&out);
}

static void bind_failure_has_no_connect_time(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "10.0.0.7", 80);
    sample_attempt(&sample, 0, 0);
    struct tried *tried = sample_tried(&sample, "10.0.0.7", TCPCHECK_PERMISSION, EACCES, 12000);
    tried->phase = PHASE_BIND;
    fold_addresses(&sample.result);
    sample_finish(&sample);
    assert_has(&sample, "\"errno\":\"EACCES\",\"phase\":\"bind\",\"address\":\"10.0.0.7\"");
    assert_has(&sample,
               "\"dns_time\":null,\"dns\":null,\"connect_time\":null,\"handshake_rtt\":null");
    assert_has(&sample, "\"connect_time\":null,\"total_time\":0.000012,\"notes\":[]");
    sample_fini(&sample);
}

static void addresses_stand_in_the_order_tried_and_the_strongest_speaks(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "both.example.com", 80);
    sample_attempt(&sample, 0, 1000000);
    sample_tried(&sample, "2001:db8::5", TCPCHECK_TIMEOUT, ETIMEDOUT, 5 * NS_PER_S);
    sample_tried(&sample, "10.0.0.5", TCPCHECK_OPEN, 0, 20 * NS_PER_MS)->offset_ns =
        INT64_C(1501000000);
    sample_finish(&sample);
    sample.result.notes |= 1u << NOTE_CLOCK_MS;
    assert_has(&sample, "\"details\":{\"verdict\":\"up\",\"class\":\"open\",\"errno\":null,"
                        "\"phase\":\"connect\",\"address\":\"10.0.0.5\"");
    assert_has(&sample, "\"addresses\":[{\"address\":\"2001:db8::5\",\"verdict\":\"down\","
                        "\"class\":\"timeout\",\"errno\":\"ETIMEDOUT\"");
    assert_has(&sample, "},{\"address\":\"10.0.0.5\",\"verdict\":\"up\",\"class\":\"open\","
                        "\"errno\":null,\"phase\":\"connect\",\"source\":\"10.0.0.9:40312\","
                        "\"offset\":1.501000,\"connect_time\":0.020000");
    assert_has(&sample, "\"notes\":[\"ipv6_failed\",\"clock_ms\"],\"hint\":null");
    sample_fini(&sample);
}

static void forgotten_attempts_are_still_counted(void **state)
{
    struct sample sample;
    (void)state;
    sample_refused(&sample, NULL);
    result_forget_attempts(&sample.result);
    sample_attempt(&sample, 2 * NS_PER_S, 0);
    sample_tried(&sample, "10.0.0.5", TCPCHECK_REFUSED, ECONNREFUSED, 1000);
    sample_finish(&sample);
    assert_has(&sample, "\"attempts\":3,");
    assert_has(&sample, "\"attempts_detail\":[{\"attempt\":3,");
    sample_fini(&sample);
}

static void check_cancelled_before_its_first_attempt_has_none(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "10.0.0.7", 80);
    sample.result.outcome = TCPCHECK_CANCELLED;
    sample.result.verdict = TCPCHECK_UNKNOWN;
    assert_has(&sample, "\"error\":\"Cancelled\",\"attempts\":0,\"response_time\":0.000000");
    assert_has(&sample, "\"class\":\"cancelled\",\"errno\":null,\"phase\":null,\"address\":null");
    assert_has(&sample, "\"attempts_detail\":[]}}");
    sample_fini(&sample);
}

static void details_follow_what_was_seen(void **state)
{
    struct sample sample;
    (void)state;
    sample_late(&sample, "late", "0.1", "0.5");
    struct tried *tried = &sample.result.tried[0];
    assert_has(&sample, "{\"status\":\"error\",\"host\":\"10.0.0.7\",\"port\":8443,"
                        "\"connected\":true,\"error\":\"Too slow\",");
    assert_has(&sample, "\"verdict\":\"up\",\"class\":\"open\"");
    assert_has(&sample, "\"notes\":[\"slow\"],\"hint\":\"The ");
    tried->rtt_source = RTT_KERNEL_MS;
    assert_has(&sample, "\"handshake_rtt\":0.750000,\"rtt_source\":\"kernel_ms\"");
    tried->error = 4095; /* no errno of this system */
    assert_has(&sample, "\"errno\":\"E4095\"");
    tried->icmp.is_present = true; /* by somebody who could not be told */
    assert_has(&sample, "\"icmp\":{\"type\":0,\"code\":0,\"from\":null}");
    sample_fini(&sample);
}

static void hostile_names_stay_inside_their_string(void **state)
{
    struct sample sample;
    (void)state;
    sample_open(&sample, HOSTILE_NAME);
    sample.check.host = "h\"\n\xff";
    assert_has(&sample, "\"host\":\"h\\\"\\n\xef\xbf\xbd\",\"port\"");
    assert_has(&sample,
               "\"name\":\"a\\\"b'c\\\\d|e=f#g,h<i>&\\n\\r\\t\\u001b[31m\\u007f\\u0085\\u202e"
               "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbf\",\"details\"");
    sample_fini(&sample);
}

/* A report, every result of which is shown as its name only. */
static void hostile_names_stay_inside_the_hint(void **state)
{
    static const struct {
        enum tcpcheck_outcome outcome;
        int error;
        const char *piece;
    } cases[] = {
        {TCPCHECK_SOURCE_UNAVAILABLE, ENODEV, "such device here as eth\\\"7\\n: ip"},
        {TCPCHECK_NO_ROUTE, ENETUNREACH, "forces device eth\\\"7\\n, through"},
        {TCPCHECK_NO_ROUTE, ENETUNREACH, "ADDRESS oif eth\\\"7\\n says"},
        {TCPCHECK_TIMEOUT, ETIMEDOUT, "forces device eth\\\"7\\n, whatever"},
        {TCPCHECK_TIMEOUT, ETIMEDOUT, "ADDRESS oif eth\\\"7\\n shows"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample sample;
        sample_init(&sample, NULL, "10.0.0.7", 80);
        sample.check.interface = "eth\"7\n";
        sample_attempt(&sample, 0, 0);
        sample_tried(&sample, "10.0.0.7", cases[i].outcome, cases[i].error, 1000);
        fold_addresses(&sample.result);
        sample_finish(&sample);
        assert_has(&sample, cases[i].piece);
        sample_fini(&sample);
    }
}

static void a_hostile_zone_stays_inside_the_hint(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, NULL, "fe80::1%eth\"7", 80);
    sample.check.host_kind = HOST_IPV6;
    struct attempt *attempt = sample_attempt(&sample, 0, 0);
    attempt->outcome = TCPCHECK_LOCAL_CONFIG;
    result_finish(&sample.result, SAMPLE_STARTED_NS);
    assert_has(&sample, "\"hint\":\"The zone eth\\\"7 is no interface");
    sample_fini(&sample);
}

static void assert_frame(const struct report_format *format, bool is_single, size_t count,
                         const char *expected)
{
    struct report_context context = {.is_single = is_single};
    struct sample samples[3];
    struct text report;
    struct text frame;

    for (size_t i = 0; i < count; i++)
        sample_open(&samples[i], i == 0 ? "a" : i == 1 ? "b" : "c");
    sample_report(&report, format, &context, samples, count);
    text_init(&frame, SIZE_MAX);
    const char *at = text_string(&report);
    for (const char *object; (object = strstr(at, "{\"status\"")) != NULL;) {
        const char *name = strstr(object, "\"name\":\"") + strlen("\"name\":\"");
        text_append(&frame, at, (size_t)(object - at));
        text_append(&frame, name, 1);
        at = strstr(name, "]}]}}") + strlen("]}]}}");
    }
    text_append_string(&frame, at);
    assert_string_equal(text_string(&frame), expected);
    text_fini(&frame);
    text_fini(&report);
    for (size_t i = 0; i < count; i++)
        sample_fini(&samples[i]);
}

static void run_is_an_array_and_one_check_an_object(void **state)
{
    (void)state;
    assert_frame(&report_json, false, 0, "[]\n");
    assert_frame(&report_json, false, 1, "[\na\n]\n");
    assert_frame(&report_json, false, 3, "[\na,\nb,\nc\n]\n");
    assert_frame(&report_json, true, 1, "a\n");
    assert_frame(&report_jsonl, false, 0, "");
    assert_frame(&report_jsonl, false, 3, "a\nb\nc\n");
    assert_frame(&report_jsonl, true, 1, "a\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(success_has_no_error_and_the_published_order),
        cmocka_unit_test(error_has_every_attempt),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(icmp_names_who_spoke_and_line_follows_the_name),
        cmocka_unit_test(bind_failure_has_no_connect_time),
        cmocka_unit_test(addresses_stand_in_the_order_tried_and_the_strongest_speaks),
        cmocka_unit_test(forgotten_attempts_are_still_counted),
        cmocka_unit_test(check_cancelled_before_its_first_attempt_has_none),
        cmocka_unit_test(details_follow_what_was_seen),
        cmocka_unit_test(hostile_names_stay_inside_their_string),
        cmocka_unit_test(hostile_names_stay_inside_the_hint),
        cmocka_unit_test(a_hostile_zone_stays_inside_the_hint),
        cmocka_unit_test(run_is_an_array_and_one_check_an_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
