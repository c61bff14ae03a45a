#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/host.h"
#include "core/outcome.h"
#include "laws.h"

/* More steps than anything here could need: whoever gets there does not get on. */
#define STEPS_MAX 2000000

/* Steps in a row that neither wait nor hear anything, while a backlog is worked off. */
#define IDLE_STEPS_MAX 300

static enum source_state source_next(struct check_source *base, const struct check **check)
{
    struct scene_source *source = (struct scene_source *)base;
    if (virtual_net_time(source->net) < source->waits_until_ns)
        return SOURCE_WAIT;
    if (source->next == source->count)
        return SOURCE_END;
    *check = &source->checks[source->next++];
    return SOURCE_CHECK;
}

static void source_release(struct check_source *base, const struct check *check)
{
    struct scene_source *source = (struct scene_source *)base;
    assert_true(check >= source->checks && check < source->checks + source->next);
    source->released_count++;
}

void scene_init(struct scene *scene)
{
    *scene = (struct scene){
        .options = {.concurrency = 256, .result_limit = 1024, .socket_limit = 100000},
        .ops = &virtual_ops,
        .source = {.base = {.next = source_next, .release = source_release}},
    };
    scene_remake_net(scene);
}

int scene_set_up(void **state)
{
    scene_init(*state);
    return 0;
}

int scene_tear_down(void **state)
{
    scene_fini(*state);
    return 0;
}

void scene_remake_net(struct scene *scene)
{
    if (scene->net != NULL)
        virtual_net_destroy(scene->net);
    scene->net = virtual_net_create(&scene->net_options);
    scene->source.net = scene->net;
}

void scene_fini(struct scene *scene)
{
    for (size_t i = 0; scene->results != NULL && i < scene->source.count; i++)
        if (scene->results[i] != NULL)
            engine_free_result(&scene->source.base, scene->results[i]);
    engine_destroy(scene->engine);
    assert_int_equal(scene->source.released_count, scene->source.next);
    virtual_net_destroy(scene->net);
    free(scene->results);
    free(scene->order);
    free(scene->source.checks);
}

struct check *scene_check(struct scene *scene, const char *host)
{
    struct scene_source *source = &scene->source;
    assert_null(scene->engine);
    if (source->count == source->capacity) {
        source->capacity = source->capacity == 0 ? 16 : source->capacity * 2;
        source->checks = reallocarray(source->checks, source->capacity, sizeof(struct check));
        assert_non_null(source->checks);
    }
    struct check *check = &source->checks[source->count++];
    struct text why;
    struct host_span span;
    text_init(&why, 1024);
    check_init(check);
    assert_true(host_parse(host, strlen(host), &span, &why));
    text_fini(&why);
    check->host = host;
    check->host_kind = (uint8_t)span.kind;
    check->literal = span.literal;
    check->port = 80;
    check->given = UINT32_C(1) << PARAM_HOST | UINT32_C(1) << PARAM_PORT;
    return check;
}

void scene_checks(struct scene *scene, const char *host, int count)
{
    for (int i = 0; i < count; i++)
        scene_check(scene, host);
}

static void make_engine(struct scene *scene)
{
    size_t count = scene->source.count + 1;
    scene->results = calloc(count, sizeof(struct result *));
    scene->order = calloc(count, sizeof(size_t));
    assert_non_null(scene->results);
    assert_non_null(scene->order);
    virtual_net_set_limits(scene->net, scene->options.socket_limit, scene->options.concurrency);
    int error =
        engine_create(&scene->engine, scene->ops, scene->net, &scene->source.base, &scene->options);
    assert_int_equal(error, 0);
}

static void check_result(const struct scene *scene, const struct result *result)
{
    const struct laws laws = {
        .now_ns = VIRTUAL_EPOCH_NS + virtual_net_time(scene->net),
        .lateness_ns =
            virtual_net_time(scene->net), /* a test may stall it for as long as it likes */
        .is_endless = scene->options.is_endless,
    };
    assert_true(result->check == &scene->source.checks[result->sequence]);
    laws_hold(&laws, result);
}

static void take_results(struct scene *scene)
{
    struct result *result;
    while ((result = engine_take_result(scene->engine)) != NULL) {
        assert_true(result->sequence < scene->source.count);
        assert_null(scene->results[result->sequence]);
        check_result(scene, result);
        scene->order[scene->result_count++] = result->sequence;
        scene->results[result->sequence] = result;
    }
}

bool scene_step(struct scene *scene, int64_t until_ns)
{
    if (scene->engine == NULL)
        make_engine(scene);
    bool goes_on = engine_step(scene->engine, until_ns);
    take_results(scene);
    scene->step_count++;
    assert_true(scene->step_count < STEPS_MAX);
    assert_true(virtual_net_most_idle(scene->net) < IDLE_STEPS_MAX);
    assert_true(engine_active(scene->engine) <= scene->options.concurrency);
    return goes_on;
}

void scene_run_until(struct scene *scene, int64_t when_ns)
{
    while (virtual_net_time(scene->net) < when_ns)
        scene_step(scene, VIRTUAL_EPOCH_NS + when_ns);
}

void scene_run(struct scene *scene)
{
    if (scene->engine != NULL)
        take_results(scene);
    while (scene_step(scene, INT64_MAX))
        continue;
    assert_int_equal(scene->result_count, scene->source.next);
    assert_int_equal(virtual_net_open_count(scene->net), 0);
    assert_int_equal(virtual_net_lookup_count(scene->net), 0);
    assert_true(engine_is_idle(scene->engine));
}

const struct result *scene_result(const struct scene *scene, size_t check)
{
    assert_true(check < scene->source.count);
    assert_non_null(scene->results[check]);
    return scene->results[check];
}

const struct attempt *scene_attempt(const struct scene *scene, size_t check, uint32_t attempt)
{
    const struct result *result = scene_result(scene, check);
    assert_true(attempt < result->attempt_kept);
    return &result->attempts[attempt];
}

const struct tried *scene_tried(const struct scene *scene, size_t check, uint32_t attempt,
                                uint32_t address)
{
    const struct attempt *made = scene_attempt(scene, check, attempt);
    assert_true(address < made->tried_count);
    return &scene_result(scene, check)->tried[made->tried_start + address];
}

void scene_expect(const struct scene *scene, size_t check, enum tcpcheck_outcome outcome)
{
    assert_string_equal(outcome_info(scene_result(scene, check)->outcome)->name,
                        outcome_info(outcome)->name);
}

int64_t scene_started_ns(const struct scene *scene, uint32_t start)
{
    return virtual_net_start(scene->net, start)->when_ns;
}
