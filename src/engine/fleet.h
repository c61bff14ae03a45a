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
    struct flight *flights; /* both kinds, the latest first */
    struct flight *latest;  /* the one that started last, while it is in the air */
};

void fleet_init(struct fleet *fleet, struct run *run, struct tower *tower);
/* No flight is left. */
void fleet_fini(struct fleet *fleet);

/* Copies the addresses of an attempt; each becomes what the kernel would really connect to. Returns
 * 0 or -ENOMEM. */
int fleet_assign(struct fleet *fleet, struct result *result, const struct address *addresses,
                 uint32_t count) __attribute__((warn_unused_result));

/* Addresses not yet asked for. */
uint32_t fleet_left(const struct fleet *fleet);
/* Asks the tower for the next of them; there is one. Returns 0 or -ENOMEM. */
int fleet_call_next(struct fleet *fleet, int64_t now_ns) __attribute__((warn_unused_result));

/* The tower lets this flight start: it does, offset_ns after the attempt. Returns 0 or -ENOMEM,
 * and then it waits as before. */
int fleet_depart(struct fleet *fleet, struct flight *flight, int64_t offset_ns, int64_t now_ns)
    __attribute__((warn_unused_result));

/* What an observation comes to. One that opened after the deadline has timed out; all else that
 * was seen, however late, was seen. *ended_ns is when it ended, for a time-out no later than
 * the deadline. */
enum tcpcheck_outcome fleet_judge(const struct observation *seen, int64_t deadline_ns,
                                  int64_t *ended_ns);

/* A flight in the air ended; `is_closing`: but for its connection. */
void fleet_end(struct fleet *fleet, struct flight *flight, const struct observation *seen,
               enum tcpcheck_outcome outcome, int64_t ended_ns, bool is_closing, int64_t now_ns);
/* It found no descriptor: it waits again. That is all that is known should it never get one. */
void fleet_return(struct fleet *fleet, struct flight *flight, const struct observation *seen,
                  int64_t now_ns);

/* Ends all flights at the deadline, which is offset_ns after the attempt's start, asking a last
 * time what became of each. Returns when the first of them had opened, else when the last of them
 * ended: the deadline, as a rule. */
int64_t fleet_end_at_deadline(struct fleet *fleet, int64_t deadline_ns, int64_t offset_ns,
                              int64_t now_ns);
/* Ends all flights; those in the air are recorded as cancelled at ended_ns. */
void fleet_cancel(struct fleet *fleet, int64_t ended_ns, int64_t now_ns);

#endif
