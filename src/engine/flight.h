/* One address being tried, from the moment it is to be tried until its
 * connection is gone. A flight moves only through its tower. */
#ifndef ENGINE_FLIGHT_H
#define ENGINE_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "core/result.h"
#include "engine/gate.h"
#include "engine/timer.h"

struct run;
struct flight_queue;

enum flight_state {
    FLIGHT_IDLE,      /* belongs to the tower */
    FLIGHT_AT_GATE,   /* waits for its source port */
    FLIGHT_AT_BERTH,  /* waits for one of the connections that its host may have at once */
    FLIGHT_IN_LANE,   /* waits for its host's rate, or for those before it there */
    FLIGHT_ON_RUNWAY, /* waits for the total rate and for a descriptor */
    FLIGHT_IN_AIR,    /* connect_start() was called; one observation will come */
    FLIGHT_HELD,      /* it has opened, and is watched for a while */
    FLIGHT_CLOSING,   /* reported and without a run; holds slot, source port and berth until
                         released */
};

struct flight {
    enum flight_state state;
    uint32_t slot; /* in the air, held, and closing */
    struct run *run;
    struct flight *sibling; /* the next of its fleet */
    struct address address; /* with port */
    uint16_t source_port;   /* 0: the kernel's choice */
    bool has_started;       /* waiting: it had, and found no descriptor */
    bool is_recorded;
    uint64_t start_order; /* where has_started: among all that did */
    uint32_t tried;       /* where: its place in result.tried */
    bool is_alone;     /* in the air: when it departed, nothing else of its attempt was under way */
    int64_t began_ns;  /* in the air: when the handshake did, as far as the attempt's clock knows */
    int64_t due_ns;    /* in the air: its deadline, which was the attempt's when it departed, and is
                           later by as much as the handshake began late */
    int64_t asked_ns;  /* since when it waits for a berth, or for its host's rate */
    int64_t queued_ns; /* since when it is on the runway */
    struct timer timer; /* of the lane, and of the hold */
    struct gate_pass port_pass;
    struct gate_pass berth_pass;
    struct gate_pass lane_pass;
    struct flight_queue *queue; /* the one that it is in, or NULL */
    struct flight *next;
    struct flight *prev;
};

struct flight *flight_of_timer(struct timer *timer);
struct flight *flight_of_port_pass(struct gate_pass *pass);
struct flight *flight_of_berth_pass(struct gate_pass *pass);
struct flight *flight_of_lane_pass(struct gate_pass *pass);

/* It is in the air, held or closing. */
bool flight_has_slot(const struct flight *flight);

/* Writes down what was seen of it. The outcome is the caller's judgement, and so is ended_ns. */
void flight_record(const struct flight *flight, struct tried *tried, const struct observation *seen,
                   enum tcpcheck_outcome outcome, int64_t ended_ns);

/* First in, first out; a flight is in one queue at most. */
struct flight_queue {
    struct flight *first;
    struct flight *last;
};

void flight_queue_push(struct flight_queue *queue, struct flight *flight);
/* Before all that started later. The others are in that order. */
void flight_queue_insert(struct flight_queue *queue, struct flight *flight);
/* Leaves the queue that it is in, if any. */
void flight_leave_queue(struct flight *flight);

#endif
