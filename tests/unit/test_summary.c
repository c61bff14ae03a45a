/* format/summary: the table of --summary and the line of progress. */
#include "sample_results.h"

#include "core/run_times.h"
#include "format/summary.h"

static void add(struct run_times *times, enum tcpcheck_outcome outcome, int64_t ns)
{
    histogram_add(&times->response[outcome], ns);
    if (outcome == TCPCHECK_OPEN)
        histogram_add(&times->connect, ns);
}

static void assert_summary(const struct run_times *times, const char *expected)
{
    struct text out;
    text_init(&out, SIZE_MAX);
    summary_append_times(&out, times);
    assert_string_equal(text_string(&out), expected);
    text_fini(&out);
}

static void a_class_is_a_row_and_handshakes_are_a_histogram(void **state)
{
    struct run_times *times = calloc(1, sizeof *times);
    (void)state;
    assert_non_null(times);
    for (int i = 0; i < 300; i++)
        add(times, TCPCHECK_OPEN, 150000);
    for (int i = 0; i < 15; i++)
        add(times, TCPCHECK_OPEN, 750000);
    add(times, TCPCHECK_OPEN, 2500000);
    add(times, TCPCHECK_REFUSED, 90000);
    add(times, TCPCHECK_TIMEOUT, 2 * NS_PER_S);
    assert_summary(times,
                   "class                count         p50         p90         p99         max\n"
                   "open                   316    0.150 ms    0.150 ms    0.745 ms     2.50 ms\n"
                   "refused                  1    0.090 ms    0.090 ms    0.090 ms    0.090 ms\n"
                   "timeout                  1     2.00 s      2.00 s      2.00 s      2.00 s \n"
                   "all                    318    0.150 ms    0.150 ms    0.745 ms     2.00 s \n"
                   "\n"
                   "handshake below      count\n"
                   "    0.200 ms           300  ########################################\n"
                   "    0.500 ms             0\n"
                   "     1.00 ms            15  ##\n"
                   "     2.00 ms             0\n"
                   "     5.00 ms             1  #\n");
    free(times);
}

static void one_class_needs_no_row_for_all(void **state)
{
    struct run_times *times = calloc(1, sizeof *times);
    (void)state;
    assert_non_null(times);
    add(times, TCPCHECK_DNS_NXDOMAIN, 1500000);
    assert_summary(times,
                   "class                count         p50         p90         p99         max\n"
                   "dns_nxdomain             1     1.50 ms     1.50 ms     1.50 ms     1.50 ms\n");
    free(times);
}

static void no_results_are_a_row_of_zeros(void **state)
{
    struct run_times *times = calloc(1, sizeof *times);
    (void)state;
    assert_non_null(times);
    assert_summary(times,
                   "class                count         p50         p90         p99         max\n"
                   "all                      0    0.000 ms    0.000 ms    0.000 ms    0.000 ms\n");
    free(times);
}

static void results_fall_into_their_class_and_only_handshakes_are_connects(void **state)
{
    struct run_times *times = calloc(1, sizeof *times);
    struct sample open;
    struct sample refused;
    (void)state;
    assert_non_null(times);
    sample_open(&open, NULL);
    sample_refused(&refused, NULL);
    run_times_add(times, &open.result);
    run_times_add(times, &refused.result);
    assert_int_equal(times->response[TCPCHECK_OPEN].count, 1);
    assert_int_equal(times->response[TCPCHECK_OPEN].max_ns, open.result.response_time_ns);
    assert_int_equal(times->response[TCPCHECK_REFUSED].max_ns, refused.result.response_time_ns);
    assert_int_equal(times->connect.count, 1);
    assert_int_equal(times->connect.max_ns, 196000);
    sample_fini(&open);
    sample_fini(&refused);
    free(times);
}

struct progress_case {
    uint64_t open, refused, timeout, expected;
    int64_t elapsed_ns;
    size_t columns;
    const char *line;
};

static void progress_tells_rate_classes_and_time_left(void **state)
{
    static const struct progress_case cases[] = {
        {0, 0, 0, 0, 0, 0, "0 checked in 0 s"},
        {0, 0, 0, 5, NS_PER_S, 0, "0 of 5 checked in 1 s, 0.0/s"},
        {100, 20, 0, 1000, 7 * NS_PER_S, 0,
         "120 of 1000 checked in 7 s, 17.1/s, 52 s left: open 100, refused 20"},
        {10, 20, 15, 0, 10 * NS_PER_S, 0,
         "45 checked in 10 s, 4.5/s: refused 20, timeout 15, open 10"},
        {10, 20, 15, 0, 10 * NS_PER_S, 50, "45 checked in 10 s, 4.5/s: refused 20, timeout 15"},
        {10, 20, 15, 0, 10 * NS_PER_S, 20, "45 checked in 10 s, 4.5/s"},
        {500000, 0, 0, 1000000, 30 * NS_PER_S, 0,
         "500000 of 1000000 checked in 30 s, 16667/s, 31 s left: open 500000"},
        {100, 0, 0, 1000, 200 * NS_PER_S, 0,
         "100 of 1000 checked in 3 min, 0.5/s, 30 min left: open 100"},
        {100, 0, 0, 10000, 200 * NS_PER_S, 0,
         "100 of 10000 checked in 3 min, 0.5/s, 5 h 30 min left: open 100"},
        {3, 0, 0, 3, 2 * NS_PER_S, 0, "3 of 3 checked in 2 s, 1.5/s: open 3"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tally tally = {.total = cases[i].open + cases[i].refused + cases[i].timeout};
        struct text out;
        text_init(&out, SIZE_MAX);
        tally.by_outcome[TCPCHECK_OPEN] = cases[i].open;
        tally.by_outcome[TCPCHECK_REFUSED] = cases[i].refused;
        tally.by_outcome[TCPCHECK_TIMEOUT] = cases[i].timeout;
        summary_append_progress(&out, &tally, cases[i].expected, cases[i].elapsed_ns,
                                cases[i].columns);
        assert_string_equal(text_string(&out), cases[i].line);
        text_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_is_a_row_and_handshakes_are_a_histogram),
        cmocka_unit_test(one_class_needs_no_row_for_all),
        cmocka_unit_test(no_results_are_a_row_of_zeros),
        cmocka_unit_test(results_fall_into_their_class_and_only_handshakes_are_connects),
        cmocka_unit_test(progress_tells_rate_classes_and_time_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
