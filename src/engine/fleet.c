/* Each address has its place in the result from the moment it starts, so that the order there is
 * the order in which they were tried, and so that writing down how it ended cannot fail. */
#include "engine/fleet.h"

#include <errno.h>
#include <stdlib.h>

#include "core/classify.h"
#include "core/fold.h"
#include "core/outcome.h"
#include "core/plan.h"

void fleet_init(struct fleet *fleet, struct run *run, struct tower *tower)
{
    *fleet = (struct fleet){.run = run, .tower = tower};
}

void fleet_fini(struct fleet *fleet)
{
    free(fleet->addresses);
    *fleet = (struct fleet){0};
}

static int reserve_addresses(struct fleet *fleet, uint32_t count)
{
    if (count <= fleet->address_capacity)
        return 0;
    struct address *addresses = reallocarray(fleet->addresses, count, sizeof(*addresses));
    if (addresses == NULL)
        return -ENOMEM;
    fleet->addresses = addresses;
    fleet->address_capacity = count;
    return 0;
}

int fleet_assign(struct fleet *fleet, struct result *result, const struct address *addresses,
                 uint32_t count)
{
    if (reserve_addresses(fleet, count) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        fleet->addresses[i] = address_connected_to(&addresses[i]);
        fleet->addresses[i].port = result->check->port;
    }
    if (result->check->addresses == ADDRESSES_RACE)
        plan_race_order(fleet->addresses, count);
    fleet->result = result;
    fleet->address_count = count;
    fleet->next_address = 0;
    return 0;
}

uint32_t fleet_left(const struct fleet *fleet)
{
    return fleet->address_count - fleet->next_address;
}

bool fleet_is_down(const struct fleet *fleet)
{
    return fleet->in_air_count == 0 && fleet->held_count == 0;
}

static int request(struct fleet *fleet, const struct address *address, int64_t now_ns)
{
    struct flight *flight = tower_new_flight(fleet->tower);
    if (flight == NULL)
        return -ENOMEM;
    flight->run = fleet->run;
    flight->address = *address;
    flight->source_port = fleet->result->check->source_port;
    flight->sibling = fleet->flights;
    fleet->flights = flight;
    fleet->waiting_count++;
    tower_request(fleet->tower, flight, now_ns);
    return 0;
}

/* It has no flight, and nothing of it ever leaves. */
static int record_denied(struct fleet *fleet, const struct address *address, const char *objection,
                         int64_t offset_ns)
{
    struct tried *tried = result_add_tried(fleet->result);
    if (tried == NULL)
        return -ENOMEM;
    tried->address = *address;
    tried->outcome = TCPCHECK_NOT_ALLOWED;
    tried->phase = PHASE_SOCKET;
    tried->denial = objection;
    tried->offset_ns = offset_ns;
    return 0;
}

int fleet_call(struct fleet *fleet, uint32_t count, int64_t offset_ns, int64_t now_ns)
{
    while (count > 0 && fleet_left(fleet) > 0) {
        const struct address *next = &fleet->addresses[fleet->next_address++];
        const char *objection;
        int error = clearance_ask(&fleet->tower->clearance, fleet->result->check, next, &objection);
        if (error == 0 && objection != NULL) {
            error = record_denied(fleet, next, objection, offset_ns);
        } else if (error == 0) {
            error = request(fleet, next, now_ns);
            count--;
        }
        if (error < 0)
            return error;
    }
    return 0;
}

static struct tried *record_of(const struct fleet *fleet, const struct flight *flight)
{
    return &fleet->result->tried[flight->tried];
}

/* Until it has been seen how it ends, all that can be said is that it had not what it takes. */
static int add_record(struct fleet *fleet, struct flight *flight, int64_t offset_ns)
{
    struct tried *tried = result_add_tried(fleet->result);
    if (tried == NULL)
        return -ENOMEM;
    tried->address = flight->address;
    tried->outcome = TCPCHECK_RESOURCE;
    tried->phase = PHASE_SOCKET;
    tried->offset_ns = offset_ns;
    flight->tried = (uint32_t)(tried - fleet->result->tried);
    flight->is_recorded = true;
    return 0;
}

