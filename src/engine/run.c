/* Every moment that is reported is when something happened, not when a busy loop came to
 * look. What lies between the two while nothing is in flight counts as held: a loop that
 * stalls takes no time from an attempt.
 *
 * Rejected: the deadline as a timer on the wall clock that a held attempt merely
 * ignores. Then the time left would depend on why it waited. */
#include "engine/run.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/fold.h"
#include "core/host.h"
#include "core/plan.h"
#include "engine/approach.h"

struct run *run_of_deadline_timer(struct timer *timer)
{
    return (struct run *)((char *)timer - offsetof(struct run, deadline_timer));
}

struct run *run_of_next_timer(struct timer *timer)
{
    return (struct run *)((char *)timer - offsetof(struct run, next_timer));
}

int run_init(struct run *run, struct tower *tower, uint32_t lookup, bool is_endless)
{
    *run = (struct run){
        .lookup = lookup,
        .is_endless = is_endless,
        .tower = tower,
        .deadline_timer = {.kind = TIMER_DEADLINE},
        .next_timer = {.kind = TIMER_NEXT},
    };
    fleet_init(&run->fleet, run, tower);
    return timer_heap_reserve(tower->timers, 2);
}

/* No timer outlives the state that set it, but for
 * the deadline, which is that of the whole attempt. */
void run_enter(struct run *run, enum run_state state)
{
    timer_unset(run->tower->timers, &run->next_timer);
    if (state != RUN_RESOLVING && state != RUN_CONNECTING)
        timer_unset(run->tower->timers, &run->deadline_timer);
    run->state = state;
}

/* Without memory the details are absent; nothing else changes. */
static void note_lookup(struct run *run, const struct resolution *resolution)
{
    struct attempt *attempt = result_last_attempt(run->result);
    if (attempt->has_resolved)
        attempt->lookup = lookup_facts_copy(resolution->facts);
}

static void stop(struct run *run, int64_t now_ns)
{
    struct resolution last;
    if (run->state == RUN_RESOLVING) {
        run->tower->ops->resolve_cancel(run->tower->net, run->lookup, &last);
        note_lookup(run, &last);
    }
    fleet_cancel(&run->fleet, now_ns, now_ns);
}

void run_abandon(struct run *run)
{
    stop(run, 0);
    run_enter(run, RUN_IDLE);
}

void run_fini(struct run *run)
{
    run_abandon(run);
    fleet_fini(&run->fleet);
    if (run->result != NULL)
        result_fini(run->result);
    free(run->result);
    run->result = NULL;
}

int run_prepare(struct run *run)
{
    if (run->result != NULL)
        return 0;
    struct result *result = malloc(sizeof(*result));
    if (result == NULL)
        return -ENOMEM;
    result_init(result, NULL, 0);
    (void)result_add_attempt(result); /* the first takes no memory */
    run->result = result;
    return 0;
}

struct result *run_take_result(struct run *run)
{
    struct result *result = run->result;
    run->result = NULL;
    run_enter(run, RUN_IDLE);
    return result;
}

/* ---- the clock ------------------------------------------------------------ */

int64_t run_own_ns(const struct run *run, int64_t when_ns)
{
    return budget_own_ns(&run->budget, when_ns);
}

void run_set_deadline(struct run *run)
{
    timer_set(run->tower->timers, &run->deadline_timer, run->budget.deadline_ns);
}

void run_resume(struct run *run, int64_t now_ns)
{
    if (budget_resume(&run->budget, now_ns))
        run_set_deadline(run);
}

void run_keep_clock(struct run *run, int64_t since_ns, int64_t now_ns)
{
    bool must_wait =
        run->state == RUN_CONNECTING && run->fleet.waiting_count > 0 && fleet_is_down(&run->fleet);
    bool is_held = must_wait && !tower_is_stuck(run->tower) && budget_hold(&run->budget, since_ns);
    if (is_held)
        timer_unset(run->tower->timers, &run->deadline_timer);
    else
        run_resume(run, now_ns);
    /* It has fired already where a lookup, cancelled by it, has known addresses since before. */
    if (must_wait && !is_held && !timer_is_set(&run->deadline_timer))
        run_set_deadline(run);
}

/* ---- the ends of attempts and checks -------------------------------------- */

static void finish(struct run *run, int64_t ended_ns)
{
    run->result->held_ns = run->budget.held_ns;
    result_finish(run->result, ended_ns);
    run_enter(run, RUN_FINISHED);
}

static void finish_as(struct run *run, enum tcpcheck_outcome outcome, int64_t ended_ns)
{
    run->result->held_ns = run->budget.held_ns;
    result_finish_as(run->result, outcome, ended_ns);
    run_enter(run, RUN_FINISHED);
}

static void pause_or_finish(struct run *run, int64_t ended_ns)
{
    struct plan_step step = plan_next(run->result, run->is_endless, ended_ns);
    if (step.is_finished) {
        finish(run, ended_ns);
        return;
    }
    run_enter(run, RUN_PAUSED);
    timer_set(run->tower->timers, &run->next_timer, step.start_ns);
}

static void end_attempt(struct run *run, int64_t ended_ns)
{
    struct attempt *attempt = result_last_attempt(run->result);
    attempt->wall_ns = run_own_ns(run, ended_ns) - run->started_ns;
    pause_or_finish(run, ended_ns);
}

void run_fold(struct run *run, int64_t ended_ns)
{
    fold_addresses(run->result);
    end_attempt(run, ended_ns);
}

