/* How an attempt goes about its addresses: which are tried when, and when the last word on them is
 * spoken. A part of the run, which may be finished after each of these. */
#ifndef ENGINE_APPROACH_H
#define ENGINE_APPROACH_H

#include <stdint.h>

#include "core/address.h"
#include "engine/flight.h"
#include "engine/ops.h"
#include "engine/run.h"

/* The addresses of the attempt are known since since_ns. */
void approach_start(struct run *run, const struct address *addresses, uint32_t count,
                    int64_t since_ns, int64_t now_ns);
/* The run's TIMER_NEXT: the next address has waited for long enough. */
void approach_next(struct run *run, int64_t now_ns);
/* The tower lets a flight start. */
void approach_depart(struct run *run, struct flight *flight, int64_t now_ns);
/* EVENT_OBSERVED, of a flight in the air or held. */
void approach_observed(struct run *run, struct flight *flight, const struct event *event,
                       int64_t now_ns);
/* TIMER_HOLD. */
void approach_hold_due(struct run *run, struct flight *flight, int64_t now_ns);
/* TIMER_DEADLINE. */
void approach_deadline(struct run *run, int64_t now_ns);

#endif
