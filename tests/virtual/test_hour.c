/* 10,000 checks of everything at once, in one simulated hour: every check has one result, limits
 * hold, nothing is left open, and the same seed gives the same results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

#define CHECKS 10000
#define HOSTS  400
#define NAMES  40

/* What a host or name is called; the strings live as long as the test. */
struct cast {
    char hosts[HOSTS][16];
    char names[NAMES][16];
};

static struct cast cast;

static char *append_number(char *end, int number)
{
    if (number >= 10)
        end = append_number(end, number / 10);
    *end = (char)('0' + number % 10);
    return end + 1;
}

static void name_cast(void)
{
    for (int i = 0; i < HOSTS; i++) {
        char *end = cast.hosts[i];
        end = append_number(end, 10);
        memcpy(end, ".0.", 3);
        end = append_number(end + 3, i / 200);
        *end++ = '.';
        *append_number(end, i % 200 + 1) = '\0';
    }
    for (int i = 0; i < NAMES; i++) {
        memcpy(cast.names[i], "name", 4);
        char *end = append_number(cast.names[i] + 4, i);
        memcpy(end, ".test", 6);
    }
}

static int64_t up_to(uint64_t *random, int64_t limit_ns)
{
    return (int64_t)virtual_random(random, (uint64_t)limit_ns);
}

static struct virtual_answer some_answer(uint64_t *random)
{
    static const int local_errors[] = {EACCES, ENETUNREACH, EADDRNOTAVAIL, ENOBUFS};
    switch (virtual_random(random, 12)) {
    case 0:
    case 1:
    case 2: return opens_after(up_to(random, MS(300)));
    case 3:
    case 4: return opens_and_closes(up_to(random, S(4)), up_to(random, S(1)));
    case 5:
    case 6: return refuses_after(up_to(random, S(3)));
    case 7: return unreachable_after(up_to(random, S(4)), (uint8_t)virtual_random(random, 15));
    case 8: return fails_at(OBSERVED_CONNECT, local_errors[virtual_random(random, 4)]);
    case 9: return fails_at(OBSERVED_BIND, EADDRINUSE);
    case 10: return refuses_after(0);
    default: return is_silent();
    }
}

static struct virtual_lookup some_lookup(uint64_t *random)
{
    struct virtual_lookup lookup = {.after_ns = up_to(random, S(2))};
    switch (virtual_random(random, 8)) {
    case 0: lookup.failure = TCPCHECK_DNS_NXDOMAIN; return lookup;
    case 1: lookup.failure = TCPCHECK_DNS_SERVFAIL; return lookup;
    case 2: lookup.after_ns = INT64_MAX; return lookup;
    case 3:
        lookup.after_ns = INT64_MAX;
        lookup.known_after_ns = S(1);
        break;
    default: break;
    }
    lookup.count = (uint32_t)virtual_random(random, 6) + 1;
    for (uint32_t i = 0; i < lookup.count; i++)
        lookup.addresses[i] = cast.hosts[virtual_random(random, HOSTS)];
    return lookup;
}

static void write_world(struct scene *scene, uint64_t *random)
{
    for (int i = 0; i < HOSTS; i++) {
        struct virtual_answer answers[3];
        for (int j = 0; j < 3; j++)
            answers[j] = some_answer(random);
        virtual_net_answers(scene->net, cast.hosts[i], 0, answers,
                            (uint32_t)virtual_random(random, 3) + 1);
    }
    for (int i = 0; i < NAMES; i++) {
        struct virtual_lookup lookups[2] = {some_lookup(random), some_lookup(random)};
        virtual_net_lookups(scene->net, cast.names[i], lookups, 2);
    }
    virtual_net_stall(scene->net, S(100), S(2));
    virtual_net_stall(scene->net, S(400), MS(200));
    virtual_net_descriptors(scene->net, S(600), 40);
    virtual_net_descriptors(scene->net, S(700), 0);
    virtual_net_descriptors(scene->net, S(715), UINT32_MAX);
}