static void set_outcome(struct run *run, enum tcpcheck_outcome outcome, enum phase phase)
{
    struct attempt *attempt = result_last_attempt(run->result);
    attempt->outcome = outcome;
    attempt->phase = phase;
    attempt->decided_by = -1;
}

void run_fail(struct run *run, int64_t now_ns)
{
    enum phase phase = run->state == RUN_RESOLVING ? PHASE_RESOLVE : PHASE_SOCKET;
    fleet_cancel(&run->fleet, now_ns, now_ns);
    run_resume(run, now_ns);
    set_outcome(run, TCPCHECK_RESOURCE, phase);
    end_attempt(run, now_ns);
}

void run_end_unstarted(struct run *run, int64_t ended_ns)
{
    set_outcome(run, TCPCHECK_RESOURCE, PHASE_SOCKET);
    end_attempt(run, ended_ns);
}

void run_cancel(struct run *run, int64_t now_ns)
{
    bool is_attempting = run->state != RUN_PAUSED;
    enum phase phase = run->state == RUN_RESOLVING ? PHASE_RESOLVE : PHASE_CONNECT;
    stop(run, now_ns);
    run_resume(run, now_ns);
    if (is_attempting) {
        set_outcome(run, TCPCHECK_CANCELLED, phase);
        result_last_attempt(run->result)->wall_ns = run_own_ns(run, now_ns) - run->started_ns;
    }
    finish_as(run, TCPCHECK_CANCELLED, now_ns);
}

/* ---- an attempt ----------------------------------------------------------- */

void run_note_begin(struct run *run, int64_t now_ns)
{
    struct attempt *attempt = result_last_attempt(run->result);
    if (run->result->began_ns == 0)
        run->result->began_ns = now_ns;
    if (attempt->began_ns == 0)
        attempt->began_ns = now_ns;
}

static void resolve(struct run *run, int64_t now_ns)
{
    const struct check *check = run->result->check;
    const struct resolve_options options = {
        .family = (enum family)check->family,
        .resolver = (enum resolver)check->resolver,
        .search = check->search,
        .port = check->port,
    };
    result_last_attempt(run->result)->has_resolved = check->host_kind == HOST_NAME;
    run_set_deadline(run);
    run_note_begin(run, now_ns);
    run_enter(run, RUN_RESOLVING);
    run->tower->ops->resolve_start(run->tower->net, run->lookup, check_lookup_name(check),
                                   &options);
}

/* Its place in the result is there. An attempt at an address is held until that departs, and only
 * then has a deadline to be woken for. */
static void start_attempt(struct run *run, int64_t now_ns)
{
    const struct check *check = run->result->check;
    struct attempt *attempt = result_last_attempt(run->result);
    run->started_ns = run_own_ns(run, now_ns);
    budget_start(&run->budget, now_ns, check->timeout_ns);
    attempt->decided_by = -1;
    attempt->offset_ns = run->started_ns - run->result->started_ns;
    if (check->literal.family != FAMILY_ANY)
        approach_start(run, &check->literal, 1, now_ns, now_ns);
    else
        resolve(run, now_ns);
}

void run_begin(struct run *run, const struct check *check, uint64_t sequence, int64_t now_ns)
{
    run->budget = (struct budget){0};
    run->result->check = check;
    run->result->sequence = sequence;
    run->result->started_ns = now_ns;
    start_attempt(run, now_ns);
}

void run_skip(struct run *run, const struct check *check, uint64_t sequence, int64_t now_ns)
{
    run->budget = (struct budget){0};
    result_fini(run->result);
    result_init(run->result, check, sequence);
    run->result->started_ns = now_ns;
    finish(run, now_ns);
}

static void start_next_attempt(struct run *run, int64_t now_ns)
{
    if (run->is_endless)
        result_forget_attempts(run->result);
    if (result_add_attempt(run->result) == NULL)
        finish_as(run, TCPCHECK_RESOURCE, now_ns);
    else
        start_attempt(run, now_ns);
}

void run_next(struct run *run, int64_t now_ns)
{
    if (run->state == RUN_PAUSED)
        start_next_attempt(run, now_ns);
    else
        approach_next(run, now_ns);
}

void run_resolved(struct run *run, const struct resolution *resolution, int64_t now_ns)
{
    struct attempt *attempt = result_last_attempt(run->result);
    enum tcpcheck_outcome outcome = resolution->outcome;
    int64_t ended_ns = resolution->ended_ns;
    bool is_late = ended_ns >= run->budget.deadline_ns;
    if (resolution->is_resolved)
        outcome = is_late ? TCPCHECK_DNS_TIMEOUT : TCPCHECK_INTERNAL;
    if (outcome == TCPCHECK_DNS_TIMEOUT && is_late)
        ended_ns = run->budget.deadline_ns;
    attempt->dns_time_ns = run_own_ns(run, ended_ns) - run->started_ns;
    attempt->notes |= resolution->notes;
    note_lookup(run, resolution);
    if (resolution->is_resolved && !is_late && resolution->count > 0) {
        approach_start(run, resolution->addresses, resolution->count, ended_ns, now_ns);
        return;
    }
    set_outcome(run, outcome, PHASE_RESOLVE);
    end_attempt(run, ended_ns);
}

void run_deadline(struct run *run, int64_t now_ns)
{
    if (run->state == RUN_RESOLVING) {
        struct resolution last;
        run->tower->ops->resolve_cancel(run->tower->net, run->lookup, &last);
        run_resolved(run, &last, now_ns);
        return;
    }
    approach_deadline(run, now_ns);
}
