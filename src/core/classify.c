/* What the facts of one address mean.
 *
 * Three sources, by the trust they deserve: the state of the socket (a finished
 * handshake is open, whatever else is said), then the entry of the error queue,
 * which names who spoke and in which words, and errno last. errno alone cannot
 * do it: EHOSTUNREACH is a dead neighbour, a firewall or a routing loop, and
 * EACCES is a firewall far away when it comes late and our own permissions when
 * connect(2) returns it. */
#include "core/classify.h"

#include <errno.h>

/* Types of RFC 792 and RFC 4443. */
enum {
    ICMP4_UNREACHABLE = 3,
    ICMP4_QUENCH = 4,
    ICMP4_REDIRECT = 5,
    ICMP4_TIME_EXCEEDED = 11,
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
};

enum {
    ICMP4_CODE_TOO_BIG = 4,
    ICMP_CODE_IN_TRANSIT = 0,
    ICMP4_CODE_REASSEMBLY = 1,
};

static enum tcpcheck_outcome classify_unreachable4(uint8_t code)
{
    switch (code) {
    case 0: /* network unreachable */
    case 6: /* network unknown */
    case 11: /* network unreachable for this type of service */ return TCPCHECK_NET_UNREACHABLE;
    case 1: /* host unreachable */
    case 7: /* host unknown */
    case 8: /* source host isolated */
    case 12: /* host unreachable for this type of service */ return TCPCHECK_HOST_UNREACHABLE;
    case 3: /* port unreachable */ return TCPCHECK_REFUSED_ICMP;
    case 9:  /* network prohibited */
    case 10: /* host prohibited */
    case 13: /* communication prohibited */
    case 14: /* host precedence violation */
    case 15: /* precedence cutoff */ return TCPCHECK_FILTERED;
    default: return TCPCHECK_ICMP_OTHER;
    }
}

static enum tcpcheck_outcome classify_unreachable6(uint8_t code)
{
    switch (code) {
    case 0: /* no route */ return TCPCHECK_NET_UNREACHABLE;
    case 2: /* beyond scope of source */
    case 3: /* address unreachable */ return TCPCHECK_HOST_UNREACHABLE;
    case 4: /* port unreachable */ return TCPCHECK_REFUSED_ICMP;
    case 1: /* prohibited */
    case 5: /* source address failed policy */
    case 6: /* reject route */ return TCPCHECK_FILTERED;
    default: return TCPCHECK_ICMP_OTHER;
    }
}

static enum tcpcheck_outcome classify_icmp(const struct icmp_error *icmp)
{
    bool is_ipv4 = icmp->version == 4;
    if (is_ipv4 && icmp->type == ICMP4_UNREACHABLE)
        return classify_unreachable4(icmp->code);
    if (!is_ipv4 && icmp->type == ICMP6_UNREACHABLE)
        return classify_unreachable6(icmp->code);
    if (icmp->type == (is_ipv4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED) &&
        icmp->code == ICMP_CODE_IN_TRANSIT)
        return TCPCHECK_TTL_EXCEEDED;
    return TCPCHECK_ICMP_OTHER;
}

/* Whether the kernel ends a handshake over such a message. The others may lie in
 * the queue, but whatever ended this one, it was not they. */
static bool is_fatal(const struct icmp_error *icmp)
{
    if (!icmp->is_present)
        return false;
    if (icmp->version != 4)
        return icmp->type != ICMP6_TOO_BIG;
    if (icmp->type == ICMP4_UNREACHABLE)
        return icmp->code != ICMP4_CODE_TOO_BIG;
    if (icmp->type == ICMP4_TIME_EXCEEDED)
        return icmp->code != ICMP4_CODE_REASSEMBLY;
    return icmp->type != ICMP4_QUENCH && icmp->type != ICMP4_REDIRECT;
}

/* A reject on this host's way out. The neighbour that nobody answers for is reported
 * by this host too, but then the kernel has given the handshake up. */
static bool is_local_reject(const struct observation *observation)
{
    return observation->is_syn_sent && !observation->is_target_local &&
           address_is_same_host(&observation->icmp.from, &observation->source);
}

/* A reset can only be told from a refusal once the handshake had finished. */
static bool was_reset_after_handshake(const struct observation *observation)
{
    return (observation->error == ECONNRESET || observation->error == EPIPE) &&
           !observation->is_syn_sent;
}

/* Late errors without an entry in the queue: the kernel's own findings, or an entry
 * that was lost when the queue was full. */
static enum tcpcheck_outcome classify_late_errno(int error)
{
    switch (error) {
    case ECONNREFUSED: return TCPCHECK_REFUSED;
    case ETIMEDOUT: return TCPCHECK_TIMEOUT;
    case ENETUNREACH: return TCPCHECK_NET_UNREACHABLE;
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENONET: return TCPCHECK_HOST_UNREACHABLE;
    case EACCES: return TCPCHECK_FILTERED;
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO: return TCPCHECK_ICMP_OTHER;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return TCPCHECK_RESOURCE;
    default: return TCPCHECK_INTERNAL;
    }
}

