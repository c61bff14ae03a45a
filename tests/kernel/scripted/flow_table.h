/* The connections under way, found by their four ends.
 *
 * A fixed number of places; when all are taken, the one that was silent for longest is
 * forgotten. That costs nothing that matters: of a forgotten flow only the count of
 * its SYNs is lost, and its end is still answered. */
#ifndef SCRIPTED_FLOW_TABLE_H
#define SCRIPTED_FLOW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

struct behaviour;

enum flow_state {
    FLOW_ASKED,       /* SYNs have come */
    FLOW_ANSWERED,    /* a SYN-ACK has gone out */
    FLOW_ESTABLISHED, /* and was acknowledged */
    FLOW_ENDED,       /* reset, by either side */
};

struct flow {
    struct endpoint client;
    struct endpoint server;
    const struct behaviour *behaviour; /* NULL: no rule has this server */
    uint32_t line;                     /* of its rule; 0 likewise */
    uint32_t client_isn;               /* tells one use of a port from the next */
    uint32_t server_isn;
    uint32_t send_next;   /* our next sequence number */
    uint32_t client_next; /* and the client's */
    uint32_t syn_count;
    uint32_t serial; /* differs each time that the place is used anew */
    enum flow_state state;
    bool has_sent_fin;
    uint32_t index; /* the rest is the table's own */
    uint32_t bucket;
    uint32_t chained;
    uint32_t older;
    uint32_t newer;
};

struct flow_table {
    struct flow *flows;
    uint32_t *buckets;
    uint32_t capacity;
    uint32_t bucket_count; /* a power of two */
    uint32_t used;
    uint32_t oldest;
    uint32_t newest;
    uint64_t forgotten; /* so many flows had to make room */
};

/* Memory for so many flows is reserved, and used as they come. capacity: 1-2^24. */
bool flow_table_init(struct flow_table *table, uint32_t capacity)
    __attribute__((warn_unused_result));
void flow_table_fini(struct flow_table *table);

/* NULL: it is not there. A flow stays where it is until it is forgotten. */
struct flow *flow_table_find(struct flow_table *table, const struct segment *segment);
/* Found or added; an added one has no SYN yet, and only its ends are set. */
struct flow *flow_table_take(struct flow_table *table, const struct segment *segment);
/* The place starts anew, with its ends only. */
void flow_restart(struct flow *flow);

#endif
