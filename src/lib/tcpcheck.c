/* The public engine: a line of submissions as the source of an internal engine
 * over the real network. A check that is cancelled before it was pulled has a result that
 * does not come from the engine: it waits in a list beside it, behind those that finished
 * before. */
#include "tcpcheck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/rate.h"
#include "engine/engine.h"
#include "lib/public.h"
#include "lib/submission.h"
#include "net/net.h"

#define CONCURRENCY_DEFAULT  256
#define RESULT_LIMIT_DEFAULT 1024
#define PS_PER_S             INT64_C(1000000000000)

struct tcpcheck_engine {
    struct check_source source; /* first, so that a source is its engine */
    struct net *net;
    struct engine *engine;
    struct submission *first; /* those under way, then those that wait, by id */
    struct submission *last;
    struct submission *waiting;   /* the first that was not pulled yet */
    struct tcpcheck_result *done; /* to be taken before those that the engine has */
    struct tcpcheck_result *last_done;
    uint32_t done_count;
    uint32_t concurrency;
    uint32_t result_limit;
    bool has_news; /* a result has come since the last step, but not out of it */
    uint64_t next_id;
    uint64_t next_sequence;
};

static void line_push(struct tcpcheck_engine *engine, struct submission *submission)
{
    submission->previous = engine->last;
    if (engine->last == NULL) {
        engine->first = submission;
    } else {
        engine->last->next = submission;
    }
    engine->last = submission;
}

static void line_remove(struct tcpcheck_engine *engine, struct submission *submission)
{
    if (submission->previous == NULL) {
        engine->first = submission->next;
    } else {
        submission->previous->next = submission->next;
    }
    if (submission->next == NULL) {
        engine->last = submission->previous;
    } else {
        submission->next->previous = submission->previous;
    }
}

/* Whether the next step can start a check. */
static bool may_begin(const struct tcpcheck_engine *engine)
{
    return engine->waiting != NULL && engine_active(engine->engine) < engine->concurrency &&
           engine->done_count + engine_result_count(engine->engine) < engine->result_limit;
}

static enum source_state line_next(struct check_source *base, const struct check **check)
{
    struct tcpcheck_engine *engine = (struct tcpcheck_engine *)base;
    struct submission *submission = engine->waiting;
    if (!may_begin(engine)) {
        return SOURCE_WAIT;
    }
    engine->waiting = submission->next;
    submission->is_pulled = true;
    submission->sequence = engine->next_sequence++;
    *check = &submission->check;
    return SOURCE_CHECK;
}

/* A result and its submission outlive the engine where the caller wants that, so they are
 * freed by public_result_free() alone. */
static void line_release(struct check_source *base, const struct check *check)
{
    (void)base;
    (void)check;
}

static struct rate rate_of(uint32_t per_second)
{
    return (struct rate){.interval_ps = per_second == 0 ? 0 : PS_PER_S / per_second};
}

/* Accepts a struct of an older or newer program: what it lacks is the default,
 * and what it has beyond ours must be zero. */
static int read_options(struct tcpcheck_engine_options *known,
                        const struct tcpcheck_engine_options *given)
{
    *known = (struct tcpcheck_engine_options){.size = sizeof *known};
    if (given == NULL) {
        return 0;
    }
    if (given->size < sizeof given->size) {
        return -EINVAL;
    }
    const unsigned char *bytes = (const unsigned char *)given;
    for (size_t i = sizeof *known; i < given->size; i++) {
        if (bytes[i] != 0) {
            return -EINVAL;
        }
    }
    memcpy(known, given, given->size < sizeof *known ? given->size : sizeof *known);
    return 0;
}

static int create_parts(struct tcpcheck_engine *engine,
                        const struct tcpcheck_engine_options *options)
{
    int error = net_create(&engine->net);
    if (error != 0) {
        return error;
    }
    engine->concurrency = options->concurrency == 0 ? CONCURRENCY_DEFAULT : options->concurrency;
    engine->result_limit =
        options->result_limit == 0 ? RESULT_LIMIT_DEFAULT : options->result_limit;
    struct engine_options engine_options = {
        .concurrency = engine->concurrency,
        .result_limit = engine->result_limit,
        .socket_limit = net_socket_limit(false, 0),
        .rate = rate_of(options->rate),
        .host_rate = rate_of(options->host_rate),
        .host_in_flight = options->host_in_flight,
        .host_ports = options->host_ports,
    };
    error = net_reserve(engine->net, engine_options.socket_limit, engine_options.concurrency);
    if (error == 0) {
        error =
            engine_create(&engine->engine, &net_ops, engine->net, &engine->source, &engine_options);
    }
    if (error != 0) {
        net_destroy(engine->net);
    }
    return error;
}

int tcpcheck_engine_create(struct tcpcheck_engine **engine,
                           const struct tcpcheck_engine_options *options)
{
    struct tcpcheck_engine_options known;
    *engine = NULL;
    int error = read_options(&known, options);
    if (error != 0) {
        return error;
    }
    struct tcpcheck_engine *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return -ENOMEM;
    }
    made->source = (struct check_source){.next = line_next, .release = line_release};
    made->next_id = 1;
    error = create_parts(made, &known);
    if (error != 0) {
        free(made);
        return error;
    }
    *engine = made;
    return 0;
}

