/* The raw facts of one address tried, before anything is made of them. */
#ifndef CORE_OBSERVATION_H
#define CORE_OBSERVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"

/* Where it ended: the same errno means different things in different places. */
enum observed_at {
    OBSERVED_SOCKET,   /* socket(2), or setting an option of it */
    OBSERVED_BIND,     /* bind(2) */
    OBSERVED_CONNECT,  /* returned by connect(2) itself */
    OBSERVED_ASYNC,    /* reported on the socket later */
    OBSERVED_DEADLINE, /* nothing came: what the kernel said when asked last */
};

/* An entry of the socket's error queue (ip(7), IP_RECVERR). */
struct icmp_error {
    bool is_present;
    uint8_t version; /* 4 or 6: type and code are ICMP's or ICMPv6's */
    uint8_t type;
    uint8_t code;
    struct address from; /* the router, firewall or host that sent it */
};

/* Who timed the handshake. */
enum rtt_source {
    RTT_NONE,
    RTT_KERNEL,    /* to the microsecond, no SYN retransmitted */
    RTT_KERNEL_MS, /* from TCP timestamps after a retransmission: 1 ms steps */
};

/* What became of a connection that was to be held once it had opened. */
enum hold_end {
    HOLD_NONE,   /* it was not held, or still is */
    HOLD_OVER,   /* its time is up, and it was whole until then */
    HOLD_CLOSED, /* the peer ended it */
    HOLD_RESET,  /* the peer reset it */
};

struct observation {
    uint32_t slot;
    enum observed_at at;
    int error;                 /* errno; 0: none */
    bool is_established;       /* TCP_INFO: ESTABLISHED or CLOSE_WAIT */
    bool is_syn_sent;          /* TCP_INFO: SYN_SENT */
    bool is_self_connected;    /* getsockname(2) equals getpeername(2) */
    bool has_source_port;      /* bound to a port that the check chose */
    bool is_target_local;      /* the target is an address of this host */
    bool is_prohibit_route;    /* the route to the target is of type prohibit */
    bool is_source_too_narrow; /* its scope is smaller than the target's, which is not of this host:
                                  ::1 towards the world */
    bool has_syn_retransmits;
    uint8_t syn_retransmits;
    enum rtt_source rtt_source;
    int64_t rtt_ns;     /* where rtt_source says that there is one */
    int64_t started_ns; /* connect(2) was called; monotonic */
    int64_t opened_ns;  /* where it finished: when the handshake did */
    int64_t ended_ns;   /* when it ended, as near as can be told: the handshake, or of what is
                                held the connection; never the
                                moment at which a late loop came to look, where the kernel
                                knows better */
    enum hold_end hold_end;
    bool has_zero_window;     /* held: the peer takes no data to the end of it */
    bool has_synack_repeated; /* held: the peer seems not to have heard that we opened */
    struct address source;    /* with port; FAMILY_ANY where it never had one */
    struct icmp_error icmp;
};

#endif
