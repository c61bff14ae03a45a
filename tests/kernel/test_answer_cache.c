/* net/answer_cache, on a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "net/answer_cache.h"

static const struct answer_key key = {"db.example", FAMILY_ANY, true};
static struct answer_cache cache;

static int set_up(void **state)
{
    (void)state;
    answer_cache_init(&cache);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    answer_cache_fini(&cache);
    return 0;
}

/* An answer that can be told from others by its last byte. */
static void keep(const struct answer_key *kept, uint8_t last, int64_t expires_ns)
{
    const struct address address = {.family = FAMILY_IPV4, .bytes = {10, 0, 0, last}};
    const struct lookup_facts facts = {
        .answer = ANSWER_ADDRESSES, .name = "db", .addresses = &address, .address_count = 1};
    answer_cache_keep(&cache, kept, &facts, expires_ns);
}

/* 0: nothing. */
static uint8_t find(const struct answer_key *wanted, int64_t now_ns)
{
    const struct lookup_facts *facts = answer_cache_find(&cache, wanted, now_ns);
    return facts == NULL ? 0 : facts->addresses[0].bytes[3];
}

static void answer_holds_to_the_nanosecond(void **state)
{
    (void)state;
    assert_int_equal(find(&key, 0), 0);
    keep(&key, 5, 1000);
    assert_int_equal(find(&key, 999), 5);
    assert_int_equal(find(&key, 1000), 0);
    assert_int_equal(cache.count, 0);
}

static void later_answer_takes_the_place_of_an_earlier_one(void **state)
{
    (void)state;
    keep(&key, 5, 1000);
    keep(&key, 6, 500);
    assert_int_equal(cache.count, 1);
    assert_int_equal(find(&key, 499), 6);
    assert_int_equal(find(&key, 500), 0);
}

static void every_part_of_the_question_counts(void **state)
{
    static const struct answer_key others[] = {
        {"db.example.", FAMILY_ANY, true},
        {"db.example", FAMILY_IPV4, true},
        {"db.example", FAMILY_ANY, false},
    };
    (void)state;
    keep(&key, 5, 1000);
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(find(&others[i], 0), 0);
        keep(&others[i], (uint8_t)(i + 10), 1000);
    }
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(find(&others[i], 0), i + 10);
    assert_int_equal(find(&key, 0), 5);
}

static void when_it_is_full_the_least_used_goes(void **state)
{
    char host[32];
    struct answer_key other = {host, FAMILY_ANY, true};
    (void)state;
    keep(&key, 5, 1000);
    for (uint32_t i = 1; i < ANSWER_CACHE_MAX; i++) {
        (void)snprintf(host, sizeof(host), "h%u.example", i);
        keep(&other, 6, 1000);
    }
    assert_int_equal(cache.count, ANSWER_CACHE_MAX);
    assert_int_equal(find(&key, 0), 5);
    (void)snprintf(host, sizeof(host), "one-more.example");
    keep(&other, 7, 1000);
    assert_int_equal(cache.count, ANSWER_CACHE_MAX);
    assert_int_equal(find(&key, 0), 5);
    assert_int_equal(find(&other, 0), 7);
    (void)snprintf(host, sizeof(host), "h1.example");
    assert_int_equal(find(&other, 0), 0);
    (void)snprintf(host, sizeof(host), "h2.example");
    assert_int_equal(find(&other, 0), 6);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(answer_holds_to_the_nanosecond),
        CASE(later_answer_takes_the_place_of_an_earlier_one),
        CASE(every_part_of_the_question_counts),
        CASE(when_it_is_full_the_least_used_goes),
    };
    return cmocka_run_group_tests_name("answer_cache", tests, NULL, NULL);
}
