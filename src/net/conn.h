/* Connections by slot: from the start of a handshake until the last of the
 * connection is gone. Meets every call with at most one event to tell at a time. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "engine/ops.h"
#include "net/conn_pool.h"
#include "net/list.h"
#include "net/loop.h"
#include "net/slot_map.h"

/* Connections that close gracefully after their slot was taken from them. */
#define CONN_ORPHANS_MAX 64

struct conn_table {
    struct loop *loop;
    struct conn_pool pool;
    struct slot_map slots; /* slot to entry of the pool */
    bool recycles;         /* sockets serve more than one connection; set before the first */
    struct list told;      /* with an event to tell, in the order of its happening */
    struct list closing;   /* by the moment at which its time is up */
    uint32_t orphan_count;
    struct slot_set without_memory;
};

void conn_table_init(struct conn_table *table, struct loop *loop);
/* Room to say of each slot below slot_count that there is no memory for it: nobody may use others.
 * False: memory. */
bool conn_table_reserve(struct conn_table *table, uint32_t slot_count)
    __attribute__((warn_unused_result));
/* Closes everything at once. */
void conn_table_fini(struct conn_table *table);

/* As in struct ops. */
void conn_start(struct conn_table *table, uint32_t slot, const struct address *target,
                const struct connect_options *options);
/* The slot's handshake goes on, as far as anybody has heard. */
bool conn_is_connecting(const struct conn_table *table, uint32_t slot);
int64_t conn_began_ns(const struct conn_table *table, uint32_t slot);
void conn_conclude(struct conn_table *table, uint32_t slot, struct event *event);
void conn_cancel(struct conn_table *table, uint32_t slot, struct observation *last);

/* The loop says that something happened to an entry; heard_ns is when. */
void conn_hear(struct conn_table *table, uint32_t entry, uint32_t events, int64_t heard_ns);

/* When conn_expire() has something to do, or INT64_MAX. */
int64_t conn_next_ns(const struct conn_table *table);
void conn_expire(struct conn_table *table, int64_t now_ns);
/* Closes the sockets that are kept for connections to come. */
void conn_shed_idle(struct conn_table *table);

bool conn_has_event(const struct conn_table *table);
/* False: none. */
bool conn_take_event(struct conn_table *table, struct event *event);
/* An event of this kind was taken and has not been heard: it is to be told again. The slot's
 * connection is not gone. */
void conn_untell(struct conn_table *table, uint32_t slot, enum event_kind kind);

#endif
