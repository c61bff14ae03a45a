/* The answers to a SYN. Each is made from the SYN itself and the behaviour alone, as a network
 * would: an answer that was on its way when the client gave up arrives all the same. */
#include "errand.h"

#include <netinet/tcp.h>
#include <string.h>

#include "connection.h"
#include "hash.h"

#define ICMP4_UNREACHABLE 3
#define ICMP4_TOO_BIG     4 /* a code */
#define ICMP4_REDIRECT    5
#define ICMP6_TOO_BIG     2

/* The connection that the errand is about, or NULL when it is over or its port has
 * been used again. */
static struct flow *flow_of(struct hosts *hosts, const struct errand *errand)
{
    struct flow *flow = &hosts->flows.flows[errand->flow_index];
    return flow->serial == errand->flow_serial ? flow : NULL;
}

static struct event_record record_of(const struct errand *errand, const struct segment *syn,
                                     enum event event)
{
    struct event_record record = hosts_record(syn, NULL, errand->arrived_ns);
    record.line = errand->line;
    record.client_isn = errand->client_isn;
    record.nth = (uint8_t)(errand->nth < UINT8_MAX ? errand->nth : UINT8_MAX);
    record.event = (uint8_t)event;
    return record;
}

/* Never at once, so that what follows from itself does not nest. */
static void plan(struct hosts *hosts, const struct errand *errand, const struct segment *segment)
{
    if (agenda_add(&hosts->agenda, errand, segment))
        return;
    struct event_record record = record_of(errand, segment, EVENT_OVERRUN);
    hosts->tally.overruns++;
    event_log_add(&hosts->log, &record);
}

void errand_start(struct hosts *hosts, const struct errand *errand, const struct segment *segment)
{
    if (errand->due_ns <= errand->arrived_ns)
        errand_run(hosts, errand, segment);
    else
        plan(hosts, errand, segment);
}

/* ---- SYN-ACK ----------------------------------------------------------- */

/* The same for every SYN-ACK of a handshake. */
static uint32_t choose_isn(const struct segment *syn)
{
    uint64_t hash = (uint64_t)syn->from.port << 48 | (uint64_t)syn->to.port << 32 | syn->sequence;
    hash = hash_add_address(hash, &syn->from.address);
    return (uint32_t)hash_add_address(hash, &syn->to.address);
}

static void plan_repeat(struct hosts *hosts, const struct errand *errand, const struct segment *syn)
{
    struct errand next = *errand;
    if (errand->repeats_left == 0)
        return;
    next.act = ACT_REPEAT_SYNACK;
    next.repeats_left--;
    next.due_ns += errand->behaviour->every_ns;
    plan(hosts, &next, syn);
}

static void send_synack(struct hosts *hosts, const struct errand *errand, const struct segment *syn)
{
    const struct behaviour *behaviour = errand->behaviour;
    struct flow *flow = flow_of(hosts, errand);
    bool is_wrong = behaviour->kind == BEHAVIOUR_WRONG_ACK;
    struct event_record record =
        record_of(errand, syn, is_wrong ? EVENT_WRONG_SYNACK : EVENT_SYNACK);
    struct answer answer;
    struct answer_tcp synack = {
        .sequence = choose_isn(syn),
        .acknowledgement = syn->sequence + 1 + (is_wrong ? behaviour->delta : 0),
        .flags = TH_SYN | TH_ACK,
        .window = connection_window(behaviour),
        .has_timestamp = behaviour->has_timestamps && syn->has_timestamp,
        .timestamp = connection_clock_ms(),
    };
    if (errand->act == ACT_REPEAT_SYNACK)
        record.event = EVENT_REPEAT;
    if (flow != NULL && !is_wrong && flow->state != FLOW_ESTABLISHED) {
        flow->state = FLOW_ANSWERED;
        flow->send_next = synack.sequence + 1;
    }
    answer_make_tcp(&answer, syn, &synack);
    hosts_send(hosts, &answer, &record);
    plan_repeat(hosts, errand, syn);
}

static void repeat_synack(struct hosts *hosts, const struct errand *errand,
                          const struct segment *syn)
{
    const struct flow *flow = flow_of(hosts, errand);
    if (flow != NULL && flow->state != FLOW_ENDED)
        send_synack(hosts, errand, syn);
}

/* ---- refusals ---------------------------------------------------------- */

static void send_refusal(struct hosts *hosts, const struct errand *errand,
                         const struct segment *syn)
{
    struct event_record record = record_of(errand, syn, EVENT_RST);
    struct flow *flow = flow_of(hosts, errand);
    struct answer answer;
    if (flow != NULL)
        flow->state = FLOW_ENDED;
    answer_make_tcp(
        &answer, syn,
        &(struct answer_tcp){.acknowledgement = segment_end(syn), .flags = TH_RST | TH_ACK});
    hosts_send(hosts, &answer, &record);
}

/* The second word: a router's own address in a redirect, the size in "too big". */
static uint32_t icmp_rest(const struct behaviour *behaviour, const struct ip_address *from)
{
    const uint8_t *gateway = ip_address_wire(from);
    bool is_ipv4 = ip_address_is_ipv4(from);
    if (is_ipv4 && behaviour->icmp_type == ICMP4_REDIRECT)
        return (uint32_t)gateway[0] << 24 | (uint32_t)gateway[1] << 16 | (uint32_t)gateway[2] << 8 |
               gateway[3];
    bool is_too_big =
        is_ipv4 ? behaviour->icmp_type == ICMP4_UNREACHABLE && behaviour->icmp_code == ICMP4_TOO_BIG
                : behaviour->icmp_type == ICMP6_TOO_BIG;
    return is_too_big ? behaviour->mtu : 0;
}

static void send_icmp(struct hosts *hosts, const struct errand *errand, const struct segment *syn)
{
    const struct behaviour *behaviour = errand->behaviour;
    struct event_record record = record_of(errand, syn, EVENT_ICMP);
    struct answer answer;
    struct answer_icmp icmp = {
        .from = behaviour_has(behaviour, BEHAVIOUR_KEY_FROM) ? behaviour->from : syn->to.address,
        .type = (uint8_t)behaviour->icmp_type,
        .code = (uint8_t)behaviour->icmp_code,
        .quote = behaviour->quote,
    };
    icmp.rest = icmp_rest(behaviour, &icmp.from);
    record.icmp_type = icmp.type;
    record.icmp_code = icmp.code;
    answer_make_icmp(&answer, syn, &icmp);
    hosts_send(hosts, &answer, &record);
    if (!behaviour_has(behaviour, BEHAVIOUR_KEY_SYNACK))
        return;
    struct errand later = *errand;
    later.act = ACT_SYNACK;
    later.due_ns += behaviour->synack_ns;
    plan(hosts, &later, syn);
}

void errand_run(struct hosts *hosts, const struct errand *errand, const struct segment *segment)
{
    switch (errand->act) {
    case ACT_SYNACK: send_synack(hosts, errand, segment); return;
    case ACT_REPEAT_SYNACK: repeat_synack(hosts, errand, segment); return;
    case ACT_REFUSE: send_refusal(hosts, errand, segment); return;
    case ACT_ICMP: send_icmp(hosts, errand, segment); return;
    case ACT_FOLLOW: {
        struct flow *flow = flow_of(hosts, errand);
        if (flow != NULL)
            connection_follow(hosts, flow, segment, errand->arrived_ns);
        return;
    }
    }
}
