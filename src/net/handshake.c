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
#include <time.h>
#include <unistd.h>

#include <linux/errqueue.h> /* needs time.h */

#include "core/duration.h"
#include "net/loop.h"
#include "net/route.h"
#include "net/sockaddr.h"
#include "net/tcp_state.h"

static bool set_flag(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

/* Returns the descriptor or -1 with errno set. */
static int make_socket(const struct address *target)
{
    int fd = socket(sockaddr_family(target), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    bool is_set = target->family == FAMILY_IPV6 ? set_flag(fd, SOL_IPV6, IPV6_RECVERR)
                                                : set_flag(fd, SOL_IP, IP_RECVERR);
    if (!is_set) {
        int saved_errno = errno;
        close(fd);
        errno = saved_errno;
        return -1;
    }
    return fd;
}

/* Returns 0 or an errno: ENODEV, there is none of that name; EPERM, somebody (ip vrf exec) has
 * bound the socket already, and to choose again takes a privilege. */
static int bind_device(int fd, const char *interface)
{
    socklen_t length = (socklen_t)strlen(interface);
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, length) == 0 ? 0 : errno;
}

/* The number of the device that the socket is bound to, or 0. */
static uint32_t device_of_socket(int fd)
{
    uint32_t device = 0;
    socklen_t length = sizeof(device);
    return getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &length) == 0 ? device : 0;
}

/* Returns 0 or an errno. */
static int bind_source(int fd, const struct address *target, const struct connect_options *options)
{
    union sockaddr_any sockaddr;
    struct address source = options->source_address;
    if (source.family == FAMILY_ANY)
        source.family = target->family;
    source.port = options->source_port;
    /* The zone of fe80::1%eth0 is that of our end of the link too. */
    if (source.scope == 0 && address_is_link_local(&source))
        source.scope = target->scope;

    /* Without NO_PORT the kernel would take a port from everybody for a socket
     * that needs one towards this target alone. */
    bool is_set = options->source_port != 0 ? set_flag(fd, SOL_SOCKET, SO_REUSEADDR)
                                            : set_flag(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT);
    /* A port of ours over IPv6 is no business of whoever has it over IPv4. */
    is_set = is_set && (source.family != FAMILY_IPV6 || set_flag(fd, SOL_IPV6, IPV6_V6ONLY));
    socklen_t length = sockaddr_set(&sockaddr, &source);
    return is_set && bind(fd, &sockaddr.base, length) == 0 ? 0 : errno;
}

static bool has_source(const struct connect_options *options)
{
    return options->source_address.family != FAMILY_ANY || options->source_port != 0;
}

/* Device first: it decides which addresses there are to bind to. Returns 0 or an errno. */
static int bind_ends(int fd, const struct address *target, const struct connect_options *options)
{
    int error = options->interface != NULL ? bind_device(fd, options->interface) : 0;
    return error == 0 && has_source(options) ? bind_source(fd, target, options) : error;
}

static bool set_reset_close(int fd)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == 0;
}

/* Without quick acknowledgements the kernel answers a SYN-ACK up to 200 ms late, in the hope of
 * data to send along: time for a reset to be the first that the server hears after its SYN-ACK.
 * The reset is laid down now, so that it comes whatever else may end the socket. */
static bool set_half_open(int fd)
{
    int off = 0;
    return setsockopt(fd, SOL_TCP, TCP_QUICKACK, &off, sizeof(off)) == 0 && set_reset_close(fd);
}

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
        route_lookup(target, &seen->source, device_of_socket(fd)) == ROUTE_LOCAL;
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
    int error = bind_ends(fd, target, options);
    if (error != 0) {
        fail(seen, OBSERVED_BIND, error);
        return false;
    }
    if (options->handshake == HANDSHAKE_HALF_OPEN && !set_half_open(fd)) {
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
            route_lookup(target, &seen->source, device_of_socket(fd)) == ROUTE_PROHIBIT;
    return false;
}

int handshake_start(const struct address *target, const struct connect_options *options,
                    struct observation *seen)
{
    *seen = (struct observation){.started_ns = loop_now_ns(),
                                 .has_source_port = options->source_port != 0};
    int fd = make_socket(target);
    if (fd < 0) {
        fail(seen, OBSERVED_SOCKET, errno);
        return -1;
    }
    if (!start_on(fd, target, options, seen)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- the error queue -------------------------------------------------- */

static bool is_extended_error(const struct cmsghdr *header)
{
    return (header->cmsg_level == SOL_IP && header->cmsg_type == IP_RECVERR) ||
           (header->cmsg_level == SOL_IPV6 && header->cmsg_type == IPV6_RECVERR);
}

/* Returns the errno of the entry, or 0 when it is not an ICMP error. */
static int read_entry(const struct sock_extended_err *entry, struct icmp_error *icmp)
{
    if (entry->ee_origin != SO_EE_ORIGIN_ICMP && entry->ee_origin != SO_EE_ORIGIN_ICMP6)
        return 0;
    if (!icmp->is_present) {
        const union sockaddr_any *offender = (const union sockaddr_any *)SO_EE_OFFENDER(entry);
        icmp->is_present = true;
        icmp->version = entry->ee_origin == SO_EE_ORIGIN_ICMP ? 4 : 6;
        icmp->type = entry->ee_type;
        icmp->code = entry->ee_code;
        icmp->from = sockaddr_get(offender);
    }
    return (int)entry->ee_errno;
}

/* Empties the queue. Returns the errno of the first ICMP error, which *icmp
 * describes, or 0. */
static int drain_error_queue(int fd, struct icmp_error *icmp)
{
    int first = 0;
    for (;;) {
        union {
            struct cmsghdr header;
            char bytes[CMSG_SPACE(sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in6))];
        } control;
        struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof(control)};
        ssize_t length = recvmsg(fd, &message, MSG_ERRQUEUE);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return first;

        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
            if (!is_extended_error(c))
                continue;
            int error = read_entry((const struct sock_extended_err *)CMSG_DATA(c), icmp);
            if (first == 0)
                first = error;
        }
    }
}

/* Returns 0 where there is none. Why the question itself failed (a filter of this host may say
 * anything) must not be taken for the answer. */
static int take_pending_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof(error);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? EIO : error;
}

/* While the handshake goes on, only the queue tells of an end: SO_ERROR may
 * then hold a soft error, which the kernel has not given up for. */
static int read_error(int fd, bool has_given_up, struct icmp_error *icmp)
{
    int queued = drain_error_queue(fd, icmp);
    int pending = has_given_up ? take_pending_error(fd) : 0;
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
    if (!seen->is_established)
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

void handshake_close(int fd, bool with_reset)
{
    if (with_reset)
        (void)set_reset_close(fd);
    close(fd);
}
