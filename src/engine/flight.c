/* What a flight is, without what decides about it: that is the tower before the start and
 * the fleet after it. */
#include "engine/flight.h"

#include <stddef.h>

#include "core/classify.h"
#include "core/outcome.h"

struct flight *flight_of_timer(struct timer *timer)
{
    return (struct flight *)((char *)timer - offsetof(struct flight, timer));
}

struct flight *flight_of_port_pass(struct gate_pass *pass)
{
    return (struct flight *)((char *)pass - offsetof(struct flight, port_pass));
}

struct flight *flight_of_berth_pass(struct gate_pass *pass)
{
    return (struct flight *)((char *)pass - offsetof(struct flight, berth_pass));
}

struct flight *flight_of_lane_pass(struct gate_pass *pass)
{
    return (struct flight *)((char *)pass - offsetof(struct flight, lane_pass));
}

bool flight_has_slot(const struct flight *flight)
{
    return flight->state == FLIGHT_IN_AIR || flight->state == FLIGHT_HELD ||
           flight->state == FLIGHT_CLOSING;
}

static int64_t since(int64_t started_ns, int64_t ended_ns)
{
    return ended_ns > started_ns ? ended_ns - started_ns : 0;
}

void flight_record(const struct flight *flight, struct tried *tried, const struct observation *seen,
                   enum tcpcheck_outcome outcome, int64_t ended_ns)
{
    bool is_held_longer = seen->is_established && outcome != TCPCHECK_TIMEOUT;
    bool is_timed_by_kernel = outcome_has_handshake(outcome) && seen->rtt_source == RTT_KERNEL;
    int64_t connected_ns =
        is_held_longer && seen->opened_ns < ended_ns ? seen->opened_ns : ended_ns;
    int64_t wall_ns = since(seen->started_ns, ended_ns);
    tried->address = flight->address;
    tried->source = seen->source;
    tried->outcome = outcome;
    /* What came of it after the deadline is not said of it. */
    bool is_late = outcome == TCPCHECK_TIMEOUT && classify(seen) != TCPCHECK_TIMEOUT;
    tried->phase = is_late ? PHASE_CONNECT : classify_phase(seen);
    tried->error = is_late ? 0 : seen->error;
    tried->notes = is_late ? 0 : classify_notes(seen);
    tried->icmp = seen->icmp;
    tried->rtt_source = seen->rtt_source;
    tried->has_syn_retransmits = seen->has_syn_retransmits;
    tried->syn_retransmits = seen->syn_retransmits;
    tried->rtt_ns = seen->rtt_ns;
    tried->connect_time_ns =
        is_timed_by_kernel ? seen->rtt_ns : since(seen->started_ns, connected_ns);
    tried->wall_ns = wall_ns;
}

static void insert_after(struct flight_queue *queue, struct flight *flight, struct flight *prev)
{
    struct flight *next = prev == NULL ? queue->first : prev->next;
    flight->queue = queue;
    flight->prev = prev;
    flight->next = next;
    if (prev == NULL)
        queue->first = flight;
    else
        prev->next = flight;
    if (next == NULL)
        queue->last = flight;
    else
        next->prev = flight;
}

void flight_queue_push(struct flight_queue *queue, struct flight *flight)
{
    insert_after(queue, flight, queue->last);
}

/* From the end: many that return at once come in their order. */
void flight_queue_insert(struct flight_queue *queue, struct flight *flight)
{
    struct flight *prev = queue->last;
    while (prev != NULL && prev->start_order > flight->start_order)
        prev = prev->prev;
    insert_after(queue, flight, prev);
}

void flight_leave_queue(struct flight *flight)
{
    struct flight_queue *queue = flight->queue;
    if (queue == NULL)
        return;
    if (flight->prev == NULL)
        queue->first = flight->next;
    else
        flight->prev->next = flight->next;
    if (flight->next == NULL)
        queue->last = flight->prev;
    else
        flight->next->prev = flight->prev;
    flight->queue = NULL;
}
