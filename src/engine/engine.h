/* Drives many checks at once from a source to a queue of results. Makes no
 * system call: everything that is done in the world is done through ops. One thread. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/limits.h"
#include "core/policy.h"
#include "core/rate.h"
#include "core/result.h"
#include "engine/ops.h"
#include "engine/source.h"

struct engine;

struct engine_options {
    uint32_t concurrency;  /* checks under way at once; at least 1 */
    uint32_t result_limit; /* while so many results wait to be taken, nothing is admitted; those
                              of the checks under way still come: at least 1 */
    uint32_t socket_limit; /* connections open at once; at least 1 */
    struct rate rate;
    struct rate host_rate;
    uint32_t host_in_flight;     /* connections at once to one address; 0: unlimited */
    uint32_t host_ports;         /* distinct ports of one address, ever; 0: unlimited */
    const struct policy *policy; /* holds for every check, beside check.policy; outlives the engine
                                    and all results; NULL: none */
    bool is_endless;             /* not only what is_retried is tried again: plan_next() */
};

/* ops, net and source are the caller's and outlive the engine. Returns 0 or
 * -ENOMEM. */
int engine_create(struct engine **engine, const struct ops *ops, struct net *net,
                  struct check_source *source, const struct engine_options *options)
    __attribute__((warn_unused_result));

/* Cancels what is under way without results and frees results not taken. */
void engine_destroy(struct engine *engine);

/* Admits checks, waits until until_ns at the latest for something to happen (not at all when a
 * result has come since the last step, or when that step left work; results
 * that the caller has left waiting do not count, so that he may wait for room of his own), and
 * handles what did. Returns false once the source has ended and nothing is under way or
 * closing. */
bool engine_step(struct engine *engine, int64_t until_ns);

/* The moment at which engine_step() has work to do of its own accord: 0 is at once,
 * INT64_MAX never. */
int64_t engine_next_ns(const struct engine *engine);

/* The next finished check, or NULL; the caller's until engine_free_result(). */
struct result *engine_take_result(struct engine *engine);
/* Frees it and releases its check. From any thread, while the source lives. */
void engine_free_result(struct check_source *source, struct result *result);

/* How often each limit was felt so far. */
struct restraint engine_restraint(const struct engine *engine);

/* Results waiting to be taken. */
uint32_t engine_result_count(const struct engine *engine);
/* Checks under way: admitted and not finished. */
uint32_t engine_active(const struct engine *engine);
/* No check is under way and no connection closing. */
bool engine_is_idle(const struct engine *engine);

/* Either costs a look at each check under way.
 *
 * Every check under way ends as TCPCHECK_CANCELLED, with what is known; its result is
 * queued. What the source still has ends so too, without an attempt, so that no check
 * goes without a result: a source that has no end must be told to end. Closing connections
 * go on closing. */
void engine_cancel_all(struct engine *engine);
/* The check with this number ends so; false: it is not under way. */
bool engine_cancel(struct engine *engine, uint64_t sequence);

#endif
