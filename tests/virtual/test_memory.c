/* Memory that runs out inside the engine, once, for a while, or now and then: every check still
 * gets one result, its own or `resource`, and nothing stays open.
 *
 * The linker puts the functions below in place of malloc(3) and its like (--wrap). They refuse only
 * while the engine runs: its entry points are wrapped as well, and ops leads out of it again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "engine/gate.h"
#include "scene.h"

#define CHECKS 60

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
bool __real_engine_step(struct engine *engine, int64_t until_ns);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
bool __wrap_engine_step(struct engine *engine, int64_t until_ns);

/* Which of the engine's allocations are refused. */
struct refusal {
    bool is_inside; /* the engine runs */
    uint64_t count; /* allocations that it has asked for */
    uint64_t from;
    uint64_t until;
    uint64_t random;
    uint64_t percent;
};

static struct refusal refusal;

static bool is_refused(void)
{
    if (!refusal.is_inside)
        return false;
    uint64_t number = refusal.count++;
    bool is_unlucky = refusal.percent > 0 && virtual_random(&refusal.random, 100) < refusal.percent;
    return is_unlucky || (number >= refusal.from && number < refusal.until);
}

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return is_refused() ? NULL : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    return is_refused() ? NULL : __real_reallocarray(memory, count, size);
}

bool __wrap_engine_step(struct engine *engine, int64_t until_ns)
{
    refusal.is_inside = true;
    bool goes_on = __real_engine_step(engine, until_ns);
    refusal.is_inside = false;
    return goes_on;
}

/* ---- ops: outside of the engine ----------------------------------------- */

static bool leave(void)
{
    bool was_inside = refusal.is_inside;
    refusal.is_inside = false;
    return was_inside;
}

static void outer_connect_start(struct net *net, uint32_t slot, const struct address *address,
                                const struct connect_options *options)
{
    bool was_inside = leave();
    virtual_ops.connect_start(net, slot, address, options);
    refusal.is_inside = was_inside;
}

static void outer_resolve_start(struct net *net, uint32_t slot, const char *host,
                                const struct resolve_options *options)
{
    bool was_inside = leave();
    virtual_ops.resolve_start(net, slot, host, options);
    refusal.is_inside = was_inside;
}

static struct ops outer_ops(void)
{
    struct ops ops = virtual_ops;
    ops.connect_start = outer_connect_start;
    ops.resolve_start = outer_resolve_start;
    return ops;
}

/* ---- the checks ---------------------------------------------------------- */

static void write_world(struct scene *scene)
{
    const struct virtual_lookup lookup = {
        .after_ns = MS(20), .count = 3, .addresses = {"10.0.0.2", "10.0.0.4", "10.0.0.1"}};
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3",
                                        "10.0.0.4", "db.test",  "none.test"};
    virtual_net_lookups(scene->net, "db.test", &lookup, 1);
    virtual_net_answer(scene->net, "10.0.0.1", opens_and_closes(MS(10), MS(300)));
    virtual_net_answer(scene->net, "10.0.0.2", refuses_after(MS(10)));
    virtual_net_answer(scene->net, "10.0.0.3", unreachable_after(MS(10), 13));
    for (int i = 0; i < CHECKS; i++) {
        struct check *check = scene_check(scene, hosts[i % 6]);
        check->timeout_ns = S(2);
        check->attempts = (uint16_t)(1 + i % 4);
        check->source_port = (uint16_t)(i % 5 == 0 ? 5000 + i % 2 : 0);
    }
}

/* Runs them with what is refused by then; returns how many ended for want of memory. */
static int run_checks_with(const struct engine_options *options, uint32_t descriptors)
{
    struct scene scene;
    struct ops ops = outer_ops();
    int short_count = 0;
    refusal.count = 0;
    scene_init(&scene);
    scene.ops = &ops;
    scene.options = *options;
    write_world(&scene);
    virtual_net_descriptors(scene.net, 0, descriptors);
    scene_run(&scene);
    assert_int_equal(scene.result_count, CHECKS);
    for (size_t i = 0; i < CHECKS; i++)
        short_count += scene_result(&scene, i)->outcome == TCPCHECK_RESOURCE;
    scene_fini(&scene);
    return short_count;
}

