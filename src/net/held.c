/* Only TCP_INFO is asked: it tells an end that still hides behind unread data, and what the peer
 * does below the stream. To read along was rejected: a peer that talks without end would
 * keep us busy for as long as it likes. */
#include "net/held.h"

#include <errno.h>

#include "core/duration.h"
#include "net/tcp_state.h"

/* Segments that a handshake takes: our SYN and the ACK; the peer's SYN-ACK. */
#define HANDSHAKE_SEGMENTS_OUT 2
#define HANDSHAKE_SEGMENTS_IN  1

/* It comes again after 1, 3 and 7 s. Later, the like of it is a keepalive. */
#define SYNACK_REPEATED_BY_NS (8 * NS_PER_S)

/* A SYN-ACK that comes again is a segment without data that we answer with another ACK. A window
 * that opens later is one, too, but gets no answer; data gets one, but is counted apart, and a
 * peer that sends it has heard that we opened. */
static bool is_synack_repeated(const struct tcp_state *state)
{
    return state->has_counts && state->data_segments_in == 0 &&
           state->segments_in > HANDSHAKE_SEGMENTS_IN &&
           state->segments_out > HANDSHAKE_SEGMENTS_OUT + state->resent;
}

/* Without an answer of the kernel nothing can be said, least of all that the peer did something. */
static void lose_sight(int error, int64_t now_ns, struct observation *seen)
{
    seen->is_established = false;
    seen->error = error;
    seen->ended_ns = now_ns;
}

static void note_reset(int error, int64_t now_ns, struct observation *seen)
{
    seen->hold_end = HOLD_RESET;
    seen->error = error;
    seen->ended_ns = now_ns;
}

/* The segment that ended it is the last that was received. */
static void note_end(const struct tcp_state *state, int64_t now_ns, struct observation *seen)
{
    int64_t ended_ns = now_ns - state->last_received_ms * NS_PER_MS;
    seen->hold_end = HOLD_CLOSED;
    seen->ended_ns = ended_ns > seen->opened_ns ? ended_ns : seen->opened_ns;
}

static void note_closed(int error, int64_t now_ns, struct observation *seen)
{
    if (tcp_state_is_reset(error))
        note_reset(error, now_ns, seen);
    else
        lose_sight(error, now_ns, seen);
}

bool held_look(int fd, int64_t now_ns, struct observation *seen)
{
    struct tcp_state state;
    if (!tcp_state_read(fd, &state)) {
        lose_sight(EIO, now_ns, seen);
        return true;
    }
    if (state.state == TCP_STATE_ESTABLISHED) {
        seen->has_zero_window = state.has_counts && state.window == 0;
        if (now_ns - seen->opened_ns < SYNACK_REPEATED_BY_NS)
            seen->has_synack_repeated = is_synack_repeated(&state);
        return false;
    }
    if (state.state == TCP_STATE_CLOSE_WAIT)
        note_end(&state, now_ns, seen);
    else
        note_closed(tcp_state_take_error(fd), now_ns, seen);
    return true;
}

bool held_begin(int fd, int64_t now_ns, struct observation *seen)
{
    if (!seen->is_established && tcp_state_is_reset(seen->error))
        note_reset(seen->error, now_ns, seen);
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
