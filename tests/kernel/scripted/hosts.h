/* All hosts behind the wire, each as its rule says, and the routers before them. */
#ifndef SCRIPTED_HOSTS_H
#define SCRIPTED_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "agenda.h"
#include "answer.h"
#include "event_log.h"
#include "flow_table.h"
#include "rule_set.h"

struct hosts_tally {
    uint64_t syns;
    uint64_t answers;  /* packets written */
    uint64_t lost;     /* packets that could not be written */
    uint64_t overruns; /* SYNs that the agenda had no place for */
};

struct hosts {
    const struct rule_set *rules;
    int wire_fd; /* one packet a read() or write() */
    struct flow_table flows;
    struct agenda agenda;
    struct event_log log;
    struct hosts_tally tally;
};

/* A packet has come. It is not needed afterwards. */
void hosts_receive(struct hosts *hosts, const uint8_t *packet, size_t length, int64_t now_ns);
/* Does what is due. */
void hosts_advance(struct hosts *hosts, int64_t now_ns);

/* ---- for the parts of the hosts ---------------------------------------- */

/* The record of an event at a client's segment; event and answer are still missing. */
struct event_record hosts_record(const struct segment *segment, const struct flow *flow,
                                 int64_t arrived_ns);
/* Writes a packet. The record, if there is one, gets the time and goes into the log. */
void hosts_send(struct hosts *hosts, const struct answer *answer, struct event_record *record);

#endif
