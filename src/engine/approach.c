/* When an address fails, or opens, is what the three ways of trying addresses differ in; all else is
 * the same for them: one deadline, and no end before each flight in the air or held has told
 * its own.
 *
 * Rejected: a table of functions for each way. They differ in two places, by a line each. */
#include "engine/approach.h"

#include <stddef.h>

#include "core/classify.h"
#include "core/outcome.h"
#include "core/plan.h"

/* What a handshake begins late by in any case, and what is not worth another look at the clock. */
#define LATE_MIN_NS INT64_C(100000)

static void end_at_deadline(struct run *run, int64_t now_ns);

/* Where one answer is wanted, the attempt has lasted until it was there, even if another address
 * was heard of later. */
static int64_t attempt_end_ns(const struct run *run)
{
    const struct check *check = run->result->check;
    bool is_won = check->addresses == ADDRESSES_ANY && check->hold_ns == 0;
    return is_won && run->opened_ns < INT64_MAX ? run->opened_ns : run->ended_ns;
}

/* No address starts any more. False: memory is short, and so the attempt has ended. */
static bool end_waiting(struct run *run, bool is_short, int64_t now_ns)
{
    int64_t offset_ns = run_own_ns(run, run->budget.deadline_ns) - run->started_ns;
    bool is_written = fleet_end_waiting(&run->fleet, is_short, offset_ns, now_ns) == 0;
    if (!is_written)
        run_fail(run, now_ns);
    return is_written;
}

/* Something of it has ended at ended_ns. It is over when nothing is left that could still say
 * something; past the deadline no address starts any more. */
static void go_on(struct run *run, int64_t ended_ns, int64_t now_ns)
{
    struct fleet *fleet = &run->fleet;
    bool may_start = fleet->waiting_count > 0 && ended_ns < run->budget.deadline_ns;
    if (!fleet_is_down(fleet) || may_start) {
        run_keep_clock(run, ended_ns, now_ns);
        return;
    }
    if (end_waiting(run, false, now_ns))
        run_fold(run, attempt_end_ns(run));
}

/* Asks for the next addresses. Nothing of the attempt has been under way since since_ns where it
 * comes to wait; none of them may be allowed, and then it may be over. */
static void call(struct run *run, uint32_t count, int64_t since_ns, int64_t now_ns)
{
    int64_t offset_ns = run_own_ns(run, since_ns) - run->started_ns;
    if (fleet_call(&run->fleet, count, offset_ns, now_ns) < 0)
        run_fail(run, now_ns);
    else
        go_on(run, since_ns, now_ns);
}

void approach_start(struct run *run, const struct address *addresses, uint32_t count,
                    int64_t since_ns, int64_t now_ns)
{
    bool is_all = run->result->check->addresses == ADDRESSES_ALL;
    if (fleet_assign(&run->fleet, run->result, addresses, count) < 0) {
        run_fail(run, now_ns);
        return;
    }
    run_enter(run, RUN_CONNECTING);
    run->ended_ns = since_ns;
    run->opened_ns = INT64_MAX;
    call(run, is_all ? count : 1, since_ns, now_ns);
}

void approach_next(struct run *run, int64_t now_ns)
{
    call(run, 1, now_ns, now_ns);
}

/* Each handshake has all of its time, however late it began; and time in which nothing of the
 * attempt had begun is not the attempt's. */
static void give_back(struct run *run, struct flight *flight, int64_t began_ns)
{
    int64_t late_ns = began_ns - flight->began_ns;
    if (late_ns < LATE_MIN_NS)
        return;
    flight->began_ns = began_ns;
    flight->due_ns += late_ns;
    if (flight->is_alone)
        budget_leave_out(&run->budget, late_ns);
    budget_extend(&run->budget, flight->due_ns);
}

/* Past the deadline, as far as it is known: whether the attempt has time left nevertheless. */
static bool has_time_left(struct run *run, int64_t now_ns)
{
    const struct ops *ops = run->tower->ops;
    struct flight *flight = run->fleet.flights;
    for (; flight != NULL; flight = flight->sibling)
        if (flight->state == FLIGHT_IN_AIR)
            give_back(run, flight, ops->connect_began_ns(run->tower->net, flight->slot));
    return now_ns < run->budget.deadline_ns;
}

void approach_depart(struct run *run, struct flight *flight, int64_t now_ns)
{
    bool is_due = !run->budget.is_held && now_ns >= run->budget.deadline_ns;
    if (is_due && !has_time_left(run, now_ns)) {
        end_at_deadline(run, now_ns);
        return;
    }
    run_resume(run, now_ns);
    run_note_begin(run, now_ns);
    int64_t offset_ns = run_own_ns(run, now_ns) - run->started_ns;
    flight->due_ns = run->budget.deadline_ns;
    if (fleet_depart(&run->fleet, flight, offset_ns, now_ns) < 0) {
        run_fail(run, now_ns);
        return;
    }
    uint32_t left = fleet_left(&run->fleet);
    if (left > 0)
        timer_set(run->tower->timers, &run->next_timer,
                  plan_stagger_ns((enum addresses)run->result->check->addresses, now_ns,
                                  run->budget.deadline_ns, left));
}

/* The next one starts at once if that was the latest. */
static void go_on_failed(struct run *run, bool was_latest, int64_t ended_ns, int64_t now_ns)
{
    struct fleet *fleet = &run->fleet;
    bool is_in_time = ended_ns < run->budget.deadline_ns;
    if (was_latest && is_in_time && fleet->waiting_count == 0 && fleet_left(fleet) > 0) {
        timer_unset(run->tower->timers, &run->next_timer);
        call(run, 1, ended_ns, now_ns);
    } else {
        go_on(run, ended_ns, now_ns);
    }
}

