/* Four lines in a row, all of them first come first served. What is scarce for
 * one key stands before what is scarce for all: a host that may be connected to once a minute
 * holds up nobody else.
 *
 * The tower starts nothing by itself: it is asked (tower_next), so that
 * every flight starts in one place, after everything that was known has been taken in.
 *
 * How many descriptors there are is learned by running short of them. From then on a flight
 * starts for each that lands, and every now and then a few more: one, and
 * twice as many each time until they run short again.
 *
 * Rejected: reserving the moment of its start for each flight when it asks. It needs no line, but
 * a flight that is cancelled leaves a hole, and one held up elsewhere starts
 * right before the next. */
#include "engine/tower.h"

#include <stdlib.h>

int tower_init(struct tower *tower, const struct ops *ops, struct net *net,
               struct timer_heap *timers, const struct engine_options *options)
{
    *tower = (struct tower){
        .ops = ops,
        .net = net,
        .timers = timers,
        .runway_timer = {.kind = TIMER_RUNWAY},
        .shortage_timer = {.kind = TIMER_SHORTAGE},
    };
    pace_init(&tower->pace, options->rate, options->host_rate);
    gate_init(&tower->ports, 1);
    gate_init(&tower->berths, options->host_in_flight);
    gate_init(&tower->lanes, 1);
    clearance_init(&tower->clearance, options->policy, options->host_ports);
    slots_init(&tower->slots, options->socket_limit);
    return timer_heap_reserve(timers, 2);
}

void tower_fini(struct tower *tower)
{
    while (tower->closing.first != NULL) {
        struct observation ignored;
        struct flight *flight = tower->closing.first;
        tower->ops->connect_cancel(tower->net, flight->slot, &ignored);
        tower_land(tower, flight, 0);
    }
    while (tower->idle != NULL) {
        struct flight *flight = tower->idle;
        tower->idle = flight->sibling;
        free(flight);
    }
    pace_fini(&tower->pace);
    gate_fini(&tower->ports);
    gate_fini(&tower->berths);
    gate_fini(&tower->lanes);
    clearance_fini(&tower->clearance);
    slots_fini(&tower->slots);
}

struct flight *tower_new_flight(struct tower *tower)
{
    struct flight *flight = tower->idle;
    if (flight != NULL) {
        tower->idle = flight->sibling;
    } else {
        flight = malloc(sizeof(*flight));
        if (flight == NULL)
            return NULL;
        if (timer_heap_reserve(tower->timers, 1) < 0) {
            free(flight);
            return NULL;
        }
    }
    *flight = (struct flight){.timer = {.kind = TIMER_LANE}};
    return flight;
}

static bool is_waiting(enum flight_state state)
{
    return state == FLIGHT_AT_GATE || state == FLIGHT_AT_BERTH || state == FLIGHT_IN_LANE ||
           state == FLIGHT_ON_RUNWAY;
}

/* The one place where a flight changes its state. */
static void enter(struct tower *tower, struct flight *flight, enum flight_state state)
{
    timer_unset(tower->timers, &flight->timer);
    flight_leave_queue(flight);
    if (is_waiting(flight->state))
        tower->waiting_count--;
    if (is_waiting(state))
        tower->waiting_count++;
    tower->held_count -= flight->state == FLIGHT_HELD;
    tower->held_count += state == FLIGHT_HELD;
    flight->state = state;
    switch (state) {
    case FLIGHT_IDLE:
        flight->sibling = tower->idle;
        tower->idle = flight;
        break;
    case FLIGHT_ON_RUNWAY:
        if (flight->has_started)
            flight_queue_insert(&tower->returned, flight);
        else
            flight_queue_push(&tower->waiting, flight);
        break;
    case FLIGHT_CLOSING: flight_queue_push(&tower->closing, flight); break;
    case FLIGHT_AT_GATE:
    case FLIGHT_AT_BERTH:
    case FLIGHT_IN_LANE:
    case FLIGHT_IN_AIR:
    case FLIGHT_HELD: break;
    }
}

static void leave_lane(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    flight->queued_ns = now_ns;
    enter(tower, flight, FLIGHT_ON_RUNWAY);
}

