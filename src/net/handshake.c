/* Starts a handshake and finds out what became of it.
 *
 * TCP_INFO's state decides: SO_ERROR 0 does not mean connected. When an ICMP
 * error meets the socket while connect(2) still owns it, which a reject rule of this
 * host always does, the state stays SYN_SENT with the error only in the error
 * queue, poll(2) says POLLERR for ever, and SO_ERROR is 0 from the second look
 * on. So: TCP_INFO, and on any hint of an error the queue first, SO_ERROR after it
 * (reading the last entry of the queue clears SO_ERROR). */
#include "net/handshake.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "core/duration.h"
#include "net/error_queue.h"
#include "net/loop.h"
#include "net/route.h"
#include "net/sockaddr.h"
#include "net/tcp_socket.h"
#include "net/tcp_state.h"

static bool is_narrower(const struct address *source, const struct address *target)
{
    return (address_is_loopback(source) && !address_is_loopback(target)) ||
           (address_is_link_local(source) && !address_is_link_local(target));
}

/* What only a failure hangs on, and only such a one is worth the question. */
static void explain_source(int fd, const struct address *target, struct observation *seen)
{
    bool is_narrow = is_narrower(&seen->source, target);
    if (seen->source.family == FAMILY_ANY || (!is_narrow && !seen->icmp.is_present))
        return;
    seen->is_target_local =
        route_lookup(target, &seen->source, tcp_socket_device(fd)) == ROUTE_LOCAL;
    seen->is_source_too_narrow = is_narrow && !seen->is_target_local;
}

static void fail(struct observation *seen, enum observed_at at, int error)
{
    seen->at = at;
    seen->error = error;
    seen->ended_ns = loop_now_ns();
}

/* Returns false, and *seen says why, when the kernel refuses at once. */
static bool start_on(int fd, const struct address *target, const struct connect_options *options,
                     struct observation *seen)
{
    int error = tcp_socket_bind(fd, target, options);
    if (error != 0) {
        fail(seen, OBSERVED_BIND, error);
        return false;
    }
    if (options->handshake == HANDSHAKE_HALF_OPEN && !tcp_socket_set_half_open(fd)) {
        fail(seen, OBSERVED_SOCKET, errno);
        return false;
    }
    union sockaddr_any sockaddr;
    socklen_t length = sockaddr_set(&sockaddr, target);
    seen->started_ns = loop_now_ns();
    if (connect(fd, &sockaddr.base, length) == 0 || errno == EINPROGRESS || errno == EINTR)
        return true;

    fail(seen, OBSERVED_CONNECT, errno);
    seen->source = sockaddr_of_socket(fd);
    explain_source(fd, target, seen);
    if (seen->error == EACCES)
        seen->is_prohibit_route =
            route_lookup(target, &seen->source, tcp_socket_device(fd)) == ROUTE_PROHIBIT;
    return false;
}

int handshake_start(int fd, const struct address *target, const struct connect_options *options,
                    struct observation *seen)
{
    *seen = (struct observation){.has_source_port = options->source_port != 0};
    /* With a socket that is there, nothing can fail before start_on() has read the clock. */
    if (fd < 0) {
        seen->started_ns = loop_now_ns();
        fd = tcp_socket_make(target);
    }
    if (fd < 0) {
        fail(seen, OBSERVED_SOCKET, errno);
        return -1;
    }
    if (!start_on(fd, target, options, seen)) {
        tcp_socket_close(fd, false);
        return -1;
    }
    return fd;
}

/* While the handshake goes on, only the queue tells of an end: SO_ERROR may
 * then hold a soft error, which the kernel has not given up for. */
static int read_error(int fd, bool has_given_up, struct icmp_error *icmp)
{
    int queued = error_queue_drain(fd, icmp);
    int pending = has_given_up ? tcp_state_take_error(fd) : 0;
    return pending != 0 ? pending : queued;
}

/* ---- looking ---------------------------------------------------------- */

static void fill_times(const struct tcp_state *state, int64_t now_ns, struct observation *seen)
{
    uint32_t resent = state->resent;
    seen->has_syn_retransmits = true;
    seen->syn_retransmits = (uint8_t)(resent < UINT8_MAX ? resent : UINT8_MAX);
    seen->rtt_ns = state->rtt_us * NS_PER_US;
    if (state->rtt_us == 0)
        seen->rtt_source = RTT_NONE;
    else if (resent == 0)
        seen->rtt_source = RTT_KERNEL;
    else
        seen->rtt_source = state->has_timestamps ? RTT_KERNEL_MS : RTT_NONE;

    seen->ended_ns = now_ns;
    bool had_opened = state->state == TCP_STATE_CLOSE && tcp_state_is_reset(seen->error);
    if (!seen->is_established && !had_opened)
        return;
    /* When it opened, as near as the kernel lets us know: a late look must not
     * make it late. */
    int64_t opened_ns = seen->rtt_source == RTT_KERNEL
                            ? seen->started_ns + seen->rtt_ns
                            : now_ns - state->last_received_ms * NS_PER_MS;
    if (opened_ns < now_ns)
        seen->ended_ns = opened_ns > seen->started_ns ? opened_ns : seen->started_ns;
    seen->opened_ns = seen->ended_ns;
}

/* Returns whether the handshake has ended. */
static bool examine(int fd, enum handshake_errors errors, int64_t now_ns, struct observation *seen)
{
    struct tcp_state state;
    bool is_answered = tcp_state_read(fd, &state);
    bool is_closed = state.state == TCP_STATE_CLOSE;
    seen->is_established = tcp_state_is_established(&state);
    seen->is_syn_sent = state.state == TCP_STATE_SYN_SENT;
    if (!seen->is_established && (is_closed || errors == ERRORS_LIKELY))
        seen->error = read_error(fd, is_closed, &seen->icmp);

    seen->ended_ns = now_ns;
    seen->opened_ns = now_ns;
    if (is_answered)
        fill_times(&state, now_ns, seen);
    return seen->is_established || is_closed || seen->error != 0;
}

static void fill_ends(int fd, const struct address *target, struct observation *seen)
{
    seen->source = sockaddr_of_socket(fd);
    if (!seen->is_established) {
        explain_source(fd, target, seen);
        return;
    }
    struct address self = seen->source;
    self.scope = target->scope;
    seen->is_self_connected = address_is_equal(&self, target);
}

bool handshake_look(int fd, const struct address *target, enum handshake_errors errors,
                    int64_t now_ns, struct observation *seen)
{
    if (!examine(fd, errors, now_ns, seen))
        return false;
    seen->at = OBSERVED_ASYNC;
    fill_ends(fd, target, seen);
    return true;
}

void handshake_look_last(int fd, const struct address *target, int64_t now_ns,
                         struct observation *seen)
{
    bool has_ended = examine(fd, ERRORS_LIKELY, now_ns, seen);
    seen->at = has_ended ? OBSERVED_ASYNC : OBSERVED_DEADLINE;
    fill_ends(fd, target, seen);
}

bool handshake_is_over(int fd)
{
    struct tcp_state state;
    return !tcp_state_read(fd, &state) || state.state == TCP_STATE_CLOSE;
}