static int run_checks(const struct engine_options *options)
{
    return run_checks_with(options, UINT32_MAX);
}

static const struct engine_options options_all = {
    .concurrency = 25,
    .result_limit = 1024,
    .socket_limit = 100,
    .rate = {.interval_ps = S(1000) / 200},
    .host_rate = {.interval_ps = S(1000) / 50},
    .host_in_flight = 3,
    .host_ports = 16,
};

static void with_enough_memory_no_check_wants_for_it(void **state)
{
    (void)state;
    refusal = (struct refusal){0};
    assert_int_equal(run_checks(&options_all), 0);
}

static void any_one_allocation_may_fail(void **state)
{
    (void)state;
    refusal = (struct refusal){0};
    run_checks(&options_all);
    uint64_t count = refusal.count;
    assert_in_range(count, 100, 5000);
    for (uint64_t i = 0; i < count; i++) {
        refusal = (struct refusal){.from = i, .until = i + 1};
        assert_in_range(run_checks(&options_all), 0, 1);
    }
}

static void any_run_of_allocations_may_fail(void **state)
{
    (void)state;
    for (uint64_t from = 0; from < 300; from += 7) {
        refusal = (struct refusal){.from = from, .until = from + 40};
        run_checks(&options_all);
    }
}

static void a_tenth_of_all_allocations_may_fail(void **state)
{
    int short_count = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        refusal = (struct refusal){.random = seed, .percent = 10};
        short_count += run_checks(&options_all);
    }
    assert_true(short_count > 0);
}

static void checks_wait_for_the_memory_to_be_admitted(void **state)
{
    (void)state;
    refusal = (struct refusal){.until = 20};
    assert_int_equal(run_checks(&options_all), 0);
}

static void without_descriptors_and_without_memory_every_check_still_ends(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        refusal = (struct refusal){.random = seed, .percent = 30};
        run_checks_with(&options_all, 0);
    }
}

static void a_gate_works_on_with_the_buckets_that_it_has(void **state)
{
    static struct gate_pass passes[200];
    struct gate gate;
    (void)state;
    gate_init(&gate, 1);
    refusal = (struct refusal){.until = UINT64_MAX, .is_inside = true};
    for (int i = 0; i < 200; i++) {
        struct gate_key key = {.source_port = (uint16_t)(i / 2)};
        assert_int_equal(gate_enter(&gate, &passes[i], &key), i % 2 == 0);
    }
    for (int i = 0; i < 200; i++)
        assert_ptr_equal(gate_leave(&gate, &passes[i]), i % 2 == 0 ? &passes[i + 1] : NULL);
    refusal.is_inside = false;
    assert_int_equal(gate.bucket_count, GATE_FIRST_BUCKETS);
    gate_fini(&gate);
}

static void nothing_leaks_when_there_is_no_memory_for_an_engine(void **state)
{
    struct engine *engine;
    (void)state;
    for (uint64_t i = 0; i < 3; i++) {
        struct scene scene;
        scene_init(&scene);
        refusal = (struct refusal){.from = i, .until = i + 1, .is_inside = true};
        int error =
            engine_create(&engine, &virtual_ops, scene.net, &scene.source.base, &options_all);
        refusal.is_inside = false;
        if (error == 0)
            engine_destroy(engine);
        assert_int_equal(error, refusal.count > i ? -ENOMEM : 0);
        scene_fini(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_enough_memory_no_check_wants_for_it),
        cmocka_unit_test(any_one_allocation_may_fail),
        cmocka_unit_test(any_run_of_allocations_may_fail),
        cmocka_unit_test(a_tenth_of_all_allocations_may_fail),
        cmocka_unit_test(checks_wait_for_the_memory_to_be_admitted),
        cmocka_unit_test(without_descriptors_and_without_memory_every_check_still_ends),
        cmocka_unit_test(a_gate_works_on_with_the_buckets_that_it_has),
        cmocka_unit_test(nothing_leaks_when_there_is_no_memory_for_an_engine),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
