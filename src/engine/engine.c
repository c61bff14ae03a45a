/* The loop: admit, start, wait, hear what happened, and only then look at the timers. Each
 * part does a bounded amount of work a step and leaves the rest for the next one, so that
 * results get out in between.
 *
 * Only here do runs, flights and events meet: below, nothing knows of the
 * engine. A run that is finished is noticed after each thing that happened to it. */
#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/approach.h"
#include "engine/result_queue.h"
#include "engine/roster.h"
#include "engine/run.h"
#include "engine/timer.h"
#include "engine/tower.h"

/* How much a step does of each kind. So many checks, with their sockets, fit into a processor's
 * nearer caches until they have ended, where they end at once. */
#define STEP_CHECKS 64
#define STEP_EVENTS 1024
#define STEP_TIMERS 1024

/* How long to leave memory alone once it was short. */
#define MEMORY_PAUSE_NS INT64_C(100000000)

struct engine {
    const struct ops *ops;
    struct net *net;
    struct check_source *source;
    struct engine_options options;
    struct timer_heap timers;
    struct timer admit_timer; /* set: memory was short */
    struct tower tower;
    struct roster roster;
    struct result_queue results;
    uint64_t next_sequence;
    enum source_state source_state; /* what the source last said */
    bool is_cancelled;              /* engine_cancel_all() was called */
    bool has_news;                  /* results that no step has returned with yet */
    bool has_more;                  /* the last step left work */
    bool is_stuck;                  /* tower_is_stuck(), as the runs know it */
};

int engine_create(struct engine **engine, const struct ops *ops, struct net *net,
                  struct check_source *source, const struct engine_options *options)
{
    struct engine *created = calloc(1, sizeof(*created));
    if (created == NULL)
        return -ENOMEM;
    created->ops = ops;
    created->net = net;
    created->source = source;
    created->options = *options;
    created->admit_timer.kind = TIMER_ADMIT;
    timer_heap_init(&created->timers);
    result_queue_init(&created->results);
    int tower_error = tower_init(&created->tower, ops, net, &created->timers, &created->options);
    roster_init(&created->roster, &created->tower, options->is_endless);
    if (tower_error < 0 || timer_heap_reserve(&created->timers, 1) < 0) {
        engine_destroy(created);
        return -ENOMEM;
    }
    *engine = created;
    return 0;
}

/* Their connections are ended first: a check is there for as long as these. */
static void release_checks_under_way(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->roster.count; i++) {
        struct run *run = roster_find(&engine->roster, i);
        if (run == NULL)
            continue;
        run_abandon(run);
        engine->source->release(engine->source, run->result->check);
    }
}

void engine_destroy(struct engine *engine)
{
    if (engine == NULL)
        return;
    struct result *result;
    while ((result = engine_take_result(engine)) != NULL)
        engine_free_result(engine->source, result);
    release_checks_under_way(engine);
    roster_fini(&engine->roster);
    tower_fini(&engine->tower);
    result_queue_fini(&engine->results);
    timer_heap_fini(&engine->timers);
    free(engine);
}

/* ---- admission ------------------------------------------------------------ */

/* After anything that happened to a run. */
static void settle(struct engine *engine, struct run *run)
{
    if (run->state != RUN_FINISHED)
        return;
    result_queue_push(&engine->results, run_take_result(run));
    roster_put_back(&engine->roster, run);
    engine->has_news = true;
}

static bool has_room(const struct engine *engine)
{
    return engine->source_state != SOURCE_END && !timer_is_set(&engine->admit_timer) &&
           roster_active(&engine->roster) < engine->options.concurrency &&
           engine->results.count < engine->options.result_limit;
}

/* All that a check can need to end with a result, before it is asked for. */
static struct run *prepare(struct engine *engine)
{
    uint32_t results = engine->results.count + roster_active(&engine->roster) + 1;
    struct run *run = roster_prepare(&engine->roster);
    if (run != NULL && result_queue_reserve(&engine->results, results) == 0)
        return run;
    timer_set(&engine->timers, &engine->admit_timer,
              engine->ops->now(engine->net) + MEMORY_PAUSE_NS);
    return NULL;
}

