/* The addresses of one attempt, and the flights that try them. Does what it is
 * told; when the next address starts is the run's to say. */
#ifndef ENGINE_FLEET_H
#define ENGINE_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "core/result.h"
#include "engine/flight.h"
#include "engine/ops.h"
#include "engine/tower.h"

struct fleet {
    struct run *run;
    struct tower *tower;
    struct result *result; /* what is seen is written into its last attempt */
    struct address *addresses;
    uint32_t address_count;
    uint32_t address_capacity;
    uint32_t next_address;  /* all before it have been asked for */
    uint32_t waiting_count; /* asked for, and not in the air */
    uint32_t in_air_count;
    uint32_t held_count;
    struct flight *flights; /* of all kinds, the latest first */
    struct flight *latest;  /* the one that started last, while it is in the air */
};

void fleet_init(struct fleet *fleet, struct run *run, struct tower *tower);
/* No flight is left. */
void fleet_fini(struct fleet *fleet);

/* Copies the addresses of an attempt, in the order in which to try them; each becomes what the
 * kernel would really connect to. Returns 0 or -ENOMEM. */
int fleet_assign(struct fleet *fleet, struct result *result, const struct address *addresses,
                 uint32_t count) __attribute__((warn_unused_result));

/* Addresses not yet asked for. */
uint32_t fleet_left(const struct fleet *fleet);
/* Nothing of it is in the air or held. */
bool fleet_is_down(const struct fleet *fleet);
/* Asks the tower for the next `count` of them that may be connected to, as far as there are so
 * many; what is not allowed before them is written down, offset_ns after the attempt. Returns 0 or
 * -ENOMEM. */
int fleet_call(struct fleet *fleet, uint32_t count, int64_t offset_ns, int64_t now_ns)
    __attribute__((warn_unused_result));

/* The tower lets this flight start: it does, offset_ns after the attempt. Returns 0 or -ENOMEM,
 * and then it waits as before. */
int fleet_depart(struct fleet *fleet, struct flight *flight, int64_t offset_ns, int64_t now_ns)
    __attribute__((warn_unused_result));

/* What an observation comes to. One that opened after the deadline has timed out; all else that
 * was seen, however late, was seen. *ended_ns is when it ended, for a time-out no later than
 * the deadline. */
enum tcpcheck_outcome fleet_judge(const struct observation *seen, int64_t deadline_ns,
                                  int64_t *ended_ns);

/* A flight in the air has opened, and goes on. */
void fleet_hold(struct fleet *fleet, struct flight *flight, const struct observation *seen);
/* A flight in the air or held has ended, as *event tells, but for its connection where that is
 * closing. One that opened too late is not held. */
void fleet_end(struct fleet *fleet, struct flight *flight, const struct event *event,
               enum tcpcheck_outcome outcome, int64_t ended_ns, int64_t now_ns);
/* It found no descriptor: it waits again. That is all that is known should it never get one. */
void fleet_return(struct fleet *fleet, struct flight *flight, const struct observation *seen,
                  int64_t now_ns);

/* A flight in the air, or NULL. */
struct flight *fleet_in_air(const struct fleet *fleet);

/* At least one address has opened, the first of them at opened_ns.
 * What lost is ended, and no other is tried. */
void fleet_keep_first_open(struct fleet *fleet, int64_t opened_ns, int64_t now_ns);
/* Of the addresses not yet asked for, only the first of each family that was not tried is left. */
void fleet_leave_untried_families(struct fleet *fleet);

/* Ends those that wait to start: the deadline, offset_ns after the attempt's start, has come.
 * Returns 0, or -ENOMEM where one that is to be told of could not be written down. */
int fleet_end_waiting(struct fleet *fleet, bool is_short, int64_t offset_ns, int64_t now_ns)
    __attribute__((warn_unused_result));
/* Ends all flights; those in the air, or held, are recorded as cancelled at ended_ns. */
void fleet_cancel(struct fleet *fleet, int64_t ended_ns, int64_t now_ns);

#endif
