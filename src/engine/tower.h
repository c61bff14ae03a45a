/* Decides when each flight may start, and knows every flight until its connection is gone.
 *
 * A flight passes, in this order: the gate of its source port (one at a time towards a target), the
 * berths of its host (so many at a time, until their connections are gone), the
 * lane of its host (one at a time waits for the host's rate), and the runway,
 * which is one line for what all of them share: the total rate and the descriptors. */
#ifndef ENGINE_TOWER_H
#define ENGINE_TOWER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/limits.h"
#include "engine/clearance.h"
#include "engine/engine.h"
#include "engine/flight.h"
#include "engine/gate.h"
#include "engine/ops.h"
#include "engine/pace.h"
#include "engine/slots.h"
#include "engine/timer.h"

/* How often more flights than before are let try while descriptors are short. */
#define TOWER_RETRY_NS INT64_C(100000000)

struct tower {
    const struct ops *ops;
    struct net *net;
    struct timer_heap *timers;
    struct timer runway_timer;
    struct timer shortage_timer;
    struct pace pace;
    struct gate ports;
    struct gate berths; /* limit 0: as many as there are */
    struct gate lanes;
    struct clearance clearance;
    struct restraint restraint; /* but for what the clearance counts */
    struct slots slots;
    struct flight_queue returned; /* the runway: first those that found no descriptor, */
    struct flight_queue waiting;  /* then the others */
    struct flight_queue closing;  /* the oldest first */
    struct flight *idle;
    uint64_t next_start_order;
    uint32_t held_count;
    uint32_t waiting_count; /* flights that have asked, and are not in the air */
    bool is_blocked;        /* the last tower_next() stopped for want of a descriptor */
    int64_t clear_ns;       /* since when it does not */
    int64_t paced_ns;       /* when the total rate last stopped it; meaningful when has_paced */
    bool has_paced;

    bool is_short;      /* descriptors were short: */
    int shortage;       /* with this errno; */
    uint32_t allowance; /* so many flights may start all the same, */
    uint32_t growth;    /* and so many more the next time that the timer fires */
};

/* Returns 0 or -ENOMEM. Stays where it is until tower_fini(). */
int tower_init(struct tower *tower, const struct ops *ops, struct net *net,
               struct timer_heap *timers, const struct engine_options *options)
    __attribute__((warn_unused_result));
/* Closes what is closing. All other flights are over. */
void tower_fini(struct tower *tower);

/* A new flight, zeroed but for what is the tower's; NULL when memory is short. */
struct flight *tower_new_flight(struct tower *tower);
/* It wants to start; its address, source_port and run are set. */
void tower_request(struct tower *tower, struct flight *flight, int64_t now_ns);
/* The flight that may start now, or NULL; then a timer, a landing or a release
 * makes the difference. May end a closing connection to make room. */
struct flight *tower_next(struct tower *tower, int64_t now_ns);
/* That flight starts: it has a slot, and is in the air. Returns 0 or -ENOMEM, and
 * then it has not moved. */
int tower_depart(struct tower *tower, struct flight *flight, int64_t now_ns)
    __attribute__((warn_unused_result));
/* It found no descriptor (errno `error`), so it has none: it waits for one before all
 * others. */
void tower_return(struct tower *tower, struct flight *flight, int error, int64_t now_ns);
/* Its connection has opened, and is watched until then: TIMER_HOLD. */
void tower_hold(struct tower *tower, struct flight *flight, int64_t until_ns);
/* Its connection is reported and goes on closing. */
void tower_close(struct tower *tower, struct flight *flight);
/* It is over, wherever it was, and so is its connection. Not to be used any more. */
void tower_land(struct tower *tower, struct flight *flight, int64_t now_ns);

/* TIMER_LANE and TIMER_SHORTAGE. */
void tower_lane_due(struct tower *tower, struct flight *flight, int64_t now_ns);
void tower_shortage_due(struct tower *tower, int64_t now_ns);

/* How often each limit was felt so far. */
struct restraint tower_restraint(const struct tower *tower);

/* The flight that has this slot, or NULL. */
struct flight *tower_flight(const struct tower *tower, uint32_t slot);
/* Connections in the air, held or closing. */
uint32_t tower_open_count(const struct tower *tower);
/* Descriptors are short although none is ours that could become free before its time: those of
 * connections that are held do not count. */
bool tower_is_stuck(const struct tower *tower);

#endif
