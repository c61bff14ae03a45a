/* Runs checks from a source to a sink: an engine over the real network, ended
 * early by a signal, a time limit or a sink that has failed. */
#ifndef CLI_RUNNER_H
#define CLI_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "engine/engine.h"
#include "net/net.h"

#define DELIVERY_MAX 256

enum sink_state {
    SINK_GOOD,
    SINK_ENDING, /* the run is to end, with what is known of it */
    SINK_FAILED, /* no more results are of use */
};

/* Takes results. */
struct sink {
    /* Takes over results, the first of them first, and returns how many: where it has no room for
     * all of them now, it calls net_wake() when it has. */
    uint32_t (*offer)(struct sink *sink, struct result *const *results, uint32_t count);
    enum sink_state (*state)(struct sink *sink);
    /* Says on standard error how far the run has come, when asked to (SIGUSR1); may be NULL. */
    void (*report)(struct sink *sink);
};

/* Why a run ended. */
enum run_end {
    RUN_COMPLETE,
    RUN_OUT_OF_TIME,
    RUN_SIGNALLED, /* signals_exit_code() */
    RUN_SINK_ENDED,
    RUN_SINK_FAILED,
};

struct runner {
    struct net *net;
    struct engine *engine;
    struct check_source *source;
    struct sink *sink;
    struct result *held[DELIVERY_MAX]; /* on their way to the sink; it may have had no room */
    uint32_t held_count;
    int64_t end_ns; /* INT64_MAX: no time limit */
    enum run_end end;
    bool is_ending;
    void (*on_early_end)(struct check_source *source);
};

struct runner_options {
    uint32_t concurrency;
    uint32_t threads;   /* that make connections; up to 1: the caller's */
    bool needs_threads; /* so many, or nothing is run; otherwise the caller's must do */
    struct limits limits;
    const struct policy *policy; /* the system's; NULL: none */
    int64_t max_time_ns;         /* 0: none */
    bool is_endless;
    /* Called when the run ends early, before the rest is cancelled; may be NULL. */
    void (*on_early_end)(struct check_source *source);
    struct restraint *restraint; /* written at the end; may be NULL */
};

/* A net with the pins of --resolve. False: `why`; *is_usage says that the
 * command line is at fault. */
bool runner_open_net(struct net **net, const struct options *options, bool *is_usage,
                     struct text *why);

/* Runs until all is done and closed, or ended early. Signals must be watched. Returns 0 or a
 * negative errno, when nothing could be run. */
int runner_run(struct net *net, struct check_source *source, struct sink *sink,
               const struct runner_options *options, enum run_end *end)
    __attribute__((warn_unused_result));

/* A source over one array of checks that outlives it. */
struct array_source {
    struct check_source base;
    const struct check *checks;
    size_t count;
    size_t position;
};

void array_source_init(struct array_source *source, const struct check *checks, size_t count);

#endif