/* False: there is nothing to admit for now. */
static bool admit_one(struct engine *engine)
{
    const struct check *check;
    struct run *run = prepare(engine);
    if (run == NULL)
        return false;
    engine->source_state = engine->source->next(engine->source, &check);
    if (engine->source_state != SOURCE_CHECK)
        return false;
    roster_use(&engine->roster);
    int64_t now_ns = engine->ops->now(engine->net);
    if (engine->is_cancelled)
        run_skip(run, check, engine->next_sequence++, now_ns);
    else
        run_begin(run, check, engine->next_sequence++, now_ns);
    settle(engine, run);
    return true;
}

static void admit(struct engine *engine)
{
    int work = STEP_CHECKS;
    while (work > 0 && has_room(engine) && admit_one(engine))
        work--;
}

/* ---- starting ------------------------------------------------------------- */

/* Flights that may start, do. */
static void start_flights(struct engine *engine)
{
    for (;;) {
        int64_t now_ns = engine->ops->now(engine->net);
        struct flight *flight = tower_next(&engine->tower, now_ns);
        if (flight == NULL)
            return;
        struct run *run = flight->run;
        approach_depart(run, flight, now_ns);
        settle(engine, run);
    }
}

/* Attempts that wait for a descriptor are held, until none of ours could become free. */
static void watch_descriptors(struct engine *engine)
{
    bool is_stuck = tower_is_stuck(&engine->tower);
    if (is_stuck == engine->is_stuck)
        return;
    engine->is_stuck = is_stuck;
    int64_t now_ns = engine->ops->now(engine->net);
    for (uint32_t i = 0; i < engine->roster.count; i++) {
        struct run *run = roster_find(&engine->roster, i);
        if (run != NULL)
            run_keep_clock(run, now_ns, now_ns);
    }
}

/* ---- what happens --------------------------------------------------------- */

static void handle_observed(struct engine *engine, const struct event *event, int64_t now_ns)
{
    struct flight *flight = tower_flight(&engine->tower, event->slot);
    if (flight == NULL || flight->state == FLIGHT_CLOSING)
        return;
    struct run *run = flight->run;
    approach_observed(run, flight, event, now_ns);
    settle(engine, run);
}

static void handle_released(struct engine *engine, const struct event *event, int64_t now_ns)
{
    struct flight *flight = tower_flight(&engine->tower, event->slot);
    if (flight != NULL && flight->state == FLIGHT_CLOSING)
        tower_land(&engine->tower, flight, now_ns);
}

static void handle_resolved(struct engine *engine, const struct event *event, int64_t now_ns)
{
    struct run *run = roster_find(&engine->roster, event->slot);
    if (run == NULL || run->state != RUN_RESOLVING)
        return;
    run_resolved(run, &event->resolution, now_ns);
    settle(engine, run);
}

static void handle_event(struct engine *engine, const struct event *event, int64_t now_ns)
{
    switch (event->kind) {
    case EVENT_OBSERVED: handle_observed(engine, event, now_ns); break;
    case EVENT_RELEASED: handle_released(engine, event, now_ns); break;
    case EVENT_RESOLVED: handle_resolved(engine, event, now_ns); break;
    case EVENT_NONE: break;
    }
}

/* True: there are no more for now. */
static bool handle_events(struct engine *engine)
{
    int64_t now_ns = engine->ops->now(engine->net);
    for (int work = STEP_EVENTS; work > 0; work--) {
        const struct event *event = engine->ops->next_event(engine->net);
        if (event->kind == EVENT_NONE)
            return true;
        handle_event(engine, event, now_ns);
    }
    return false;
}

static void fire_for_run(struct engine *engine, struct timer *timer, int64_t now_ns)
{
    bool is_deadline = timer->kind == TIMER_DEADLINE;
    struct run *run = is_deadline ? run_of_deadline_timer(timer) : run_of_next_timer(timer);
    if (is_deadline)
        run_deadline(run, now_ns);
    else
        run_next(run, now_ns);
    settle(engine, run);
}

