/* Only TCP_INFO is asked: it tells an end that still hides behind unread data, and what the peer
 * does below the stream. To read along was rejected: a peer that talks without end would
 * keep us busy for as long as it likes. */
#include "net/held.h"

#include <errno.h>
#include <sys/socket.h>

#include "net/tcp_state.h"

/* Segments that a handshake takes: our SYN and the ACK; the peer's SYN-ACK. */
#define HANDSHAKE_SEGMENTS_OUT 2
#define HANDSHAKE_SEGMENTS_IN  1

/* A SYN-ACK that comes again is a segment without data that we answer with another ACK. A window
 * that opens later is one, too, but gets no answer; data gets one, but is counted apart, and a
 * peer that sends it has heard that we opened. */
static bool is_synack_repeated(const struct tcp_state *state)
{
    return state->has_counts && state->data_segments_in == 0 &&
           state->segments_in > HANDSHAKE_SEGMENTS_IN &&
           state->segments_out > HANDSHAKE_SEGMENTS_OUT + state->resent;
}

static int pending_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof(error);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

/* Without TCP_INFO nothing can be said, least of all that the peer did something. */
static void lose_sight(int error, int64_t now_ns, struct observation *seen)
{
    seen->is_established = false;
    seen->error = error;
    seen->ended_ns = now_ns;
}

bool held_look(int fd, int64_t now_ns, struct observation *seen)
{
    struct tcp_state state;
    if (!tcp_state_read(fd, &state)) {
        lose_sight(errno, now_ns, seen);
        return true;
    }
    if (state.state == TCP_STATE_ESTABLISHED) {
        seen->has_zero_window = state.has_counts && state.window == 0;
        seen->has_synack_repeated = is_synack_repeated(&state);
        return false;
    }
    seen->hold_end = state.state == TCP_STATE_CLOSE_WAIT ? HOLD_CLOSED : HOLD_RESET;
    seen->error = seen->hold_end == HOLD_RESET ? pending_error(fd) : 0;
    seen->ended_ns = now_ns;
    return true;
}

bool held_begin(int fd, int64_t now_ns, struct observation *seen)
{
    bool was_reset = !seen->is_established && seen->error == ECONNRESET;
    if (was_reset)
        seen->hold_end = HOLD_RESET;
    if (!seen->is_established || seen->is_self_connected)
        return true;
    return held_look(fd, now_ns, seen);
}

void held_look_last(int fd, int64_t now_ns, struct observation *seen)
{
    if (held_look(fd, now_ns, seen))
        return;
    seen->hold_end = HOLD_OVER;
    seen->ended_ns = now_ns;
}