int fleet_depart(struct fleet *fleet, struct flight *flight, int64_t offset_ns, int64_t now_ns)
{
    const struct check *check = fleet->result->check;
    const struct connect_options options = {
        .source_address = check->source_address,
        .interface = check->interface,
        .source_port = check->source_port,
        .handshake = (enum handshake)check->handshake,
        .close = (enum close_mode)check->close,
        .is_to_be_held = check->hold_ns != 0,
    };
    /* The place first: an entry too many can be left, a connection too many cannot. */
    if (!flight->is_recorded && add_record(fleet, flight, offset_ns) < 0)
        return -ENOMEM;
    int error = tower_depart(fleet->tower, flight, now_ns);
    if (error < 0)
        return error;
    record_of(fleet, flight)->offset_ns = offset_ns;
    flight->is_alone = fleet_is_down(fleet);
    flight->began_ns = now_ns;
    fleet->waiting_count--;
    fleet->in_air_count++;
    fleet->latest = flight;
    fleet->tower->ops->connect_start(fleet->tower->net, flight->slot, &flight->address, &options);
    return 0;
}

enum tcpcheck_outcome fleet_judge(const struct observation *seen, int64_t deadline_ns,
                                  int64_t *ended_ns)
{
    enum tcpcheck_outcome outcome = classify(seen);
    bool has_opened = outcome_has_handshake(outcome);
    bool is_late = (has_opened ? seen->opened_ns : seen->ended_ns) > deadline_ns;
    if (has_opened && is_late)
        outcome = TCPCHECK_TIMEOUT;
    *ended_ns = outcome == TCPCHECK_TIMEOUT && is_late ? deadline_ns : seen->ended_ns;
    return outcome;
}

static void count_out(struct fleet *fleet, const struct flight *flight)
{
    if (flight->state == FLIGHT_IN_AIR)
        fleet->in_air_count--;
    else if (flight->state == FLIGHT_HELD)
        fleet->held_count--;
    else
        fleet->waiting_count--;
    if (fleet->latest == flight)
        fleet->latest = NULL;
}

/* Takes it out of the fleet; it goes on existing for the tower. */
static void drop(struct fleet *fleet, struct flight *flight)
{
    struct flight **link = &fleet->flights;
    while (*link != flight)
        link = &(*link)->sibling;
    *link = flight->sibling;
    count_out(fleet, flight);
}

void fleet_hold(struct fleet *fleet, struct flight *flight, const struct observation *seen)
{
    int64_t until_ns = seen->opened_ns + fleet->result->check->hold_ns;
    flight_record(flight, record_of(fleet, flight), seen, TCPCHECK_OPEN, seen->opened_ns);
    count_out(fleet, flight);
    fleet->held_count++;
    tower_hold(fleet->tower, flight, until_ns);
}

void fleet_end(struct fleet *fleet, struct flight *flight, const struct event *event,
               enum tcpcheck_outcome outcome, int64_t ended_ns, int64_t now_ns)
{
    struct observation ignored;
    flight_record(flight, record_of(fleet, flight), &event->observation, outcome, ended_ns);
    drop(fleet, flight);
    if (event->is_held)
        fleet->tower->ops->connect_cancel(fleet->tower->net, flight->slot, &ignored);
    if (event->is_closing)
        tower_close(fleet->tower, flight);
    else
        tower_land(fleet->tower, flight, now_ns);
}

void fleet_return(struct fleet *fleet, struct flight *flight, const struct observation *seen,
                  int64_t now_ns)
{
    flight_record(flight, record_of(fleet, flight), seen, classify(seen), seen->ended_ns);
    count_out(fleet, flight);
    fleet->waiting_count++;
    tower_return(fleet->tower, flight, seen->error, now_ns);
}

