/* The least of a TCP: acknowledges in order, answers an end with an end and a probe with what
 * it knows, and never retransmits. The wire loses nothing, so nothing more is needed;
 * whatever a kernel on the other side does, each segment gets at most one. */
#include "connection.h"

#include <netinet/tcp.h>

#include "errand.h"
#include "monotonic.h"

#define WINDOW    65535
#define NS_PER_MS 1000000

uint16_t connection_window(const struct behaviour *behaviour)
{
    return behaviour->kind == BEHAVIOUR_ZERO_WINDOW ? 0 : WINDOW;
}

uint32_t connection_clock_ms(void)
{
    return (uint32_t)(monotonic_ns() / NS_PER_MS);
}

static void note(struct hosts *hosts, const struct flow *flow, const struct segment *segment,
                 enum event event, int64_t now_ns)
{
    struct event_record record = hosts_record(segment, flow, now_ns);
    record.event = (uint8_t)event;
    event_log_add(&hosts->log, &record);
}

/* Sends a segment and moves on; an event is worth a record, a mere acknowledgement is not. */
static void send_with(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                      uint8_t flags, struct event_record *record)
{
    const struct behaviour *behaviour = flow->behaviour;
    bool is_data = (flags & TH_PUSH) != 0;
    bool is_reset = (flags & TH_RST) != 0;
    struct answer_tcp what = {
        .sequence = flow->send_next,
        .acknowledgement = flow->client_next,
        .flags = flags,
        .window = connection_window(behaviour),
        .has_timestamp = behaviour->has_timestamps && segment->has_timestamp && !is_reset,
        .timestamp = connection_clock_ms(),
        .payload = is_data ? behaviour->text : NULL,
        .payload_length = is_data ? behaviour->text_length : 0,
    };
    struct answer answer;
    answer_make_tcp(&answer, segment, &what);
    flow->send_next += (uint32_t)what.payload_length + ((flags & TH_FIN) != 0);
    hosts_send(hosts, &answer, record);
}

void connection_follow(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                       int64_t arrived_ns)
{
    struct event_record record = hosts_record(segment, flow, arrived_ns);
    if (flow->state != FLOW_ESTABLISHED || flow->has_sent_fin)
        return;
    if (flow->behaviour->kind == BEHAVIOUR_SYNACK_RST) {
        record.event = EVENT_SENT_RST;
        flow->state = FLOW_ENDED;
        send_with(hosts, flow, segment, TH_RST | TH_ACK, &record);
    } else if (flow->behaviour->kind == BEHAVIOUR_SYNACK_FIN) {
        record.event = EVENT_SENT_FIN;
        flow->has_sent_fin = true;
        send_with(hosts, flow, segment, TH_FIN | TH_ACK, &record);
    } else if (flow->behaviour->kind == BEHAVIOUR_SYNACK_DATA) {
        record.event = EVENT_SENT_DATA;
        send_with(hosts, flow, segment, TH_PUSH | TH_ACK, &record);
    }
}

static void establish(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                      int64_t now_ns)
{
    struct errand errand = {
        .act = ACT_FOLLOW,
        .behaviour = flow->behaviour,
        .line = flow->line,
        .nth = flow->syn_count,
        .flow_index = flow->index,
        .flow_serial = flow->serial,
        .client_isn = flow->client_isn,
        .arrived_ns = now_ns,
        .due_ns = now_ns + flow->behaviour->then_ns,
    };
    flow->state = FLOW_ESTABLISHED;
    note(hosts, flow, segment, EVENT_ESTABLISHED, now_ns);
    errand_start(hosts, &errand, segment);
}

/* Our own end may have crossed the client's; then it is said again, with its old number. */
static void answer_end(struct hosts *hosts, struct flow *flow, const struct segment *segment)
{
    bool is_ours_seen = flow->has_sent_fin && segment->acknowledgement == flow->send_next;
    if (flow->has_sent_fin && !is_ours_seen)
        flow->send_next--;
    flow->has_sent_fin = true;
    send_with(hosts, flow, segment, is_ours_seen ? TH_ACK : TH_FIN | TH_ACK, NULL);
}

static bool is_after(uint32_t sequence, uint32_t other)
{
    return (int32_t)(sequence - other) > 0;
}

/* Returns whether something came that wants an answer. */
static bool take_content(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                         int64_t now_ns)
{
    bool is_taken = segment->payload_length == 0 || connection_window(flow->behaviour) > 0;
    bool is_probe = is_after(flow->client_next, segment->sequence);
    if (segment->payload_length > 0)
        note(hosts, flow, segment, EVENT_GOT_DATA, now_ns);
    if ((segment->flags & TH_FIN) != 0)
        note(hosts, flow, segment, EVENT_GOT_FIN, now_ns);
    if (is_taken && is_after(segment_end(segment), flow->client_next))
        flow->client_next = segment_end(segment);
    return is_probe || segment->payload_length > 0;
}

void connection_receive(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                        int64_t now_ns)
{
    if (flow->state == FLOW_ASKED || flow->state == FLOW_ENDED)
        return;
    if (flow->state == FLOW_ANSWERED && segment->acknowledgement == flow->send_next)
        establish(hosts, flow, segment, now_ns);
    bool wants_answer = take_content(hosts, flow, segment, now_ns);
    if (flow->behaviour->kind == BEHAVIOUR_SYNACK_SILENCE || flow->state == FLOW_ENDED)
        return;
    if ((segment->flags & TH_FIN) != 0)
        answer_end(hosts, flow, segment);
    else if (wants_answer)
        send_with(hosts, flow, segment, TH_ACK, NULL);
}

void connection_receive_reset(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                              int64_t now_ns)
{
    note(hosts, flow, segment, EVENT_GOT_RST, now_ns);
    flow->state = FLOW_ENDED;
}

void connection_receive_stray(struct hosts *hosts, const struct segment *segment)
{
    struct answer answer;
    if ((segment->flags & TH_FIN) == 0)
        return;
    answer_make_tcp(&answer, segment,
                    &(struct answer_tcp){.sequence = segment->acknowledgement,
                                         .acknowledgement = segment_end(segment),
                                         .flags = TH_FIN | TH_ACK,
                                         .window = WINDOW,
                                         .has_timestamp = segment->has_timestamp,
                                         .timestamp = connection_clock_ms()});
    hosts_send(hosts, &answer, NULL);
}
