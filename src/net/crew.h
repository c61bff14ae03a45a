/* The workers of a net. A slot is always the same worker's, so that each has as many connections as
 * the others, and one that is faster more checks. */
#ifndef NET_CREW_H
#define NET_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "engine/ops.h"
#include "net/loop.h"
#include "net/worker.h"

struct crew {
    struct worker **workers;
    uint32_t count;
    uint32_t next; /* whose events are taken next */
    struct front front;
};

/* Without workers. The loop is that of the thread that uses the crew, and outlives it. */
void crew_init(struct crew *crew, struct loop *loop);
/* Adds the workers, once. Returns 0 or a negative errno, and then there are none. */
int crew_hire(struct crew *crew, uint32_t count, uint32_t slot_count, bool recycles)
    __attribute__((warn_unused_result));
void crew_fini(struct crew *crew);

/* As in struct ops; there are workers. */
void crew_start(struct crew *crew, uint32_t slot, const struct address *target,
                const struct connect_options *options);
int64_t crew_began_ns(struct crew *crew, uint32_t slot);
void crew_conclude(struct crew *crew, uint32_t slot, struct event *event);
void crew_cancel(struct crew *crew, uint32_t slot, struct observation *last);

bool crew_has_event(struct crew *crew);
/* Unless there is one: the next event wakes the loop. Whoever waits looks once more in between. */
void crew_listen(struct crew *crew);
/* False: none. */
bool crew_take_event(struct crew *crew, struct event *event);

#endif