/* A race is won, and yet the other family shall be heard of. */
static void go_on_opened(struct run *run, int64_t ended_ns, int64_t now_ns)
{
    struct fleet *fleet = &run->fleet;
    switch ((enum addresses)run->result->check->addresses) {
    case ADDRESSES_ANY: fleet_keep_first_open(fleet, run->opened_ns, now_ns); break;
    case ADDRESSES_ALL: break;
    case ADDRESSES_RACE: fleet_leave_untried_families(fleet); break;
    }
    timer_unset(run->tower->timers, &run->next_timer);
    if (fleet_left(fleet) > 0 && ended_ns < run->budget.deadline_ns)
        call(run, fleet_left(fleet), ended_ns, now_ns);
    else
        go_on(run, ended_ns, now_ns);
}

/* A loop that is late may hear of an end before its timer says that the hold is over. What is not
 * known to have ended before that has stood for as long. */
static void overlook_late_end(struct observation *seen, int64_t hold_ns)
{
    int64_t until_ns = seen->opened_ns + hold_ns;
    bool has_peer_ended = seen->hold_end == HOLD_CLOSED || seen->hold_end == HOLD_RESET;
    if (!has_peer_ended || seen->ended_ns < until_ns)
        return;
    seen->hold_end = HOLD_OVER;
    seen->ended_ns = until_ns;
}

/* Writes down what is told of a flight in the air or held. */
static enum tcpcheck_outcome take(struct run *run, struct flight *flight, const struct event *told,
                                  int64_t *ended_ns, int64_t now_ns)
{
    int64_t hold_ns = run->result->check->hold_ns;
    struct event in_time;
    if (hold_ns != 0) {
        in_time = *told;
        overlook_late_end(&in_time.observation, hold_ns);
        told = &in_time;
    }
    const struct observation *seen = &told->observation;
    enum tcpcheck_outcome outcome = fleet_judge(seen, run->budget.deadline_ns, ended_ns);
    bool has_opened = outcome_has_handshake(outcome) && flight->state == FLIGHT_IN_AIR;
    int64_t opened_ns = seen->is_established ? seen->opened_ns : *ended_ns;
    if (has_opened && opened_ns < run->opened_ns)
        run->opened_ns = opened_ns;
    if (outcome == TCPCHECK_OPEN && told->is_held)
        fleet_hold(&run->fleet, flight, seen);
    else
        fleet_end(&run->fleet, flight, told, outcome, *ended_ns, now_ns);
    if (*ended_ns > run->ended_ns)
        run->ended_ns = *ended_ns;
    return outcome;
}

/* What socket(2) lacks, it lacks for all; what connect(2) lacks may be for one target alone, and
 * to wait for that would hold up all others. */
static bool is_shortage(const struct observation *seen)
{
    return seen->at == OBSERVED_SOCKET && classify(seen) == TCPCHECK_RESOURCE;
}

void approach_observed(struct run *run, struct flight *flight, const struct event *event,
                       int64_t now_ns)
{
    const struct observation *seen = &event->observation;
    bool was_latest = run->fleet.latest == flight;
    bool was_held = flight->state == FLIGHT_HELD;
    int64_t ended_ns;
    give_back(run, flight, seen->started_ns);
    if (is_shortage(seen) && seen->ended_ns < run->budget.deadline_ns) {
        timer_unset(run->tower->timers, &run->next_timer);
        fleet_return(&run->fleet, flight, seen, now_ns);
        run_keep_clock(run, seen->ended_ns, now_ns);
        return;
    }
    enum tcpcheck_outcome outcome = take(run, flight, event, &ended_ns, now_ns);
    if (was_held)
        go_on(run, ended_ns, now_ns);
    else if (outcome_has_handshake(outcome))
        go_on_opened(run, ended_ns, now_ns);
    else
        go_on_failed(run, was_latest, ended_ns, now_ns);
}

void approach_hold_due(struct run *run, struct flight *flight, int64_t now_ns)
{
    struct event event;
    int64_t ended_ns;
    run->tower->ops->connect_conclude(run->tower->net, flight->slot, &event);
    (void)take(run, flight, &event, &ended_ns, now_ns);
    go_on(run, ended_ns, now_ns);
}

/* Each flight in the air is asked a last time. */
static void conclude_flights(struct run *run, int64_t now_ns)
{
    struct flight *flight;
    while ((flight = fleet_in_air(&run->fleet)) != NULL) {
        struct event event;
        int64_t ended_ns;
        run->tower->ops->connect_conclude(run->tower->net, flight->slot, &event);
        (void)take(run, flight, &event, &ended_ns, now_ns);
    }
}

static void end_at_deadline(struct run *run, int64_t now_ns)
{
    int64_t deadline_ns = run->budget.deadline_ns;
    /* Only for want of descriptors does the clock run while nothing is in the air or held. */
    bool is_short = fleet_is_down(&run->fleet) && run->fleet.waiting_count > 0;
    conclude_flights(run, now_ns);
    if (!end_waiting(run, is_short, now_ns))
        return;
    if (is_short)
        run->ended_ns = deadline_ns;
    if (result_last_attempt(run->result)->tried_count == 0) {
        run_end_unstarted(run, deadline_ns);
    } else if (run->opened_ns < INT64_MAX) {
        go_on_opened(run, deadline_ns, now_ns);
    } else {
        go_on(run, deadline_ns, now_ns);
    }
}

void approach_deadline(struct run *run, int64_t now_ns)
{
    if (has_time_left(run, now_ns))
        run_set_deadline(run);
    else
        end_at_deadline(run, now_ns);
}
