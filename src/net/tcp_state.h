/* What the kernel knows of a TCP socket: TCP_INFO, as far as we need it. */
#ifndef NET_TCP_STATE_H
#define NET_TCP_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* Their numbers are the kernel's (include/net/tcp_states.h), and not ordered. */
enum tcp_state_name {
    TCP_STATE_ESTABLISHED = 1,
    TCP_STATE_SYN_SENT = 2,
    TCP_STATE_CLOSE = 7,
    TCP_STATE_CLOSE_WAIT = 8,
};

struct tcp_state {
    uint8_t state; /* enum tcp_state_name, or another of the kernel's */
    bool has_timestamps;
    uint32_t resent;           /* segments sent again: SYNs, as long as nothing else is sent */
    uint32_t rtt_us;           /* 0: not known */
    uint32_t last_received_ms; /* since the last acknowledgement */
    bool has_counts;           /* the kernel tells those below: Linux 5.4 */
    uint32_t segments_in;
    uint32_t segments_out;
    uint32_t data_segments_in;
    uint32_t window; /* what the peer last said that it takes */
};

/* False: the kernel does not say, and *state is that of a socket that is closed. */
bool tcp_state_read(int fd, struct tcp_state *state);

/* SO_ERROR, which that clears; 0 where there is none. Why the question itself failed (a filter of
 * this host may say anything) must not be taken for the answer: that is EIO. */
int tcp_state_take_error(int fd);
/* The peer's reset met a connection that was whole, or half closed by it. */
bool tcp_state_is_reset(int error);

/* ESTABLISHED, or CLOSE_WAIT. */
bool tcp_state_is_established(const struct tcp_state *state);

#endif
