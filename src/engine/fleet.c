/* Each address has its place in the result from the moment it starts, so that the order there is
 * the order in which they were tried, and so that writing down how it ended cannot fail. */
#include "engine/fleet.h"

#include <errno.h>
#include <stdlib.h>

#include "core/classify.h"

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
    fleet->result = result;
    fleet->address_count = count;
    fleet->next_address = 0;
    return 0;
}

uint32_t fleet_left(const struct fleet *fleet)
{
    return fleet->address_count - fleet->next_address;
}

int fleet_call_next(struct fleet *fleet, int64_t now_ns)
{
    struct flight *flight = tower_new_flight(fleet->tower);
    if (flight == NULL)
        return -ENOMEM;
    flight->run = fleet->run;
    flight->address = fleet->addresses[fleet->next_address++];
    flight->source_port = fleet->result->check->source_port;
    flight->sibling = fleet->flights;
    fleet->flights = flight;
    fleet->waiting_count++;
    tower_request(fleet->tower, flight, now_ns);
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
    };
    /* The place first: an entry too many can be left, a connection too many cannot. */
    if (!flight->is_recorded && add_record(fleet, flight, offset_ns) < 0)
        return -ENOMEM;
    int error = tower_depart(fleet->tower, flight, now_ns);
    if (error < 0)
        return error;
    record_of(fleet, flight)->offset_ns = offset_ns;
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
    bool is_late = seen->ended_ns > deadline_ns;
    if (outcome == TCPCHECK_OPEN && is_late)
        outcome = TCPCHECK_TIMEOUT;
    *ended_ns = outcome == TCPCHECK_TIMEOUT && is_late ? deadline_ns : seen->ended_ns;
    return outcome;
}

/* Takes it out of the fleet; it goes on existing for the tower. */
static void drop(struct fleet *fleet, struct flight *flight)
{
    struct flight **link = &fleet->flights;
    while (*link != flight)
        link = &(*link)->sibling;
    *link = flight->sibling;
    if (flight->state == FLIGHT_IN_AIR)
        fleet->in_air_count--;
    else
        fleet->waiting_count--;
    if (fleet->latest == flight)
        fleet->latest = NULL;
}

void fleet_end(struct fleet *fleet, struct flight *flight, const struct observation *seen,
               enum tcpcheck_outcome outcome, int64_t ended_ns, bool is_closing, int64_t now_ns)
{
    flight_record(flight, record_of(fleet, flight), seen, outcome, ended_ns);
    drop(fleet, flight);
    if (is_closing)
        tower_close(fleet->tower, flight);
    else
        tower_land(fleet->tower, flight, now_ns);
}

void fleet_return(struct fleet *fleet, struct flight *flight, const struct observation *seen,
                  int64_t now_ns)
{
    flight_record(flight, record_of(fleet, flight), seen, classify(seen), seen->ended_ns);
    fleet->in_air_count--;
    fleet->waiting_count++;
    if (fleet->latest == flight)
        fleet->latest = NULL;
    tower_return(fleet->tower, flight, seen->error, now_ns);
}

/* One that never started, since descriptors were short to the end. */
static void record_shortage(struct fleet *fleet, struct flight *flight, int64_t offset_ns)
{
    if (!flight->is_recorded && add_record(fleet, flight, offset_ns) == 0)
        record_of(fleet, flight)->error = fleet->tower->shortage;
}

static int64_t end_of(const struct tried *tried)
{
    return tried->offset_ns + tried->wall_ns;
}

/* Of several that had opened by the deadline, the first to do so has won. */
static void keep_first_open(struct fleet *fleet)
{
    struct result *result = fleet->result;
    const struct attempt *attempt = result_last_attempt(result);
    struct tried *first = NULL;
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        struct tried *tried = &result->tried[attempt->tried_start + i];
        if (tried->outcome != TCPCHECK_OPEN)
            continue;
        struct tried *loser = first;
        if (first == NULL || end_of(tried) < end_of(first))
            first = tried;
        else
            loser = tried;
        if (loser != NULL)
            loser->outcome = TCPCHECK_CANCELLED;
    }
}

static void land_waiting(struct fleet *fleet, struct flight *flight, int64_t now_ns)
{
    drop(fleet, flight);
    tower_land(fleet->tower, flight, now_ns);
}

int64_t fleet_end_at_deadline(struct fleet *fleet, int64_t deadline_ns, int64_t offset_ns,
                              int64_t now_ns)
{
    /* Only for want of descriptors does the clock run while nothing is in the air. */
    bool is_short = fleet->in_air_count == 0;
    int64_t first_open_ns = INT64_MAX;
    int64_t last_ns = is_short ? deadline_ns : 0;
    while (fleet->flights != NULL) {
        struct flight *flight = fleet->flights;
        struct observation last;
        int64_t ended_ns;
        if (flight->state != FLIGHT_IN_AIR) {
            if (is_short)
                record_shortage(fleet, flight, offset_ns);
            land_waiting(fleet, flight, now_ns);
            continue;
        }
        fleet->tower->ops->connect_cancel(fleet->tower->net, flight->slot, &last);
        enum tcpcheck_outcome outcome = fleet_judge(&last, deadline_ns, &ended_ns);
        fleet_end(fleet, flight, &last, outcome, ended_ns, false, now_ns);
        last_ns = ended_ns > last_ns ? ended_ns : last_ns;
        if (outcome == TCPCHECK_OPEN && ended_ns < first_open_ns)
            first_open_ns = ended_ns;
    }
    keep_first_open(fleet);
    return first_open_ns < INT64_MAX ? first_open_ns : last_ns;
}

void fleet_cancel(struct fleet *fleet, int64_t ended_ns, int64_t now_ns)
{
    while (fleet->flights != NULL) {
        struct flight *flight = fleet->flights;
        struct observation last;
        if (flight->state != FLIGHT_IN_AIR) {
            land_waiting(fleet, flight, now_ns);
            continue;
        }
        fleet->tower->ops->connect_cancel(fleet->tower->net, flight->slot, &last);
        fleet_end(fleet, flight, &last, TCPCHECK_CANCELLED, ended_ns, false, now_ns);
    }
}