void tcpcheck_engine_destroy(struct tcpcheck_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    engine_destroy(engine->engine);
    net_destroy(engine->net);
    while (engine->first != NULL) {
        struct submission *submission = engine->first;
        line_remove(engine, submission);
        submission_destroy(submission);
    }
    while (engine->done != NULL) {
        struct tcpcheck_result *result = engine->done;
        engine->done = result->next;
        tcpcheck_result_destroy(result);
    }
    free(engine);
}

int tcpcheck_engine_resolve(struct tcpcheck_engine *engine, const char *name, const char *addresses)
{
    struct address list[RESOLVED_ADDRESSES_MAX];
    uint32_t count = 0;
    if (name[0] == '\0' || !address_list_parse(addresses, list, RESOLVED_ADDRESSES_MAX, &count)) {
        return -EINVAL;
    }
    return net_pin(engine->net, name, list, count);
}

int tcpcheck_engine_submit(struct tcpcheck_engine *engine, struct tcpcheck_check *check,
                           void *cookie, uint64_t *id)
{
    text_clear(&check->error);
    struct submission *submission = NULL;
    int error = submission_create(&submission, &check->check, &check->error);
    if (error != 0) {
        return error;
    }
    submission->id = engine->next_id++;
    submission->cookie = cookie;
    line_push(engine, submission);
    if (engine->waiting == NULL) {
        engine->waiting = submission;
    }
    if (id != NULL) {
        *id = submission->id;
    }
    return 0;
}

/* Moves the submission out of the line and into what the caller gets. */
static struct tcpcheck_result *take_public(struct tcpcheck_engine *engine, struct result *result)
{
    struct submission *submission = submission_of(result->check);
    struct tcpcheck_result *public = submission->result;
    line_remove(engine, submission);
    submission->result = NULL;
    public_result_set(public, result);
    return public;
}

/* Puts a result at the end of those to be taken. */
static void push_done(struct tcpcheck_engine *engine, struct tcpcheck_result *public)
{
    public->next = NULL;
    if (engine->done == NULL) {
        engine->done = public;
    } else {
        engine->last_done->next = public;
    }
    engine->last_done = public;
    engine->done_count += 1;
}

/* The engine's results: they finished before whatever comes next. */
static void collect(struct tcpcheck_engine *engine)
{
    struct result *result = NULL;
    while ((result = engine_take_result(engine->engine)) != NULL) {
        push_done(engine, take_public(engine, result));
    }
}

/* A check that is cancelled before it was pulled has made no attempt. */
static int finish_unpulled(struct tcpcheck_engine *engine, struct submission *submission)
{
    struct result *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return -ENOMEM;
    }
    result_init(result, &submission->check, 0);
    result->started_ns = net_ops.now(engine->net);
    result_finish(result, result->started_ns);
    if (engine->waiting == submission) {
        engine->waiting = submission->next;
    }
    collect(engine);
    push_done(engine, take_public(engine, result));
    engine->has_news = true;
    return 0;
}

int tcpcheck_engine_cancel(struct tcpcheck_engine *engine, uint64_t id)
{
    struct submission *submission = engine->first;
    while (submission != NULL && submission->id != id) {
        submission = submission->next;
    }
    if (submission == NULL) {
        return -ENOENT;
    }
    if (!submission->is_pulled) {
        return finish_unpulled(engine, submission);
    }
    return engine_cancel(engine->engine, submission->sequence) ? 0 : -ENOENT;
}

int tcpcheck_engine_fd(const struct tcpcheck_engine *engine)
{
    return net_fd(engine->net);
}

static bool is_idle(const struct tcpcheck_engine *engine)
{
    return engine->waiting == NULL && engine_is_idle(engine->engine);
}

int64_t tcpcheck_engine_timeout(const struct tcpcheck_engine *engine)
{
    if (engine->has_news || may_begin(engine)) {
        return 0;
    }
    int64_t of_engine = engine_next_ns(engine->engine);
    int64_t of_net = net_next_ns(engine->net);
    int64_t next_ns = of_engine < of_net ? of_engine : of_net;
    if (next_ns == INT64_MAX) {
        return -1;
    }
    int64_t now_ns = net_ops.now(engine->net);
    return next_ns > now_ns ? next_ns - now_ns : 0;
}

/* Whether something can still happen that is worth waiting for. */
static bool may_wait(const struct tcpcheck_engine *engine)
{
    return !engine->has_news && (may_begin(engine) || !engine_is_idle(engine->engine));
}

/* The engine steps even when it is idle: the late answer of a name server would leave the
 * descriptor readable for as long as nobody hears it. */
int tcpcheck_engine_step(struct tcpcheck_engine *engine, int64_t timeout_ns)
{
    int64_t until_ns = 0;
    if (may_wait(engine)) {
        int64_t now_ns = net_ops.now(engine->net);
        bool is_endless = timeout_ns < 0 || timeout_ns > INT64_MAX - now_ns;
        until_ns = is_endless ? INT64_MAX : now_ns + timeout_ns;
    }
    engine->has_news = false;
    engine_step(engine->engine, until_ns);
    return is_idle(engine) ? 0 : 1;
}

struct tcpcheck_result *tcpcheck_engine_next_result(struct tcpcheck_engine *engine)
{
    struct tcpcheck_result *public = engine->done;
    if (public != NULL) {
        engine->done = public->next;
        engine->done_count -= 1;
        return public;
    }
    struct result *result = engine_take_result(engine->engine);
    return result == NULL ? NULL : take_public(engine, result);
}