struct flight *fleet_in_air(const struct fleet *fleet)
{
    struct flight *flight = fleet->flights;
    while (flight != NULL && flight->state != FLIGHT_IN_AIR)
        flight = flight->sibling;
    return flight;
}

/* Ends one without its having come to an end of its own. */
static void cancel(struct fleet *fleet, struct flight *flight, int64_t ended_ns, int64_t now_ns)
{
    struct event event = {.kind = EVENT_OBSERVED};
    if (!flight_has_slot(flight)) {
        drop(fleet, flight);
        tower_land(fleet->tower, flight, now_ns);
        return;
    }
    fleet->tower->ops->connect_cancel(fleet->tower->net, flight->slot, &event.observation);
    fleet_end(fleet, flight, &event, TCPCHECK_CANCELLED, ended_ns, now_ns);
}

/* The first flight, or the one behind `flight`, but for the one that is at `tried`. */
static struct flight *next_but(struct flight *flight, uint32_t tried)
{
    while (flight != NULL && flight->is_recorded && flight->tried == tried)
        flight = flight->sibling;
    return flight;
}

static void cancel_all_but(struct fleet *fleet, uint32_t tried, int64_t ended_ns, int64_t now_ns)
{
    struct flight *flight;
    while ((flight = next_but(fleet->flights, tried)) != NULL)
        cancel(fleet, flight, ended_ns, now_ns);
}

void fleet_keep_first_open(struct fleet *fleet, int64_t opened_ns, int64_t now_ns)
{
    struct result *result = fleet->result;
    const struct attempt *attempt = result_last_attempt(result);
    uint32_t winner = (uint32_t)(fold_first_open(result) - result->tried);
    cancel_all_but(fleet, winner, opened_ns, now_ns);
    for (uint32_t i = attempt->tried_start; i < attempt->tried_start + attempt->tried_count; i++)
        if (i != winner && result->tried[i].outcome == TCPCHECK_OPEN)
            result->tried[i].outcome = TCPCHECK_CANCELLED;
    fleet->next_address = fleet->address_count;
}

static bool has_family(const struct fleet *fleet, uint32_t count, uint8_t family)
{
    for (uint32_t i = 0; i < count; i++)
        if (fleet->addresses[i].family == family)
            return true;
    return false;
}

void fleet_leave_untried_families(struct fleet *fleet)
{
    uint32_t kept = fleet->next_address;
    for (uint32_t i = kept; i < fleet->address_count; i++)
        if (!has_family(fleet, kept, fleet->addresses[i].family))
            fleet->addresses[kept++] = fleet->addresses[i];
    fleet->address_count = kept;
}

static struct flight *first_waiting(const struct fleet *fleet)
{
    struct flight *flight = fleet->flights;
    while (flight != NULL && flight_has_slot(flight))
        flight = flight->sibling;
    return flight;
}

/* One that never started: descriptors were short to the end, or, where every address is
 * to be told of, our own rates. */
static int record_unstarted(struct fleet *fleet, struct flight *flight, bool is_short,
                            int64_t offset_ns)
{
    bool is_wanted = is_short || fleet->result->check->addresses == ADDRESSES_ALL;
    if (!is_wanted || flight->is_recorded)
        return 0;
    if (add_record(fleet, flight, offset_ns) < 0)
        return -ENOMEM;
    if (is_short)
        record_of(fleet, flight)->error = fleet->tower->shortage;
    else
        record_of(fleet, flight)->outcome = TCPCHECK_CANCELLED;
    return 0;
}

int fleet_end_waiting(struct fleet *fleet, bool is_short, int64_t offset_ns, int64_t now_ns)
{
    struct flight *flight;
    int error = 0;
    while ((flight = first_waiting(fleet)) != NULL) {
        if (error == 0)
            error = record_unstarted(fleet, flight, is_short, offset_ns);
        cancel(fleet, flight, now_ns, now_ns);
    }
    return error;
}

void fleet_cancel(struct fleet *fleet, int64_t ended_ns, int64_t now_ns)
{
    cancel_all_but(fleet, UINT32_MAX, ended_ns, now_ns);
}