static void write_checks(struct scene *scene, uint64_t *random)
{
    for (int i = 0; i < CHECKS; i++) {
        bool is_name = virtual_random(random, 4) == 0;
        struct check *check =
            scene_check(scene, is_name ? cast.names[virtual_random(random, NAMES)]
                                       : cast.hosts[virtual_random(random, HOSTS)]);
        check->timeout_ns = MS(100) + up_to(random, S(6));
        check->attempts = (uint16_t)(1 + virtual_random(random, 3));
        check->retry_delay_ns = up_to(random, S(3));
        check->expect = (uint8_t)virtual_random(random, EXPECT_CLOSED + 1);
        check->port = (uint16_t)(80 + virtual_random(random, 2));
        check->close = (uint8_t)virtual_random(random, 2);
        if (virtual_random(random, 10) == 0)
            check->source_port = (uint16_t)(5000 + virtual_random(random, 5));
    }
}

static uint64_t fold(uint64_t hash, int64_t number)
{
    hash ^= (uint64_t)number;
    hash *= UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

/* Of everything that a result says. */
static uint64_t fingerprint(const struct scene *scene)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < scene->result_count; i++) {
        const struct result *result = scene_result(scene, scene->order[i]);
        hash = fold(hash, (int64_t)scene->order[i]);
        hash = fold(hash, (int64_t)result->outcome);
        hash = fold(hash, result->total_time_ns);
        hash = fold(hash, result->response_time_ns);
        hash = fold(hash, result->held_ns);
        for (uint32_t j = 0; j < result->tried_count; j++) {
            hash = fold(hash, (int64_t)result->tried[j].outcome);
            hash = fold(hash, result->tried[j].offset_ns);
            hash = fold(hash, result->tried[j].wall_ns);
        }
    }
    return hash;
}

static void expect_plausible(const struct scene *scene, const struct result *result)
{
    const struct check *check = result->check;
    assert_true(result->outcome != TCPCHECK_CANCELLED);
    assert_true(result->attempt_count >= 1 && result->attempt_count <= check->attempts);
    assert_int_equal(result->attempt_count, result->attempt_kept);
    for (uint32_t i = 0; i < result->attempt_kept; i++) {
        const struct attempt *attempt = &result->attempts[i];
        bool is_silence = attempt->outcome == TCPCHECK_TIMEOUT || attempt->outcome == TCPCHECK_OPEN;
        if (is_silence)
            assert_true(attempt->wall_ns <= check->timeout_ns);
        if (i > 0)
            assert_true(attempt->offset_ns >=
                        attempt[-1].offset_ns + attempt[-1].wall_ns + check->retry_delay_ns);
    }
    (void)scene;
}

/* The whole hour; returns its fingerprint. */
static uint64_t run_hour(uint64_t seed)
{
    struct scene scene;
    uint64_t random = seed;
    scene_init(&scene);
    scene.options = (struct engine_options){
        .concurrency = 200,
        .result_limit = 50,
        .socket_limit = 120,
        .rate = {.interval_ps = S(1000) / 4},
        .host_rate = {.interval_ps = S(1000) / 2},
    };
    scene.net_options = (struct virtual_options){
        .seed = seed, .late_max_ns = MS(2), .spurious_percent = 10, .connect_cost_ns = US(30)};
    scene_remake_net(&scene);
    write_world(&scene, &random);
    write_checks(&scene, &random);
    scene_run(&scene);
    assert_int_equal(scene.result_count, CHECKS);
    assert_true(virtual_net_most_open(scene.net) <= 120);
    assert_in_range(virtual_net_time(scene.net), S(3600), S(5400));
    for (size_t i = 0; i < CHECKS; i++)
        expect_plausible(&scene, scene_result(&scene, i));
    uint64_t print = fingerprint(&scene);
    print = fold(print, virtual_net_time(scene.net));
    scene_fini(&scene);
    return print;
}

static void every_check_has_one_result_and_nothing_stays_open(void **state)
{
    (void)state;
    for (uint64_t seed = 100; seed < 104; seed++)
        run_hour(seed);
}

static void the_same_seed_gives_the_same_results_to_the_nanosecond(void **state)
{
    (void)state;
    assert_true(run_hour(1) == run_hour(1));
    assert_true(run_hour(1) != run_hour(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_has_one_result_and_nothing_stays_open),
        cmocka_unit_test(the_same_seed_gives_the_same_results_to_the_nanosecond),
    };
    name_cast();
    return cmocka_run_group_tests_name("hour", tests, NULL, NULL);
}
