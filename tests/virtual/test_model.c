/* Random checks of one address each, against a prediction that knows neither queues nor events: one
 * attempt after another, by arithmetic. Whatever the engine does at once must not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

#define CHECKS 1500

struct prediction {
    enum tcpcheck_outcome outcome;
    uint32_t attempts;
    int64_t total_ns;
    int64_t response_ns;
};

struct model {
    char hosts[CHECKS][16];
    struct virtual_answer answers[CHECKS][VIRTUAL_ANSWERS_MAX];
    uint32_t answer_counts[CHECKS];
};

static struct model model;

static struct virtual_answer some_answer(uint64_t *random)
{
    int64_t after_ns = (int64_t)virtual_random(random, (uint64_t)S(3));
    switch (virtual_random(random, 7)) {
    case 0: return opens_after(after_ns);
    case 1: return opens_and_closes(after_ns, MS(400));
    case 2: return refuses_after(after_ns);
    case 3: return unreachable_after(after_ns, 13);
    case 4: return fails_at(OBSERVED_CONNECT, EACCES);
    case 5: return fails_at(OBSERVED_CONNECT, EADDRNOTAVAIL);
    default: return is_silent();
    }
}

/* One attempt: how it ends, and after how long. */
static enum tcpcheck_outcome predict_attempt(const struct virtual_answer *answer,
                                             int64_t timeout_ns, int64_t *wall_ns)
{
    bool is_silence = answer->kind == VIRTUAL_SILENCE || answer->after_ns > timeout_ns;
    *wall_ns = is_silence ? timeout_ns : answer->after_ns;
    if (is_silence)
        return TCPCHECK_TIMEOUT;
    switch (answer->kind) {
    case VIRTUAL_OPEN: return TCPCHECK_OPEN;
    case VIRTUAL_REFUSE: return TCPCHECK_REFUSED;
    case VIRTUAL_ICMP: return TCPCHECK_FILTERED;
    case VIRTUAL_ERROR:
        return answer->error == EACCES ? TCPCHECK_PERMISSION : TCPCHECK_PORTS_EXHAUSTED;
    case VIRTUAL_SILENCE: break;
    }
    return TCPCHECK_TIMEOUT;
}

static struct prediction predict(const struct check *check, const struct virtual_answer *answers,
                                 uint32_t count)
{
    struct prediction prediction = {.attempts = 0};
    for (;;) {
        uint32_t index = prediction.attempts < count ? prediction.attempts : count - 1;
        int64_t wall_ns;
        prediction.outcome = predict_attempt(&answers[index], check->timeout_ns, &wall_ns);
        prediction.attempts++;
        prediction.total_ns += wall_ns;
        bool is_open = prediction.outcome == TCPCHECK_OPEN;
        prediction.response_ns = is_open ? wall_ns : prediction.total_ns;
        bool is_final = is_open || prediction.outcome == TCPCHECK_PERMISSION;
        if (is_final || prediction.attempts == check->attempts)
            return prediction;
        prediction.total_ns += check->retry_delay_ns;
    }
}

static void name_host(char *host, int number)
{
    const int parts[] = {10, number / 200 / 200, number / 200 % 200, number % 200 + 1};
    for (int i = 0; i < 4; i++) {
        if (parts[i] >= 100)
            *host++ = (char)('0' + parts[i] / 100);
        if (parts[i] >= 10)
            *host++ = (char)('0' + parts[i] / 10 % 10);
        *host++ = (char)('0' + parts[i] % 10);
        *host++ = i < 3 ? '.' : '\0';
    }
}

static void write_check(struct scene *scene, uint64_t *random, int number)
{
    char *host = model.hosts[number];
    struct virtual_answer *answers = model.answers[number];
    uint32_t count = (uint32_t)virtual_random(random, 4) + 1;
    name_host(host, number);
    for (uint32_t i = 0; i < count; i++)
        answers[i] = some_answer(random);
    model.answer_counts[number] = count;
    virtual_net_answers(scene->net, host, 0, answers, count);

    struct check *check = scene_check(scene, host);
    check->timeout_ns = MS(1) + (int64_t)virtual_random(random, (uint64_t)S(4));
    check->attempts = (uint16_t)(1 + virtual_random(random, 5));
    check->retry_delay_ns = (int64_t)virtual_random(random, (uint64_t)S(2));
    check->source_port = virtual_random(random, 5) == 0 ? 5000 : 0;
}

static void expect_predicted(const struct scene *scene, size_t number)
{
    const struct result *result = scene_result(scene, number);
    struct prediction prediction =
        predict(result->check, model.answers[number], model.answer_counts[number]);
    /* With a port of its own the same errno says that this one is busy. */
    if (result->check->source_port != 0 && prediction.outcome == TCPCHECK_PORTS_EXHAUSTED)
        prediction.outcome = TCPCHECK_SOURCE_PORT_BUSY;
    scene_expect(scene, number, prediction.outcome);
    assert_int_equal(result->attempt_count, prediction.attempts);
    assert_int_equal(result->total_time_ns, prediction.total_ns);
    assert_int_equal(result->response_time_ns, prediction.response_ns);
}

static void expect_model(uint64_t seed, const struct engine_options *options)
{
    struct scene scene;
    uint64_t random = seed;
    scene_init(&scene);
    scene.options = *options;
    scene.net_options.seed = seed;
    scene.net_options.spurious_percent = 20;
    scene_remake_net(&scene);
    for (int i = 0; i < CHECKS; i++)
        write_check(&scene, &random, i);
    scene_run(&scene);
    for (size_t i = 0; i < CHECKS; i++)
        expect_predicted(&scene, i);
    scene_fini(&scene);
}

static const struct engine_options plain = {
    .concurrency = 256, .result_limit = 1024, .socket_limit = 100000};

static void every_result_is_what_a_check_alone_would_give(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        expect_model(seed, &plain);
}

static void concurrency_changes_no_result(void **state)
{
    static const uint32_t concurrencies[] = {1, 2, 17, 1500};
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct engine_options options = plain;
        options.concurrency = concurrencies[i];
        expect_model(50 + (uint64_t)i, &options);
    }
}

static void a_full_queue_changes_no_result(void **state)
{
    struct engine_options options = plain;
    (void)state;
    options.result_limit = 1;
    expect_model(60, &options);
}

static void a_rate_changes_no_result(void **state)
{
    struct engine_options options = plain;
    (void)state;
    options.rate.interval_ps = S(1000) / 20;
    expect_model(70, &options);
    options.host_rate.interval_ps = S(1);
    expect_model(71, &options);
}

static void few_at_once_to_an_address_change_no_result(void **state)
{
    struct engine_options options = plain;
    (void)state;
    options.host_in_flight = 1;
    expect_model(75, &options);
    options.host_in_flight = 3;
    options.host_ports = 65535;
    expect_model(76, &options);
}

static void a_lack_of_sockets_changes_no_result(void **state)
{
    struct engine_options options = plain;
    (void)state;
    options.socket_limit = 5;
    expect_model(80, &options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_is_what_a_check_alone_would_give),
        cmocka_unit_test(concurrency_changes_no_result),
        cmocka_unit_test(a_full_queue_changes_no_result),
        cmocka_unit_test(a_rate_changes_no_result),
        cmocka_unit_test(few_at_once_to_an_address_change_no_result),
        cmocka_unit_test(a_lack_of_sockets_changes_no_result),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