/* It is first in its lane: now, or when the host's rate says so. */
static void leave_lane_in_time(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    int64_t when_ns = pace_host_ns(&tower->pace, &flight->address, now_ns);
    if (when_ns > now_ns) {
        flight->timer.kind = TIMER_LANE;
        timer_set(tower->timers, &flight->timer, when_ns);
        return;
    }
    leave_lane(tower, flight, now_ns);
}

/* At the gate of its host. */
static bool enter_of_host(struct gate *gate, struct gate_pass *pass, const struct flight *flight)
{
    struct gate_key key = {.address = flight->address};
    key.address.port = 0;
    return gate_enter(gate, pass, &key);
}

/* Its lane is its own until it is in the air. */
static void enter_lane(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    flight->asked_ns = now_ns;
    if (tower->pace.host.interval_ps == 0) {
        leave_lane(tower, flight, now_ns);
        return;
    }
    enter(tower, flight, FLIGHT_IN_LANE);
    if (enter_of_host(&tower->lanes, &flight->lane_pass, flight))
        leave_lane_in_time(tower, flight, now_ns);
}

/* Its berth is its own until its connection is gone. */
static void enter_berth(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    if (tower->berths.limit == 0) {
        enter_lane(tower, flight, now_ns);
        return;
    }
    flight->asked_ns = now_ns;
    enter(tower, flight, FLIGHT_AT_BERTH);
    if (enter_of_host(&tower->berths, &flight->berth_pass, flight))
        enter_lane(tower, flight, now_ns);
}

static void free_lane(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    struct gate_pass *successor = gate_leave(&tower->lanes, &flight->lane_pass);
    if (successor != NULL)
        leave_lane_in_time(tower, flight_of_lane_pass(successor), now_ns);
}

static void free_port(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    struct gate_pass *successor = gate_leave(&tower->ports, &flight->port_pass);
    if (successor != NULL)
        enter_berth(tower, flight_of_port_pass(successor), now_ns);
}

static void free_berth(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    struct gate_pass *successor = gate_leave(&tower->berths, &flight->berth_pass);
    if (successor == NULL)
        return;
    struct flight *next = flight_of_berth_pass(successor);
    restraint_add(&tower->restraint, LIMIT_HOST_IN_FLIGHT, now_ns - next->asked_ns);
    enter_lane(tower, next, now_ns);
}

void tower_request(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    if (flight->source_port == 0) {
        enter_berth(tower, flight, now_ns);
        return;
    }
    struct gate_key key = {.address = flight->address, .source_port = flight->source_port};
    enter(tower, flight, FLIGHT_AT_GATE);
    if (gate_enter(&tower->ports, &flight->port_pass, &key))
        enter_berth(tower, flight, now_ns);
}

/* Ends the connection that has been closing longest. */
static bool make_room(struct tower *tower, int64_t now_ns)
{
    struct observation ignored;
    struct flight *oldest = tower->closing.first;
    if (oldest == NULL)
        return false;
    tower->ops->connect_cancel(tower->net, oldest->slot, &ignored);
    tower_land(tower, oldest, now_ns);
    return true;
}

static bool has_descriptor(struct tower *tower, int64_t now_ns)
{
    bool is_allowed = !tower->is_short || tower->allowance > 0;
    bool has_one = is_allowed && !slots_are_all_taken(&tower->slots);
    bool is_clear = has_one || make_room(tower, now_ns);
    if (is_clear && tower->is_blocked)
        tower->clear_ns = now_ns;
    tower->is_blocked = !is_clear;
    return is_clear;
}

static struct flight *first_on_runway(const struct tower *tower)
{
    struct flight *returned = tower->returned.first;
    return returned != NULL ? returned : tower->waiting.first;
}