static enum tcpcheck_outcome classify_late(const struct observation *observation)
{
    if (observation->is_established && observation->is_self_connected)
        return TCPCHECK_REFUSED;
    if (observation->hold_end == HOLD_RESET)
        return TCPCHECK_RESET_EARLY;
    if (observation->hold_end == HOLD_CLOSED)
        return TCPCHECK_CLOSED_EARLY;
    if (observation->is_established || was_reset_after_handshake(observation))
        return TCPCHECK_OPEN;
    if (!is_fatal(&observation->icmp))
        return classify_late_errno(observation->error);
    if (is_local_reject(observation))
        return TCPCHECK_LOCAL_FIREWALL;
    return classify_icmp(&observation->icmp);
}

/* socket(2), bind(2) and what they share with connect(2). */
static enum tcpcheck_outcome classify_local_errno(int error)
{
    switch (error) {
    case EACCES:
    case EPERM: return TCPCHECK_PERMISSION;
    case ENODEV: return TCPCHECK_SOURCE_UNAVAILABLE;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return TCPCHECK_RESOURCE;
    default: return TCPCHECK_INTERNAL;
    }
}

static enum tcpcheck_outcome classify_bind(const struct observation *observation)
{
    switch (observation->error) {
    case EADDRINUSE:
        return observation->has_source_port ? TCPCHECK_SOURCE_PORT_BUSY : TCPCHECK_PORTS_EXHAUSTED;
    case EADDRNOTAVAIL: return TCPCHECK_SOURCE_UNAVAILABLE;
    default: return classify_local_errno(observation->error);
    }
}

/* What connect(2) itself returned: no packet has left, so nobody else can be meant. */
static enum tcpcheck_outcome classify_connect(const struct observation *observation)
{
    switch (observation->error) {
    case EADDRNOTAVAIL:
        return observation->has_source_port ? TCPCHECK_SOURCE_PORT_BUSY : TCPCHECK_PORTS_EXHAUSTED;
    case ENETUNREACH: return TCPCHECK_NO_ROUTE;
    case EINVAL: /* also 127.0.0.1 towards the world */
        return address_is_loopback(&observation->source) ? TCPCHECK_SOURCE_UNAVAILABLE
                                                         : TCPCHECK_LOCAL_CONFIG;
    case EHOSTUNREACH: return TCPCHECK_LOCAL_CONFIG;
    case EACCES:
    case EPERM: return observation->is_prohibit_route ? TCPCHECK_LOCAL_CONFIG : TCPCHECK_PERMISSION;
    case 0:
    case ECONNREFUSED: /* a target on this host may answer within the call */
    case ECONNRESET:
    case ETIMEDOUT: return classify_late(observation);
    default: return classify_local_errno(observation->error);
    }
}

/* IPv6 lets a SYN from ::1 out into the world, where nobody can answer it: that
 * nobody was reached then says nothing of the target. What answered all the same counts. */
static enum tcpcheck_outcome unless_source_is_too_narrow(const struct observation *observation,
                                                         enum tcpcheck_outcome outcome)
{
    bool is_unheard = outcome == TCPCHECK_TIMEOUT || outcome == TCPCHECK_HOST_UNREACHABLE ||
                      outcome == TCPCHECK_NET_UNREACHABLE;
    bool is_in_vain = is_unheard && observation->is_source_too_narrow;
    return is_in_vain ? TCPCHECK_SOURCE_UNAVAILABLE : outcome;
}

/* Asked last, the kernel may still have had news: a handshake that finished, a refusal
 * that we came too late to be woken for. Only silence is a timeout. */
static enum tcpcheck_outcome classify_deadline(const struct observation *observation)
{
    bool has_ended = observation->error != 0 && !observation->is_syn_sent;
    bool has_news = observation->is_established || is_fatal(&observation->icmp) || has_ended;
    return has_news ? classify_late(observation) : TCPCHECK_TIMEOUT;
}

enum tcpcheck_outcome classify(const struct observation *observation)
{
    switch (observation->at) {
    case OBSERVED_SOCKET: return classify_local_errno(observation->error);
    case OBSERVED_BIND: return classify_bind(observation);
    case OBSERVED_CONNECT: return classify_connect(observation);
    case OBSERVED_ASYNC:
        return unless_source_is_too_narrow(observation, classify_late(observation));
    case OBSERVED_DEADLINE:
        return unless_source_is_too_narrow(observation, classify_deadline(observation));
    }
    return TCPCHECK_INTERNAL;
}

uint32_t classify_notes(const struct observation *observation)
{
    uint32_t notes = 0;
    if (classify(observation) != TCPCHECK_OPEN)
        return 0;
    if (!observation->is_established)
        notes |= UINT32_C(1) << NOTE_RESET_AFTER_HANDSHAKE;
    if (observation->rtt_source == RTT_KERNEL_MS)
        notes |= UINT32_C(1) << NOTE_CLOCK_MS;
    if (observation->has_zero_window)
        notes |= UINT32_C(1) << NOTE_ZERO_WINDOW;
    if (observation->has_synack_repeated)
        notes |= UINT32_C(1) << NOTE_SYNACK_REPEATED;
    return notes;
}

enum phase classify_phase(const struct observation *observation)
{
    if (observation->hold_end == HOLD_CLOSED || observation->hold_end == HOLD_RESET)
        return PHASE_HOLD;
    switch (observation->at) {
    case OBSERVED_SOCKET: return PHASE_SOCKET;
    case OBSERVED_BIND: return PHASE_BIND;
    case OBSERVED_CONNECT:
    case OBSERVED_ASYNC:
    case OBSERVED_DEADLINE: return PHASE_CONNECT;
    }
    return PHASE_CONNECT;
}
