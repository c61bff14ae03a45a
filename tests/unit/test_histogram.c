/* core/histogram against exact quantiles of the same durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/histogram.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define VALUES_MAX   20000

/* A generator of its own, so that every run has the same numbers. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* NOLINTBEGIN(readability-non-const-parameter): those that follow are of one type */
/* Which durations: number `index` of `count`. */
typedef int64_t value_maker(uint64_t *state, size_t index, size_t count);

static int64_t equal(uint64_t *state, size_t index, size_t count)
{
    (void)state;
    (void)index;
    (void)count;
    return 204800;
}

static int64_t rising(uint64_t *state, size_t index, size_t count)
{
    (void)state;
    (void)count;
    return (int64_t)index * 1000;
}

static int64_t of_all_sizes(uint64_t *state, size_t index, size_t count)
{
    (void)index;
    (void)count;
    uint64_t random = next_random(state);
    return (int64_t)(random >> 20 >> random % 44);
}

static int64_t in_two_heaps(uint64_t *state, size_t index, size_t count)
{
    int64_t noise = (int64_t)(next_random(state) % 50000);
    return index < count / 2 ? 200000 + noise : 3000000000 + noise;
}

static int64_t tiny(uint64_t *state, size_t index, size_t count)
{
    (void)index;
    (void)count;
    return (int64_t)(next_random(state) % 3000);
}
/* NOLINTEND(readability-non-const-parameter) */

static int compare(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;
    return (*left > *right) - (*left < *right);
}

static int64_t exact_quantile(const int64_t *sorted, size_t count, uint32_t thousandths)
{
    size_t rank = (count * thousandths + 999) / 1000;
    return sorted[rank > 0 ? rank - 1 : 0];
}

static void assert_near(int64_t found, int64_t exact, uint32_t thousandths)
{
    int64_t tolerance = exact / 64 > 16 ? exact / 64 : 16;
    if (found < exact - tolerance || found > exact + tolerance)
        fail_msg("quantile %u is %jd, not %jd", thousandths, (intmax_t)found, (intmax_t)exact);
}

static const uint32_t shares[] = {1, 10, 250, 500, 501, 900, 990, 999, 1000};

struct spread_case {
    value_maker *make;
    size_t count;
};

static const struct spread_case spreads[] = {
    {equal, 1},        {equal, 1000},         {rising, 2},
    {rising, 3},       {rising, 1000},        {rising, 20000},
    {of_all_sizes, 1}, {of_all_sizes, 999},   {of_all_sizes, 20000},
    {in_two_heaps, 2}, {in_two_heaps, 10000}, {tiny, 5000},
};

static int64_t values[VALUES_MAX];

static void fill(const struct spread_case *spread)
{
    uint64_t state = 88172645463325252;
    for (size_t i = 0; i < spread->count; i++)
        values[i] = spread->make(&state, i, spread->count);
}

static void quantiles_are_within_two_percent_of_the_exact_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spreads); i++) {
        struct histogram histogram = {.count = 0};
        fill(&spreads[i]);
        for (size_t j = 0; j < spreads[i].count; j++)
            histogram_add(&histogram, values[j]);
        qsort(values, spreads[i].count, sizeof values[0], compare);
        assert_int_equal(histogram.count, spreads[i].count);
        assert_int_equal(histogram.min_ns, values[0]);
        assert_int_equal(histogram.max_ns, values[spreads[i].count - 1]);
        for (size_t j = 0; j < COUNT(shares); j++)
            assert_near(histogram_quantile(&histogram, shares[j]),
                        exact_quantile(values, spreads[i].count, shares[j]), shares[j]);
        assert_int_equal(histogram_quantile(&histogram, 1000), values[spreads[i].count - 1]);
    }
}

static void parts_that_are_merged_are_the_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spreads); i++) {
        struct histogram whole = {.count = 0};
        struct histogram parts[3] = {{.count = 0}, {.count = 0}, {.count = 0}};
        fill(&spreads[i]);
        for (size_t j = 0; j < spreads[i].count; j++) {
            histogram_add(&whole, values[j]);
            histogram_add(&parts[j % 2], values[j]); /* the third stays empty */
        }
        histogram_merge(&parts[2], &parts[0]);
        histogram_merge(&parts[2], &parts[1]);
        assert_memory_equal(&parts[2], &whole, sizeof whole);
    }
}

static void an_empty_one_has_no_quantiles(void **state)
{
    struct histogram histogram = {.count = 0};
    const struct histogram other = {.count = 0};
    (void)state;
    histogram_merge(&histogram, &other);
    assert_int_equal(histogram_quantile(&histogram, 500), 0);
    assert_int_equal(histogram_count(&histogram, 0, INT64_MAX), 0);
}

static void the_shortest_and_the_longest_have_their_place(void **state)
{
    struct histogram histogram = {.count = 0};
    (void)state;
    histogram_add(&histogram, -5);
    histogram_add(&histogram, 0);
    histogram_add(&histogram, INT64_MAX);
    assert_int_equal(histogram.min_ns, 0);
    assert_int_equal(histogram.max_ns, INT64_MAX);
    assert_int_equal(histogram_quantile(&histogram, 1), 16); /* the middle of the first bucket */
    assert_int_equal(histogram_quantile(&histogram, 999), INT64_MAX);
}

static void ranges_that_follow_each_other_count_each_once(void **state)
{
    struct histogram histogram = {.count = 0};
    uint64_t counted = 0;
    (void)state;
    fill(&spreads[8]);
    for (size_t i = 0; i < spreads[8].count; i++)
        histogram_add(&histogram, values[i]);
    for (int64_t from = 0; from <= histogram.max_ns; from = from * 2 + 1000)
        counted += histogram_count(&histogram, from, from * 2 + 1000);
    assert_int_equal(counted, spreads[8].count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_within_two_percent_of_the_exact_ones),
        cmocka_unit_test(parts_that_are_merged_are_the_whole),
        cmocka_unit_test(an_empty_one_has_no_quantiles),
        cmocka_unit_test(the_shortest_and_the_longest_have_their_place),
        cmocka_unit_test(ranges_that_follow_each_other_count_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
