/* The time that an attempt has, and the time that its check has been held: a clock that can be
 * stopped. It stands still while nothing of the attempt is under way and something of ours
 * holds it back. */
#ifndef ENGINE_BUDGET_H
#define ENGINE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
    bool is_held;
    int64_t held_since_ns;
    int64_t deadline_ns; /* of the attempt; while it is held, as it stood then */
    int64_t held_ns;     /* of the whole check, so far */
};

/* A new attempt, and not held. held_ns goes on. */
void budget_start(struct budget *budget, int64_t now_ns, int64_t timeout_ns);
/* Holds it since a moment that may have passed, unless it is held or its deadline had come by
 * then. Returns whether it is held. */
bool budget_hold(struct budget *budget, int64_t since_ns);
/* Goes on, with a later deadline. Returns whether it was held. */
bool budget_resume(struct budget *budget, int64_t now_ns);
/* So much of the time since its start was not the attempt's. */
void budget_leave_out(struct budget *budget, int64_t ns);
/* The deadline is not before this. */
void budget_extend(struct budget *budget, int64_t deadline_ns);
/* A moment at which it was not held, less all that the check had been held before: only
 * differences mean anything. */
int64_t budget_own_ns(const struct budget *budget, int64_t when_ns);

#endif
