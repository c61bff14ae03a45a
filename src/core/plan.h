/* What comes next for a check: pure decisions, all of them on values. */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/check.h"
#include "core/result.h"

struct plan_step {
    bool is_finished;
    int64_t start_ns; /* otherwise: when the next attempt starts, monotonic */
};

/* After an attempt that ended at now_ns. `is_endless` (tcpcheck wait): every
 * outcome but the expected one and cancellation is retried, however often. */
struct plan_step plan_next(const struct result *result, bool is_endless, int64_t now_ns);

/* When the next address of a name starts if the one started at now_ns has not
 * ended by then; `left` addresses are still to be tried, the deadline is that
 * of the attempt. Not for ADDRESSES_ALL: there they start together. */
int64_t plan_stagger_ns(enum addresses addresses, int64_t now_ns, int64_t deadline_ns,
                        uint32_t left);

/* Orders addresses for a race: by turns of each family, the first one's first; within a
 * family as they were (RFC 8305, section 4). At most CHECK_ADDRESSES_MAX. */
void plan_race_order(struct address *addresses, uint32_t count);

#endif