static void fire_for_flight(struct engine *engine, struct flight *flight, int64_t now_ns)
{
    struct run *run = flight->run;
    approach_hold_due(run, flight, now_ns);
    settle(engine, run);
}

static void fire(struct engine *engine, struct timer *timer, int64_t now_ns)
{
    switch (timer->kind) {
    case TIMER_DEADLINE:
    case TIMER_NEXT: fire_for_run(engine, timer, now_ns); break;
    case TIMER_LANE: tower_lane_due(&engine->tower, flight_of_timer(timer), now_ns); break;
    case TIMER_HOLD: fire_for_flight(engine, flight_of_timer(timer), now_ns); break;
    case TIMER_SHORTAGE: tower_shortage_due(&engine->tower, now_ns); break;
    case TIMER_RUNWAY:
    case TIMER_ADMIT: break;
    }
}

/* True: no more are due. */
static bool fire_timers(struct engine *engine)
{
    int64_t now_ns = engine->ops->now(engine->net);
    for (int work = STEP_TIMERS; work > 0; work--) {
        struct timer *timer = timer_heap_take_due(&engine->timers, now_ns);
        if (timer == NULL)
            return true;
        fire(engine, timer, now_ns);
    }
    return false;
}

/* ---- the loop ------------------------------------------------------------- */

int64_t engine_next_ns(const struct engine *engine)
{
    bool may_admit = engine->source_state == SOURCE_CHECK && has_room(engine);
    if (engine->has_news || engine->has_more || may_admit)
        return 0;
    return timer_heap_next_ns(&engine->timers);
}

static void wait(struct engine *engine, int64_t until_ns)
{
    int64_t next_ns = engine_next_ns(engine);
    engine->ops->wait_until(engine->net, next_ns < until_ns ? next_ns : until_ns);
}

static bool is_done(const struct engine *engine)
{
    return engine->source_state == SOURCE_END && engine_is_idle(engine);
}

/* Timers only when all that happened has been heard: what is still to be told may be older than
 * a timer that is due. Their turn comes, since nothing new is admitted until then. */
bool engine_step(struct engine *engine, int64_t until_ns)
{
    if (!engine->has_more)
        admit(engine);
    start_flights(engine);
    if (is_done(engine))
        return false;
    wait(engine, until_ns);
    engine->has_more = !handle_events(engine) || !fire_timers(engine);
    start_flights(engine);
    watch_descriptors(engine);
    engine->has_news = false;
    return !is_done(engine);
}

struct result *engine_take_result(struct engine *engine)
{
    struct result *result = result_queue_take(&engine->results);
    if (engine->results.count == 0)
        engine->has_news = false;
    return result;
}

void engine_free_result(struct check_source *source, struct result *result)
{
    const struct check *check = result->check;
    result_fini(result);
    free(result);
    source->release(source, check);
}

struct restraint engine_restraint(const struct engine *engine)
{
    return tower_restraint(&engine->tower);
}

uint32_t engine_result_count(const struct engine *engine)
{
    return engine->results.count;
}

uint32_t engine_active(const struct engine *engine)
{
    return roster_active(&engine->roster);
}

bool engine_is_idle(const struct engine *engine)
{
    return roster_active(&engine->roster) == 0 && tower_open_count(&engine->tower) == 0;
}

/* ---- cancellation --------------------------------------------------------- */

static void cancel(struct engine *engine, struct run *run)
{
    run_cancel(run, engine->ops->now(engine->net));
    settle(engine, run);
}

void engine_cancel_all(struct engine *engine)
{
    engine->is_cancelled = true;
    for (uint32_t i = 0; i < engine->roster.count; i++) {
        struct run *run = roster_find(&engine->roster, i);
        if (run != NULL)
            cancel(engine, run);
    }
}

bool engine_cancel(struct engine *engine, uint64_t sequence)
{
    for (uint32_t i = 0; i < engine->roster.count; i++) {
        struct run *run = roster_find(&engine->roster, i);
        if (run != NULL && run->result->sequence == sequence) {
            cancel(engine, run);
            return true;
        }
    }
    return false;
}
