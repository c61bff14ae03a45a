/* One check under way: its attempts, one after another, until one of them
 * decides. */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/check.h"
#include "core/result.h"
#include "engine/budget.h"
#include "engine/fleet.h"
#include "engine/timer.h"
#include "engine/tower.h"

enum run_state {
    RUN_IDLE,   /* prepared, without a check */
    RUN_PAUSED, /* between two attempts */
    RUN_RESOLVING,
    RUN_CONNECTING,
    RUN_FINISHED, /* its result is to be taken */
};

struct run {
    enum run_state state;
    uint32_t lookup; /* its slot for lookups; all its life */
    bool is_endless;
    struct budget budget; /* stopped while something of ours holds the attempt back: the pacer, a
                             source port in use, a want of descriptors */
    int64_t started_ns;   /* of the attempt: budget_own_ns() */
    int64_t ended_ns;     /* when the last of its addresses so far ended */
    int64_t opened_ns;    /* when the first of them opened, or INT64_MAX */
    struct result *result;
    struct tower *tower;
    struct fleet fleet;
    struct timer deadline_timer;
    struct timer next_timer;
};

struct run *run_of_deadline_timer(struct timer *timer);
struct run *run_of_next_timer(struct timer *timer);

/* Returns 0 or -ENOMEM; needs run_fini() either way. Stays where it is. */
int run_init(struct run *run, struct tower *tower, uint32_t lookup, bool is_endless)
    __attribute__((warn_unused_result));
/* Ends what is under way of it. The result stays, and says nothing of that. */
void run_abandon(struct run *run);
void run_fini(struct run *run);

/* Gets all that it takes to end with a result, whatever happens. Idle. Returns 0 or -ENOMEM. */
int run_prepare(struct run *run) __attribute__((warn_unused_result));
/* Starts a check, once prepared. */
void run_begin(struct run *run, const struct check *check, uint64_t sequence, int64_t now_ns);
/* Ends a check as cancelled, before any attempt, once prepared. */
void run_skip(struct run *run, const struct check *check, uint64_t sequence, int64_t now_ns);
/* The result of a run that is finished, the caller's; the run is idle again. */
struct result *run_take_result(struct run *run);

/* What happens to it. After each of these it may be finished. */
void run_resolved(struct run *run, const struct resolution *resolution, int64_t now_ns);
void run_deadline(struct run *run, int64_t now_ns);
void run_next(struct run *run, int64_t now_ns);
void run_cancel(struct run *run, int64_t now_ns);

/* Whether the attempt's clock runs: tower_is_stuck() has changed, or something of the attempt has.
 * since_ns is when the last of it that was under way ended. */
void run_keep_clock(struct run *run, int64_t since_ns, int64_t now_ns);
void run_resume(struct run *run, int64_t now_ns);
/* The timer of the deadline, where that has moved. */
void run_set_deadline(struct run *run);
/* On a clock that stands still while the check is held. */
int64_t run_own_ns(const struct run *run, int64_t when_ns);

/* The rest is for engine/approach.c.
 *
 * The one place where a run changes its state. */
void run_enter(struct run *run, enum run_state state);
/* Something of the attempt goes out; what counts is the first time, of it and of the check. */
void run_note_begin(struct run *run, int64_t now_ns);
/* The attempt has ended: its addresses have spoken; it never came to try one; memory is short. */
void run_fold(struct run *run, int64_t ended_ns);
void run_end_unstarted(struct run *run, int64_t ended_ns);
void run_fail(struct run *run, int64_t now_ns);

#endif