struct flight *tower_next(struct tower *tower, int64_t now_ns)
{
    struct flight *first = first_on_runway(tower);
    if (first == NULL)
        return NULL;
    int64_t when_ns = pace_total_ns(&tower->pace, now_ns);
    if (when_ns <= now_ns)
        return has_descriptor(tower, now_ns) ? first : NULL;
    tower->has_paced = true;
    tower->paced_ns = now_ns;
    if (!timer_is_set(&tower->runway_timer) || tower->runway_timer.when_ns != when_ns)
        timer_set(tower->timers, &tower->runway_timer, when_ns);
    return NULL;
}

int tower_depart(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    bool was_blocked_since = tower->clear_ns > flight->queued_ns;
    int error = slots_take(&tower->slots, flight, &flight->slot);
    if (error < 0)
        return error;
    error = pace_take_host(&tower->pace, &flight->address, now_ns, flight->asked_ns);
    if (error < 0) {
        slots_give(&tower->slots, flight->slot);
        return error;
    }
    if (tower->has_paced && tower->paced_ns >= flight->queued_ns)
        restraint_add(&tower->restraint, LIMIT_RATE, now_ns - flight->queued_ns);
    pace_take_total(&tower->pace, now_ns, was_blocked_since ? tower->clear_ns : flight->queued_ns);
    if (tower->is_short)
        tower->allowance--;
    if (!flight->has_started)
        flight->start_order = tower->next_start_order++;
    flight->has_started = true;
    enter(tower, flight, FLIGHT_IN_AIR);
    free_lane(tower, flight, now_ns);
    return 0;
}

static void note_shortage(struct tower *tower, int error, int64_t now_ns)
{
    if (!tower->is_short)
        tower->allowance = 0;
    tower->is_short = true;
    tower->is_blocked = true;
    tower->shortage = error;
    tower->growth = 1;
    timer_set(tower->timers, &tower->shortage_timer, now_ns + TOWER_RETRY_NS);
}

void tower_return(struct tower *tower, struct flight *flight, int error, int64_t now_ns)
{
    slots_give(&tower->slots, flight->slot);
    note_shortage(tower, error, now_ns);
    enter_lane(tower, flight, now_ns);
}

void tower_hold(struct tower *tower, struct flight *flight, int64_t until_ns)
{
    enter(tower, flight, FLIGHT_HELD);
    flight->timer.kind = TIMER_HOLD;
    timer_set(tower->timers, &flight->timer, until_ns);
}

void tower_close(struct tower *tower, struct flight *flight)
{
    flight->run = NULL;
    enter(tower, flight, FLIGHT_CLOSING);
}

void tower_land(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    if (flight_has_slot(flight)) {
        slots_give(&tower->slots, flight->slot);
        tower->allowance += tower->is_short;
    }
    enter(tower, flight, FLIGHT_IDLE);
    free_lane(tower, flight, now_ns);
    free_berth(tower, flight, now_ns);
    free_port(tower, flight, now_ns);
}

void tower_lane_due(struct tower *tower, struct flight *flight, int64_t now_ns)
{
    restraint_add(&tower->restraint, LIMIT_HOST_RATE, now_ns - flight->asked_ns);
    leave_lane_in_time(tower, flight, now_ns);
}

void tower_shortage_due(struct tower *tower, int64_t now_ns)
{
    if (tower->waiting_count == 0 || tower->growth > tower->slots.limit) {
        tower->is_short = false;
        return;
    }
    if (first_on_runway(tower) != NULL) {
        tower->allowance += tower->growth;
        tower->growth += tower->growth <= UINT32_MAX / 2 ? tower->growth : 0;
    }
    timer_set(tower->timers, &tower->shortage_timer, now_ns + TOWER_RETRY_NS);
}

struct restraint tower_restraint(const struct tower *tower)
{
    struct restraint restraint = tower->restraint;
    restraint.counts[LIMIT_ALLOW_MANY_PORTS] = tower->clearance.many_ports_count;
    return restraint;
}

struct flight *tower_flight(const struct tower *tower, uint32_t slot)
{
    return slots_owner(&tower->slots, slot);
}

uint32_t tower_open_count(const struct tower *tower)
{
    return slots_taken(&tower->slots);
}

bool tower_is_stuck(const struct tower *tower)
{
    return tower->is_short && slots_taken(&tower->slots) == tower->held_count;
}
