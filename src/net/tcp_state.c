/* Apart, since <linux/tcp.h>, which alone has the kernel's whole struct, and <netinet/tcp.h>, which
 * the rest uses, exclude each other. */
#include "net/tcp_state.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include <linux/tcp.h>

static bool reaches(socklen_t length, size_t offset, size_t size)
{
    return length >= offset + size;
}

bool tcp_state_read(int fd, struct tcp_state *state)
{
    struct tcp_info info = {.tcpi_state = TCP_STATE_CLOSE};
    socklen_t length = sizeof(info);
    *state = (struct tcp_state){.state = TCP_STATE_CLOSE};
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0 ||
        !reaches(length, offsetof(struct tcp_info, tcpi_total_retrans),
                 sizeof(info.tcpi_total_retrans)))
        return false;
    *state = (struct tcp_state){
        .state = info.tcpi_state,
        .has_timestamps = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0,
        .resent = info.tcpi_total_retrans,
        .rtt_us = info.tcpi_rtt,
        .last_received_ms = info.tcpi_last_ack_recv,
        .has_counts =
            reaches(length, offsetof(struct tcp_info, tcpi_snd_wnd), sizeof(info.tcpi_snd_wnd)),
        .segments_in = info.tcpi_segs_in,
        .segments_out = info.tcpi_segs_out,
        .data_segments_in = info.tcpi_data_segs_in,
        .window = info.tcpi_snd_wnd,
    };
    return true;
}

int tcp_state_take_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof(error);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? EIO : error;
}

bool tcp_state_is_reset(int error)
{
    return error == ECONNRESET || error == EPIPE;
}

bool tcp_state_is_established(const struct tcp_state *state)
{
    return state->state == TCP_STATE_ESTABLISHED || state->state == TCP_STATE_CLOSE_WAIT;
}
