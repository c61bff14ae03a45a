/* A thread that makes connections: a loop, a table of connections, and a mailbox to the
 * thread that it works for, its front. What the front does here is as in struct ops, and of one
 * worker only by one front at a time. */
#ifndef NET_WORKER_H
#define NET_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "engine/ops.h"
#include "net/loop.h"

struct worker;

/* Whom workers wake when they have news. */
struct front {
    struct loop *loop;
    atomic_bool is_waiting; /* the news since then have to wake it */
};

struct worker_options {
    struct front *front; /* outlives the worker */
    uint32_t slot_count; /* slots are below this */
    bool recycles;       /* struct conn_table */
};

/* Starts the thread. Returns 0 or a negative errno. */
int worker_create(struct worker **worker, const struct worker_options *options)
    __attribute__((warn_unused_result));
/* Ends the thread, and closes everything at once. NULL is allowed. */
void worker_destroy(struct worker *worker);

/* options->interface is looked at until the slot's event has come, or the slot was cancelled. */
void worker_start(struct worker *worker, uint32_t slot, const struct address *target,
                  const struct connect_options *options);
int64_t worker_began_ns(struct worker *worker, uint32_t slot);
/* One that the thread has not come to is begun first. */
void worker_conclude(struct worker *worker, uint32_t slot, struct event *event);
void worker_cancel(struct worker *worker, uint32_t slot, struct observation *last);

/* Closes the sockets that it keeps for connections to come: others may need them now. */
void worker_shed_idle(struct worker *worker);

bool worker_has_event(struct worker *worker);
/* False: none. */
bool worker_take_event(struct worker *worker, struct event *event);

#endif
