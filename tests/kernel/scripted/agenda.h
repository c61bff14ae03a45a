/* What is to be done later, in the order in which it is due.
 *
 * A fixed number of places, so that nothing is allocated while packets fly. */
#ifndef SCRIPTED_AGENDA_H
#define SCRIPTED_AGENDA_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"

struct behaviour;

/* The longest headers, IPv6 (40) and TCP with options (60), and something of a payload. */
#define AGENDA_PACKET_MAX 128

enum act {
    ACT_SYNACK,
    ACT_REPEAT_SYNACK, /* to a connection that stands */
    ACT_REFUSE,
    ACT_ICMP,
    ACT_FOLLOW, /* what a behaviour does once the handshake is done */
};

/* One thing to do about one segment that came from a client. */
struct errand {
    enum act act;
    const struct behaviour *behaviour;
    uint32_t line; /* of its rule */
    uint32_t nth;  /* the SYN's number in its flow */
    uint32_t repeats_left;
    uint32_t flow_index;
    uint32_t flow_serial;
    uint32_t client_isn;
    int64_t arrived_ns; /* when the segment came */
    int64_t due_ns;
};

struct appointment {
    uint64_t order;
    struct errand errand;
    uint16_t packet_length;
    uint8_t packet[AGENDA_PACKET_MAX];
};

struct agenda {
    struct appointment *places;
    uint32_t *heap; /* the first `count` are due, by time, then by order; the rest are free */
    uint32_t count;
    uint32_t capacity;
    uint64_t next_order;
};

/* Memory for so many is reserved, and used as they come. */
bool agenda_init(struct agenda *agenda, uint32_t capacity) __attribute__((warn_unused_result));
void agenda_fini(struct agenda *agenda);

/* Keeps a copy of the packet's beginning. False: there is no place left. */
bool agenda_add(struct agenda *agenda, const struct errand *errand, const struct segment *segment)
    __attribute__((warn_unused_result));

/* When the next one is due; INT64_MAX: there is none. */
int64_t agenda_due_ns(const struct agenda *agenda);
/* Takes that one out. It may be read until something is added. NULL: there is none. */
const struct appointment *agenda_take(struct agenda *agenda);

#endif
