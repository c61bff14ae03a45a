/* core/range: the thresholds of the Monitoring Plugins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/duration.h"
#include "core/range.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S(seconds)   ((seconds)*NS_PER_S)

static void ranges_are_read_and_shown_again(void **state)
{
    static const struct {
        const char *text;
        int64_t start_ns, end_ns;
        bool alerts_inside;
        const char *shown;
    } cases[] = {
        {"10", 0, S(10), false, "10"},
        {"0:10", 0, S(10), false, "10"},
        {"10:", S(10), INT64_MAX, false, "10:"},
        {"0:", 0, INT64_MAX, false, "0:"},
        {"~:10", INT64_MIN, S(10), false, "~:10"},
        {"~:", INT64_MIN, INT64_MAX, false, "~:"},
        {"10:20", S(10), S(20), false, "10:20"},
        {"10:10", S(10), S(10), false, "10:10"},
        {"@10:20", S(10), S(20), true, "@10:20"},
        {"@10", 0, S(10), true, "@10"},
        {"@~:", INT64_MIN, INT64_MAX, true, "@~:"},
        {"0.5", 0, NS_PER_S / 2, false, "0.5"},
        {"0.50:1.250", NS_PER_S / 2, S(5) / 4, false, "0.5:1.25"},
        {"0.000000001", 0, 1, false, "0.000000001"},
        {"-10:-5", S(-10), S(-5), false, "-10:-5"},
        {"-0.5:0.5", -NS_PER_S / 2, NS_PER_S / 2, false, "-0.5:0.5"},
        {"-10:", S(-10), INT64_MAX, false, "-10:"},
        {"~:-1", INT64_MIN, S(-1), false, "~:-1"},
        {"-0", 0, 0, false, "0"},
        {"0", 0, 0, false, "0"},
        {"9223372036.854775806", 0, INT64_MAX - 1, false, "9223372036.854775806"},
        {"-9223372036.854775806:0", INT64_MIN + 2, 0, false, "-9223372036.854775806:0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct range range;
        struct text text;
        text_init(&text, 100);
        if (!range_parse(cases[i].text, strlen(cases[i].text), &range))
            fail_msg("'%s' is no range", cases[i].text);
        assert_int_equal(range.start_ns, cases[i].start_ns);
        assert_int_equal(range.end_ns, cases[i].end_ns);
        assert_int_equal(range.alerts_inside, cases[i].alerts_inside);
        range_append(&text, &range);
        assert_string_equal(text_string(&text), cases[i].shown);
        text_fini(&text);
    }
}

static void other_text_is_no_range(void **state)
{
    static const char *const cases[] = {
        "",
        ":",
        "@",
        "~",
        "@~",
        ":10",
        "10:20:30",
        "10:~",
        "~10",
        "20:10",
        "-5",
        "0:-1",
        "1:0.999999999",
        "10s",
        "10:20s",
        " 10",
        "10 ",
        "10: 20",
        "@ 10",
        "10@",
        "@@10",
        "1e3",
        "0x10",
        "010",
        "+10",
        "1,5",
        ".5",
        "5.",
        "--5:0",
        "-:0",
        "nan",
        "inf",
        "~:~",
        "10::",
        "9223372036.854775807",
        "9223372037",
        "-9223372036.854775807:0",
        "9223372036.854775807:",
        "99999999999999999999:",
        "0.0000000001",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct range range = {.start_ns = 1, .end_ns = 2, .alerts_inside = true};
        if (range_parse(cases[i], strlen(cases[i]), &range))
            fail_msg("'%s' is a range", cases[i]);
        assert_int_equal(range.start_ns, 1);
        assert_int_equal(range.end_ns, 2);
        assert_true(range.alerts_inside);
    }
    assert_false(range_parse("10\0", 3, &(struct range){0}));
}

static void ends_belong_to_the_range(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
        bool alerts;
    } cases[] = {
        {"10", -1, true},
        {"10", 0, false},
        {"10", S(10), false},
        {"10", S(10) + 1, true},
        {"10:", S(10) - 1, true},
        {"10:", S(10), false},
        {"10:", INT64_MAX, false},
        {"~:10", -S(99), false},
        {"~:10", INT64_MIN, false},
        {"~:10", S(10), false},
        {"~:10", S(10) + 1, true},
        {"10:20", S(10) - 1, true},
        {"10:20", S(10), false},
        {"10:20", S(20), false},
        {"10:20", S(20) + 1, true},
        {"@10:20", S(10) - 1, false},
        {"@10:20", S(10), true},
        {"@10:20", S(20), true},
        {"@10:20", S(20) + 1, false},
        {"~:", INT64_MIN, false},
        {"~:", INT64_MAX, false},
        {"@~:", 0, true},
        {"@~:", INT64_MAX, true},
        {"0", 0, false},
        {"0", 1, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct range range;
        assert_true(range_parse(cases[i].text, strlen(cases[i].text), &range));
        if (range_alerts(&range, cases[i].ns) != cases[i].alerts)
            fail_msg("'%s' at %lld ns", cases[i].text, (long long)cases[i].ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_and_shown_again),
        cmocka_unit_test(other_text_is_no_range),
        cmocka_unit_test(ends_belong_to_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
