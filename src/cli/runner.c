/* The loop of the programs. All of its waiting is engine_step()'s; whoever has
 * news from elsewhere (a signal, the writer's thread, a list's reader) calls
 * net_wake(). */
#include "cli/runner.h"

#include <errno.h>
#include <string.h>

#include "cli/signals.h"
#include "core/address.h"
#include "core/host.h"

#define RESULT_LIMIT 1024
#define PIN_MAX      RESOLVED_ADDRESSES_MAX

static enum source_state array_next(struct check_source *base, const struct check **check)
{
    struct array_source *source = (struct array_source *)base;
    if (source->position == source->count) {
        return SOURCE_END;
    }
    *check = &source->checks[source->position++];
    return SOURCE_CHECK;
}

static void array_release(struct check_source *base, const struct check *check)
{
    (void)base;
    (void)check;
}

void array_source_init(struct array_source *source, const struct check *checks, size_t count)
{
    *source = (struct array_source){
        .base = {.next = array_next, .release = array_release},
        .checks = checks,
        .count = count,
    };
}

/* One --resolve NAME:ADDRESS[,ADDRESS...]; 0, -EINVAL (in `why`) or -ENOMEM. */
static int pin(struct net *net, const char *value, struct text *why)
{
    struct address addresses[PIN_MAX];
    uint32_t count = 0;
    char name[HOST_NAME_MAX_OCTETS + 2];
    size_t length = strcspn(value, ":");
    bool is_split = value[length] == ':' && length > 0 && length < sizeof name;
    if (!is_split || !address_list_parse(value + length + 1, addresses, PIN_MAX, &count)) {
        text_append_string(why, "--resolve: has the value ");
        text_append_quoted(why, value, strlen(value));
        text_append_string(why, ": accepted is NAME:ADDRESS[,ADDRESS...], at most 64 addresses");
        return -EINVAL;
    }
    memcpy(name, value, length);
    name[length] = '\0';
    int error = net_pin(net, name, addresses, count);
    if (error == -EINVAL) {
        text_append_string(why, "--resolve: has the name ");
        text_append_quoted(why, name, length);
        text_append_string(why, ": accepted are ASCII names and those that have A-labels (UTS 46)");
    }
    return error;
}

bool runner_open_net(struct net **net, const struct options *options, bool *is_usage,
                     struct text *why)
{
    *is_usage = false;
    int error = net_create(net);
    if (error != 0) {
        text_append_strings(why, "cannot start: ", strerror(-error), NULL);
        return false;
    }
    for (uint32_t i = 0; i < options->resolve.count && error == 0; i++) {
        error = pin(*net, options->resolve.values[i], why);
    }
    if (error == 0) {
        return true;
    }
    *is_usage = error == -EINVAL;
    if (!*is_usage) {
        text_append_string(why, strerror(-error));
    }
    net_destroy(*net);
    *net = NULL;
    return false;
}

/* Whether something other than the engine ends the run; sets why. */
static bool must_end(struct runner *runner)
{
    enum sink_state state = runner->sink->state(runner->sink);
    if (state == SINK_FAILED) {
        runner->end = RUN_SINK_FAILED;
    } else if (state == SINK_ENDING) {
        runner->end = RUN_SINK_ENDED;
    } else if (signals_have_come()) {
        runner->end = RUN_SIGNALLED;
    } else if (net_ops.now(runner->net) >= runner->end_ns) {
        runner->end = RUN_OUT_OF_TIME;
    }
    return runner->end != RUN_COMPLETE;
}

/* Whether there is something to hand over. */
static bool collect(struct runner *runner)
{
    struct result *result = NULL;
    while (runner->held_count < DELIVERY_MAX &&
           (result = engine_take_result(runner->engine)) != NULL) {
        runner->held[runner->held_count++] = result;
    }
    return runner->held_count > 0;
}

/* Hands over what is finished, as far as the sink has room: many at a time, since each time may
 * wake a thread. */
static void deliver(struct runner *runner)
{
    while (collect(runner)) {
        uint32_t taken = runner->sink->offer(runner->sink, runner->held, runner->held_count);
        if (taken == 0) {
            return;
        }
        runner->held_count -= taken;
        memmove(runner->held, runner->held + taken, runner->held_count * sizeof(struct result *));
    }
}

static void end_early(struct runner *runner)
{
    runner->is_ending = true;
    if (runner->on_early_end != NULL) {
        runner->on_early_end(runner->source);
    }
    engine_cancel_all(runner->engine);
}

static void run(struct runner *runner)
{
    bool is_busy = true;
    while (is_busy || runner->held_count > 0) {
        if (runner->sink->report != NULL && signals_take_report()) {
            runner->sink->report(runner->sink);
        }
        if (!runner->is_ending && must_end(runner)) {
            end_early(runner);
        }
        if (runner->end == RUN_SINK_FAILED) {
            return;
        }
        int64_t until_ns = runner->is_ending ? INT64_MAX : runner->end_ns;
        if (is_busy) {
            is_busy = engine_step(runner->engine, until_ns);
        } else {
            net_ops.wait_until(runner->net, until_ns);
        }
        deliver(runner);
    }
}

/* One thread needs no other. */
static uint32_t worker_count(const struct runner_options *options)
{
    return options->threads > 1 ? options->threads : 0;
}

/* Before the engine uses the net. Returns 0 or a negative errno. */
static int prepare_net(struct net *net, uint32_t socket_limit, const struct runner_options *options)
{
    uint32_t workers = worker_count(options);
    int error = net_reserve(net, socket_limit, options->concurrency);
    if (error != 0 || workers == 0) {
        return error;
    }
    error = net_start_workers(net, workers, socket_limit);
    return options->needs_threads ? error : 0;
}

int runner_run(struct net *net, struct check_source *source, struct sink *sink,
               const struct runner_options *options, enum run_end *end)
{
    struct runner runner = {
        .net = net,
        .source = source,
        .sink = sink,
        .on_early_end = options->on_early_end,
        .end = RUN_COMPLETE,
        .end_ns = options->max_time_ns == 0 ? INT64_MAX : net_ops.now(net) + options->max_time_ns,
    };
    struct engine_options engine_options = {
        .concurrency = options->concurrency,
        .result_limit = RESULT_LIMIT,
        .socket_limit = net_socket_limit(true, worker_count(options)),
        .rate = options->limits.rate,
        .host_rate = options->limits.host_rate,
        .host_in_flight = options->limits.host_in_flight,
        .host_ports = options->limits.host_ports,
        .policy = options->policy,
        .is_endless = options->is_endless,
    };
    int error = prepare_net(net, engine_options.socket_limit, options);
    if (error == 0) {
        error = engine_create(&runner.engine, &net_ops, net, source, &engine_options);
    }
    if (error != 0) {
        return error;
    }
    run(&runner);
    for (uint32_t i = 0; i < runner.held_count; i++) {
        engine_free_result(source, runner.held[i]);
    }
    if (options->restraint != NULL) {
        *options->restraint = engine_restraint(runner.engine);
    }
    engine_destroy(runner.engine);
    *end = runner.end;
    return 0;
}
