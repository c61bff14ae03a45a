/* Sorts what comes: a SYN is met by the behaviour of its rule, the rest belongs to a
 * connection. Only the count of a flow's SYNs and its standing are remembered. */
#include "hosts.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "connection.h"
#include "errand.h"
#include "monotonic.h"

struct event_record hosts_record(const struct segment *segment, const struct flow *flow,
                                 int64_t arrived_ns)
{
    struct event_record record = {
        .arrived_ns = arrived_ns,
        .client_port = segment->from.port,
        .server_port = segment->to.port,
    };
    memcpy(record.client, segment->from.address.bytes, sizeof(record.client));
    memcpy(record.server, segment->to.address.bytes, sizeof(record.server));
    if (flow != NULL) {
        record.line = flow->line;
        record.client_isn = flow->client_isn;
        record.nth = (uint8_t)(flow->syn_count < UINT8_MAX ? flow->syn_count : UINT8_MAX);
    }
    return record;
}

void hosts_send(struct hosts *hosts, const struct answer *answer, struct event_record *record)
{
    int64_t acted_ns = monotonic_ns();
    ssize_t written;
    do
        written = write(hosts->wire_fd, answer->bytes, answer->length);
    while (written < 0 && errno == EINTR);
    bool is_sent = written == (ssize_t)answer->length;
    hosts->tally.answers += is_sent;
    hosts->tally.lost += !is_sent;
    if (record == NULL)
        return;
    record->acted_ns = acted_ns;
    if (!is_sent)
        record->event = EVENT_LOST;
    event_log_add(&hosts->log, record);
}

/* ---- SYNs -------------------------------------------------------------- */

static void begin(struct hosts *hosts, struct flow *flow, const struct segment *syn)
{
    struct rule_decision decision = rule_set_decide(hosts->rules, &syn->to.address, syn->to.port);
    flow->behaviour = decision.behaviour;
    flow->line = decision.rule != NULL ? decision.rule->line : 0;
    flow->client_isn = syn->sequence;
    flow->client_next = syn->sequence + 1;
}

static enum act first_act(enum behaviour_kind kind)
{
    if (kind == BEHAVIOUR_REFUSE)
        return ACT_REFUSE;
    return kind == BEHAVIOUR_ICMP ? ACT_ICMP : ACT_SYNACK;
}

static bool is_answered(const struct behaviour *behaviour, uint32_t nth)
{
    return behaviour != NULL && behaviour->kind != BEHAVIOUR_DROP &&
           (behaviour->nth == 0 || behaviour->nth == nth);
}

static void receive_syn(struct hosts *hosts, const struct segment *syn, int64_t now_ns)
{
    struct flow *flow = flow_table_take(&hosts->flows, syn);
    if (flow->syn_count > 0 && flow->client_isn != syn->sequence)
        flow_restart(flow);
    if (flow->syn_count == 0)
        begin(hosts, flow, syn);
    flow->syn_count++;
    hosts->tally.syns++;
    const struct behaviour *behaviour = flow->behaviour;
    if (!is_answered(behaviour, flow->syn_count)) {
        struct event_record record = hosts_record(syn, flow, now_ns);
        record.event = EVENT_SILENCE;
        event_log_add(&hosts->log, &record);
        return;
    }
    struct errand errand = {
        .act = first_act(behaviour->kind),
        .behaviour = behaviour,
        .line = flow->line,
        .nth = flow->syn_count,
        .repeats_left = behaviour->repeats,
        .flow_index = flow->index,
        .flow_serial = flow->serial,
        .client_isn = syn->sequence,
        .arrived_ns = now_ns,
        .due_ns = now_ns + behaviour->after_ns,
    };
    errand_start(hosts, &errand, syn);
}

/* ---- all packets ------------------------------------------------------- */

void hosts_receive(struct hosts *hosts, const uint8_t *packet, size_t length, int64_t now_ns)
{
    struct segment segment;
    if (!segment_parse(packet, length, &segment))
        return;
    if ((segment.flags & (TH_SYN | TH_ACK | TH_RST)) == TH_SYN) {
        receive_syn(hosts, &segment, now_ns);
        return;
    }
    struct flow *flow = flow_table_find(&hosts->flows, &segment);
    bool is_reset = (segment.flags & TH_RST) != 0;
    if (flow != NULL && is_reset)
        connection_receive_reset(hosts, flow, &segment, now_ns);
    else if (flow != NULL)
        connection_receive(hosts, flow, &segment, now_ns);
    else if (!is_reset)
        connection_receive_stray(hosts, &segment);
}

void hosts_advance(struct hosts *hosts, int64_t now_ns)
{
    while (agenda_due_ns(&hosts->agenda) <= now_ns) {
        /* A copy: what it does may be to plan something more. */
        const struct appointment due = *agenda_take(&hosts->agenda);
        struct segment segment;
        if (segment_parse(due.packet, due.packet_length, &segment))
            errand_run(hosts, &due.errand, &segment);
    }
}
