/* format/report, format/escape, format/evidence, format/prose: what the formats share. */
#include "sample_results.h"

#include "format/escape.h"
#include "format/evidence.h"

static void formats_are_found_by_name(void **state)
{
    static const char *const names[] = {"text",  "json", "jsonl",      "csv",
                                        "junit", "tap",  "prometheus", "nagios"};
    (void)state;
    struct text list;
    text_init(&list, SIZE_MAX);
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(report_format_find(names[i])->name, names[i]);
        text_append_strings(&list, i == 0 ? "" : ", ", names[i], NULL);
    }
    assert_string_equal(text_string(&list), report_format_names());
    text_fini(&list);
    assert_null(report_format_find("xml"));
    assert_null(report_format_find(""));
    assert_null(report_format_find("JSON"));
    assert_null(report_format_find("jso"));
}

static void formats_that_are_read_whole_are_replaced_whole(void **state)
{
    static const struct {
        const char *name;
        bool is_held, is_replaced;
    } cases[] = {
        {"text", false, false},  {"json", true, true},       {"jsonl", false, false},
        {"csv", false, false},   {"junit", true, true},      {"tap", false, false},
        {"nagios", true, false}, {"prometheus", true, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct report_format *format = report_format_find(cases[i].name);
        assert_int_equal(format->is_held, cases[i].is_held);
        assert_int_equal(format->is_replaced, cases[i].is_replaced);
        assert_true(format->passes == 1 || format->is_held);
    }
}

static void timestamps_are_utc_in_whole_seconds(void **state)
{
    static const struct {
        int64_t seconds, ns;
        const char *timestamp;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00Z"},          {0, 999999999, "1970-01-01T00:00:00Z"},
        {-1, 0, "1969-12-31T23:59:59Z"},         {-1, 1, "1969-12-31T23:59:59Z"},
        {951782399, 0, "2000-02-28T23:59:59Z"},  {951782400, 0, "2000-02-29T00:00:00Z"},
        {951868800, 0, "2000-03-01T00:00:00Z"},  {1704067199, 0, "2023-12-31T23:59:59Z"},
        {1704110400, 0, "2024-01-01T12:00:00Z"}, {1709164799, 0, "2024-02-28T23:59:59Z"},
        {1709251199, 0, "2024-02-29T23:59:59Z"}, {1735689599, 0, "2024-12-31T23:59:59Z"},
        {2147483648, 0, "2038-01-19T03:14:08Z"}, {4107542400, 0, "2100-03-01T00:00:00Z"},
        {4107542399, 0, "2100-02-28T23:59:59Z"}, {-2203891200, 0, "1900-03-01T00:00:00Z"},
        {9223372036, 0, "2262-04-11T23:47:16Z"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct result result = {.started_ns = 77};
        struct report_context context = {.wall_offset_ns =
                                             cases[i].seconds * NS_PER_S + cases[i].ns - 77};
        struct text out;
        text_init(&out, SIZE_MAX);
        report_append_timestamp(&out, &context, &result);
        assert_string_equal(text_string(&out), cases[i].timestamp);
        text_fini(&out);
    }
}

static void name_is_the_target_where_there_is_none(void **state)
{
    static const struct {
        const char *name, *host, *shown, *target;
    } cases[] = {
        {"web", "example.com", "web", "example.com:80"},
        {NULL, "example.com", "example.com:80", "example.com:80"},
        {NULL, "2001:db8::1", "[2001:db8::1]:80", "[2001:db8::1]:80"},
        {"a\nb", "h\x1b", "a\\nb", "h\\x1b:80"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct check check = {.name = cases[i].name, .host = cases[i].host, .port = 80};
        struct text out;
        text_init(&out, SIZE_MAX);
        report_append_name(&out, &check, text_append_escaped);
        assert_string_equal(text_string(&out), cases[i].shown);
        text_clear(&out);
        report_append_target(&out, &check, text_append_escaped);
        assert_string_equal(text_string(&out), cases[i].target);
        text_fini(&out);
    }
}

static void columns_are_as_wide_as_the_widest_and_no_wider_than_40(void **state)
{
    static const struct {
        const char *name, *host;
        uint32_t name_width, target_width;
    } cases[] = {
        {NULL, "h", 4, 0},
        {"web", "h", 4, 4},
        {"gr\xc3\xbc\xc3\x9f"
         "e",
         "host", 5, 7},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "h", 6, 7},
        {"a\nb\n", "h", 6, 7},
        {"a-name-that-is-longer-than-forty-columns-and-then-some", "h", 40, 7},
    };
    struct report_context context = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct check check = {.name = cases[i].name, .host = cases[i].host, .port = 80};
        report_context_fit(&context, &check);
        assert_int_equal(context.name_width, cases[i].name_width);
        assert_int_equal(context.target_width, cases[i].target_width);
    }
}

static void thresholds_look_at_the_handshake(void **state)
{
    struct sample sample;
    (void)state;
    sample_late(&sample, NULL, NULL, "0.5");
    sample.result.response_time_ns = 9 * NS_PER_S; /* the whole check: it is an error */
    assert_int_equal(report_measured_ns(&sample.result), 750 * NS_PER_MS);
    sample_fini(&sample);
    sample_open(&sample, NULL);
    assert_int_equal(report_measured_ns(&sample.result), 196000);
    sample_fini(&sample);
    sample_closed(&sample);
    sample.result.is_success = false; /* an expected refusal that came too late */
    assert_int_equal(report_measured_ns(&sample.result), 404500);
    sample_fini(&sample);
}

static bool replace_nothing(struct text *out, const struct character *character)
{
    (void)out;
    (void)character;
    return false;
}

static bool replace_vowels(struct text *out, const struct character *character)
{
    if (character->code_point == 0xfc) { /* u with two dots */
        text_append_string(out, "ue");
        return true;
    }
    return character->code_point == '!'; /* swallowed */
}

static void characters_are_replaced_and_bad_bytes_shown(void **state)
{
    static const struct {
        const char *string;
        bool (*replace)(struct text *out, const struct character *character);
        const char *escaped;
    } cases[] = {
        {"", replace_nothing, ""},
        {"Plain_text-1.0", replace_nothing, "Plain_text-1.0"},
        {"\"<\n\xc3\xbc>", replace_nothing, "\"<\n\xc3\xbc>"},
        {"\xff\xfe x \xc3", replace_nothing, "\xef\xbf\xbd\xef\xbf\xbd x \xef\xbf\xbd"},
        {"gr\xc3\xbcn!\xc3\xbc", replace_vowels, "gruenue"},
        {"!!!", replace_vowels, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out;
        text_init(&out, SIZE_MAX);
        escape_append(&out, cases[i].string, strlen(cases[i].string), cases[i].replace);
        assert_string_equal(text_string(&out), cases[i].escaped);
        text_fini(&out);
    }
}

static void icmp_is_said_in_words(void **state)
{
    static const struct {
        uint8_t version, type, code;
        const char *from, *said;
    } cases[] = {
        {4, 3, 1, "10.0.0.1", "10.0.0.1 says host unreachable (ICMP type 3 code 1)"},
        {4, 3, 13, "10.0.0.1",
         "10.0.0.1 says communication administratively prohibited (ICMP type 3 code 13)"},
        {4, 11, 0, "10.0.0.1",
         "10.0.0.1 says time to live exceeded in transit (ICMP type 11 code 0)"},
        {6, 1, 4, "2001:db8::1", "2001:db8::1 says port unreachable (ICMPv6 type 1 code 4)"},
        {6, 3, 0, "2001:db8::1",
         "2001:db8::1 says hop limit exceeded in transit (ICMPv6 type 3 code 0)"},
        {4, 1, 4, "10.0.0.1", "10.0.0.1 says something unusual (ICMP type 1 code 4)"},
        {4, 3, 99, NULL, "somebody says something unusual (ICMP type 3 code 99)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct icmp_error icmp = {.is_present = true,
                                  .version = cases[i].version,
                                  .type = cases[i].type,
                                  .code = cases[i].code};
        struct text out;
        if (cases[i].from != NULL)
            icmp.from = sample_address(cases[i].from, 0);
        text_init(&out, SIZE_MAX);
        evidence_append_icmp(&out, &icmp);
        assert_string_equal(text_string(&out), cases[i].said);
        text_fini(&out);
    }
}

static void times_have_three_digits_that_matter(void **state)
{
    static const struct {
        int64_t ns;
        const char *time, *column;
    } cases[] = {
        {0, "0.000 ms", "0.000 ms"},
        {499, "0.000 ms", "0.000 ms"},
        {196000, "0.196 ms", "0.196 ms"},
        {999499, "0.999 ms", "0.999 ms"},
        {999500, "1.00 ms", " 1.00 ms"},
        {9994999, "9.99 ms", " 9.99 ms"},
        {9995000, "10.0 ms", " 10.0 ms"},
        {99949999, "99.9 ms", " 99.9 ms"},
        {99950000, "100 ms", "  100 ms"},
        {999499999, "999 ms", "  999 ms"},
        {999500000, "1.00 s", " 1.00 s "},
        {9994999999, "9.99 s", " 9.99 s "},
        {9995000000, "10.0 s", " 10.0 s "},
        {99950000000, "100 s", "  100 s "},
        {999499999999, "999 s", "  999 s "},
        {999500000000, "1000 s", " 1000 s "},
        {3600000 * NS_PER_S, "3600000 s", "3600000 s "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out;
        text_init(&out, SIZE_MAX);
        prose_append_time(&out, cases[i].ns);
        assert_string_equal(text_string(&out), cases[i].time);
        text_clear(&out);
        prose_append_time_column(&out, cases[i].ns);
        assert_string_equal(text_string(&out), cases[i].column);
        text_fini(&out);
    }
}

static void long_strings_lose_their_middle(void **state)
{
    static const struct {
        const char *string;
        size_t columns;
        const char *shortened;
    } cases[] = {
        {"short", 5, "short"},
        {"", 0, ""},
        {"abcdefghij", 9, "abc...hij"},
        {"abcdefghij", 8, "abc...ij"},
        {"abcdefghij", 3, "..."},
        {"abcdefghij", 0, "..."},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac", 9,
         "\xe6\x97\xa5...\xe6\x9c\xac"}, /* two columns each: 2 of 3 fit */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out;
        text_init(&out, SIZE_MAX);
        prose_append_shortened(&out, cases[i].string, cases[i].columns);
        assert_string_equal(text_string(&out), cases[i].shortened);
        text_fini(&out);
    }
}

static void words_wrap_at_80_columns_under_each_other(void **state)
{
    static const struct {
        size_t indent;
        const char *words, *wrapped;
    } cases[] = {
        {6, "", ""},
        {6, "one two", "one two"},
        {60, "twenty columns fit in",
         "twenty columns fit\n" /* 60 spaces */
         "                              "
         "                              in"},
        {60, "twenty columns fit .", "twenty columns fit ."},
        {70, "a-word-that-is-too-long x",
         "a-word-that-is-too-long\n"
         "                                   "
         "                                   x"},
        {6, "a\x1b[31m  b", "a\\x1b[31m b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out;
        text_init(&out, SIZE_MAX);
        prose_append_wrapped(&out, cases[i].words, cases[i].indent);
        assert_string_equal(text_string(&out), cases[i].wrapped);
        text_fini(&out);
    }
}

static void every_note_has_words(void **state)
{
    const struct result result = {0};
    (void)state;
    for (enum note note = 0; note < NOTE_COUNT; note++)
        assert_true(prose_note(&result, note)[0] != '\0');
}

/* A text that has failed swallows a whole report without harm. */
static void failed_text_stays_failed(void **state)
{
    static const char *const names[] = {"text",  "json", "jsonl",      "csv",
                                        "junit", "tap",  "prometheus", "nagios"};
    (void)state;
    for (size_t ceiling = 0; ceiling < 600; ceiling += 7) {
        for (size_t i = 0; i < COUNT(names); i++) {
            const struct report_format *format = report_format_find(names[i]);
            struct tally tally = {.total = 1};
            struct report_memory memory;
            struct sample sample;
            struct text out;
            report_memory_init(&memory);
            struct report_context context = {.tally = &tally, .memory = &memory};
            sample_refused(&sample, "name");
            text_init(&out, ceiling);
            if (format->begin != NULL)
                format->begin(&out, &context);
            for (uint32_t pass = 0; pass < format->passes; pass++) {
                if (format->begin_pass != NULL)
                    format->begin_pass(&out, &context, pass);
                format->result(&out, &context, pass, 0, &sample.result);
            }
            if (format->end != NULL)
                format->end(&out, &context);
            assert_true(!text_is_ok(&out) || out.length <= ceiling);
            text_fini(&out);
            report_memory_fini(&memory);
            sample_fini(&sample);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_found_by_name),
        cmocka_unit_test(formats_that_are_read_whole_are_replaced_whole),
        cmocka_unit_test(timestamps_are_utc_in_whole_seconds),
        cmocka_unit_test(name_is_the_target_where_there_is_none),
        cmocka_unit_test(columns_are_as_wide_as_the_widest_and_no_wider_than_40),
        cmocka_unit_test(thresholds_look_at_the_handshake),
        cmocka_unit_test(characters_are_replaced_and_bad_bytes_shown),
        cmocka_unit_test(icmp_is_said_in_words),
        cmocka_unit_test(times_have_three_digits_that_matter),
        cmocka_unit_test(long_strings_lose_their_middle),
        cmocka_unit_test(words_wrap_at_80_columns_under_each_other),
        cmocka_unit_test(every_note_has_words),
        cmocka_unit_test(failed_text_stays_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
