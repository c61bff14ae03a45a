/* net/conn and net/handshake against the real kernel: each case makes the network do something and
 * looks at the raw facts that come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/duration.h"
#include "net/net.h"
#include "net/sockaddr.h"
#include "private_network.h"

#define WORKERS      3
#define SLOTS        4096
#define PATIENCE_NS  (20 * NS_PER_S)
#define SILENT_HOST  "10.2.0.5" /* routed to nowhere */
#define OWN_HOST     "10.1.0.1" /* an address of this host that is not loopback */
#define REFUSED_HOST "10.1.0.2" /* the same; the firewall answers for it */

static struct net *net;
static int descriptors;
static bool has_outside; /* a device behind which nobody answers */

static const struct connect_options with_reset = {.close = CLOSE_RESET};
static const struct connect_options gracefully = {.close = CLOSE_GRACEFUL};

/* ---- helpers ---------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    descriptors = count_descriptors();
    return net_create(&net);
}

/* The same with threads that make the connections. */
static int set_up_workers(void **state)
{
    int error = set_up(state);
    return error < 0 ? error : net_start_workers(net, WORKERS, SLOTS);
}

static int tear_down(void **state)
{
    (void)state;
    net_destroy(net);
    return count_descriptors() == descriptors ? 0 : -1;
}

/* Listens on a free port of the address, which gets the port. */
static int listen_on(struct address *address, int backlog)
{
    union sockaddr_any sockaddr;
    int on = 1;
    socklen_t length = sockaddr_set(&sockaddr, address);
    int fd = socket(sockaddr_family(address), SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_return_code(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), errno);
    assert_return_code(bind(fd, &sockaddr.base, length), errno);
    assert_return_code(listen(fd, backlog), errno);
    *address = sockaddr_of_socket(fd);
    return fd;
}

/* A port of the host at which nobody listens. */
static struct address closed_port(const char *host)
{
    struct address address = address_of(host, 0);
    close(listen_on(&address, 1));
    return address;
}

static void start(uint32_t slot, const struct address *target,
                  const struct connect_options *options)
{
    net_ops.connect_start(net, slot, target, options);
}

/* The next event; fails the test when none comes. */
static struct event next(void)
{
    int64_t until_ns = net_ops.now(net) + PATIENCE_NS;
    for (;;) {
        const struct event *event = net_ops.next_event(net);
        if (event->kind != EVENT_NONE)
            return *event;
        assert_true(net_ops.now(net) < until_ns);
        net_ops.wait_until(net, until_ns);
    }
}

static struct observation next_observation(void)
{
    struct event event = next();
    assert_int_equal(event.kind, EVENT_OBSERVED);
    assert_int_equal(event.slot, event.observation.slot);
    return event.observation;
}

static void assert_silent(void)
{
    net_ops.wait_until(net, 0);
    assert_int_equal(net_ops.next_event(net)->kind, EVENT_NONE);
}

static struct observation look_at(const struct address *target,
                                  const struct connect_options *options)
{
    start(0, target, options);
    return next_observation();
}

/* Lets the net do its work until the peer's socket has something to say. */
static void pump_until_readable(int fd)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    int64_t until_ns = net_ops.now(net) + PATIENCE_NS;
    while (poll(&pollfd, 1, 0) == 0) {
        assert_true(net_ops.now(net) < until_ns);
        net_ops.wait_until(net, net_ops.now(net) + NS_PER_MS);
    }
}

static ssize_t pump_and_receive(int fd)
{
    char bytes[64];
    pump_until_readable(fd);
    return recv(fd, bytes, sizeof(bytes), 0);
}

static void assert_peer_is_reset(int listener)
{
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(peer >= 0);
    assert_int_equal(pump_and_receive(peer), -1);
    assert_int_equal(errno, ECONNRESET);
    close(peer);
}

static void assert_peer_sees_end_of_file(int listener)
{
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(peer >= 0);
    assert_int_equal(send(peer, "220 ready\r\n", 11, MSG_NOSIGNAL), 11);
    assert_int_equal(pump_and_receive(peer), 0);
    close(peer);
}

/* A listener whose accept queue has no room. `fillers` are to be closed. */
static int full_listener(struct address *address, int fillers[2])
{
    union sockaddr_any sockaddr;
    int listener = listen_on(address, 0);
    socklen_t length = sockaddr_set(&sockaddr, address);
    for (int i = 0; i < 2; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fillers[i], &sockaddr.base, length);
    }
    return listener;
}

static void close_all(int listener, const int fillers[2])
{
    close(fillers[0]);
    close(fillers[1]);
    close(listener);
}

/* ---- how handshakes end ----------------------------------------------- */

static void open_port_is_established_and_timed_by_the_kernel(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", OWN_HOST};
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct address address = address_of(hosts[i], 0);
        int listener = listen_on(&address, 8);
        start(0, &address, &with_reset);
        struct event event = next();
        const struct observation *seen = &event.observation;
        assert_int_equal(event.kind, EVENT_OBSERVED);
        assert_false(event.is_closing);
        assert_int_equal(seen->at, OBSERVED_ASYNC);
        assert_int_equal(seen->error, 0);
        assert_true(seen->is_established);
        assert_false(seen->is_syn_sent || seen->is_self_connected || seen->icmp.is_present);
        assert_int_equal(seen->rtt_source, RTT_KERNEL);
        assert_true(seen->rtt_ns > 0);
        assert_true(seen->has_syn_retransmits);
        assert_int_equal(seen->syn_retransmits, 0);
        assert_true(seen->ended_ns >= seen->started_ns);
        assert_true(seen->ended_ns <= seen->started_ns + seen->rtt_ns);
        assert_int_equal(seen->source.family, address.family);
        assert_int_not_equal(seen->source.port, 0);
        assert_peer_is_reset(listener);
        close(listener);
    }
}

static void late_look_does_not_make_an_open_port_late(void **state)
{
    const int64_t lateness_ns = 40 * NS_PER_MS;
    (void)state;
    struct address address = address_of(OWN_HOST, 0);
    int listener = listen_on(&address, 8);
    start(0, &address, &with_reset);
    poll(NULL, 0, (int)(lateness_ns / NS_PER_MS));
    struct observation seen = next_observation();
    assert_true(seen.is_established);
    assert_true(seen.ended_ns - seen.started_ns < lateness_ns);
    close(listener);
}

static void refused_port_is_an_error_without_icmp(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", OWN_HOST};
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct address address = closed_port(hosts[i]);
        struct observation seen = look_at(&address, &gracefully);
        assert_int_equal(seen.at, OBSERVED_ASYNC);
        assert_int_equal(seen.error, ECONNREFUSED);
        assert_false(seen.is_established || seen.is_syn_sent || seen.icmp.is_present);
        assert_int_equal(seen.rtt_source, RTT_NONE);
        assert_int_not_equal(seen.source.port, 0);
        assert_true(seen.ended_ns >= seen.started_ns);
    }
}

static void full_accept_queue_is_silence_until_cancelled(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    struct observation last;
    int fillers[2];
    (void)state;
    int listener = full_listener(&address, fillers);
    start(3, &address, &gracefully);
    assert_silent();
    net_ops.connect_cancel(net, 3, &last);
    assert_int_equal(last.slot, 3);
    assert_int_equal(last.at, OBSERVED_DEADLINE);
    assert_int_equal(last.error, 0);
    assert_true(last.is_syn_sent && last.has_syn_retransmits);
    assert_false(last.is_established);
    assert_int_not_equal(last.source.port, 0);
    assert_silent();
    close_all(listener, fillers);
}

static void answer_to_a_repeated_syn_is_timed_in_milliseconds(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    int fillers[2];
    (void)state;
    int listener = full_listener(&address, fillers);
    start(0, &address, &with_reset);
    assert_silent();
    for (int i = 0; i < 2; i++)
        close(accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
    struct observation seen = next_observation();
    assert_true(seen.is_established);
    assert_true(seen.syn_retransmits >= 1);
    assert_int_not_equal(seen.rtt_source, RTT_KERNEL);
    assert_true(seen.ended_ns > seen.started_ns);
    close_all(listener, fillers);
}

static void silent_host_leaves_syns_without_an_answer(void **state)
{
    struct address address = address_of(SILENT_HOST, 80);
    struct observation last;
    (void)state;
    if (!has_outside)
        skip();
    start(0, &address, &gracefully);
    assert_silent();
    net_ops.connect_cancel(net, 0, &last);
    assert_int_equal(last.at, OBSERVED_DEADLINE);
    assert_true(last.is_syn_sent);
    assert_false(last.is_source_too_narrow);
}

static void missing_route_is_returned_by_connect(void **state)
{
    struct address address = address_of("192.0.2.1", 80);
    (void)state;
    struct observation seen = look_at(&address, &gracefully);
    assert_int_equal(seen.at, OBSERVED_CONNECT);
    assert_int_equal(seen.error, ENETUNREACH);
    assert_int_equal(seen.source.family, FAMILY_ANY);
}

static void prohibit_route_is_told_from_missing_permission(void **state)
{
    static const char *const hosts[] = {"10.9.0.1", "fd09::1"};
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct address address = address_of(hosts[i], 80);
        struct observation seen = look_at(&address, &gracefully);
        assert_int_equal(seen.at, OBSERVED_CONNECT);
        assert_int_equal(seen.error, EACCES);
        assert_true(seen.is_prohibit_route);
    }
}

static void refusing_routes_keep_their_errno(void **state)
{
    static const struct {
        const char *host;
        int error;
    } cases[] = {{"10.8.0.1", EINVAL}, {"10.7.0.1", EHOSTUNREACH}, {"fe80::1", EINVAL}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address address = address_of(cases[i].host, 80);
        struct observation seen = look_at(&address, &gracefully);
        assert_int_equal(seen.at, OBSERVED_CONNECT);
        assert_int_equal(seen.error, cases[i].error);
        assert_false(seen.is_prohibit_route);
    }
}

static void reset_right_after_accept_had_finished_the_handshake(void **state)
{
    const struct linger linger = {.l_onoff = 1};
    struct address address = address_of(OWN_HOST, 0);
    (void)state;
    int listener = listen_on(&address, 8);
    start(0, &address, &gracefully);
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_return_code(setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), errno);
    close(peer);
    struct event event = next();
    assert_int_equal(event.kind, EVENT_OBSERVED);
    assert_int_equal(event.observation.error, ECONNRESET);
    assert_int_equal(event.observation.rtt_source, RTT_KERNEL);
    assert_false(event.is_closing);
    close(listener);
}

/* ---- sources ---------------------------------------------------------- */

static void busy_source_port_fails_to_bind(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    struct address other = address_of("127.0.0.1", 0);
    (void)state;
    int listener = listen_on(&address, 8);
    int holder = listen_on(&other, 8);
    const struct connect_options options = {.source_port = other.port, .close = CLOSE_RESET};
    struct observation seen = look_at(&address, &options);
    assert_int_equal(seen.at, OBSERVED_BIND);
    assert_int_equal(seen.error, EADDRINUSE);
    assert_true(seen.has_source_port);
    close(holder);
    close(listener);
}

static void living_four_tuple_fails_to_connect(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    (void)state;
    int listener = listen_on(&address, 8);
    struct address free_port = closed_port("127.0.0.1");
    const struct connect_options options = {.source_port = free_port.port, .close = CLOSE_GRACEFUL};
    start(0, &address, &options);
    struct event first = next();
    assert_true(first.observation.is_established);
    assert_true(first.is_closing);
    assert_int_equal(first.observation.source.port, free_port.port);

    start(1, &address, &options);
    struct observation second = next_observation();
    assert_int_equal(second.slot, 1);
    assert_int_equal(second.at, OBSERVED_CONNECT);
    assert_int_equal(second.error, EADDRNOTAVAIL);
    assert_true(second.has_source_port);
    close(listener);
}

static void reset_close_frees_the_source_port_at_once(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    (void)state;
    int listener = listen_on(&address, 8);
    struct address free_port = closed_port("127.0.0.1");
    const struct connect_options options = {.source_port = free_port.port, .close = CLOSE_RESET};
    for (int i = 0; i < 5; i++)
        assert_true(look_at(&address, &options).is_established);
    close(listener);
}

static void foreign_source_address_fails_to_bind(void **state)
{
    struct address address = address_of("127.0.0.1", 80);
    (void)state;
    const struct connect_options options = {.source_address = address_of("192.0.2.9", 0)};
    struct observation seen = look_at(&address, &options);
    assert_int_equal(seen.at, OBSERVED_BIND);
    assert_int_equal(seen.error, EADDRNOTAVAIL);
    assert_false(seen.has_source_port);
}

static void chosen_source_address_is_used(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    (void)state;
    int listener = listen_on(&address, 8);
    const struct connect_options options = {.source_address = address_of("127.0.0.7", 0)};
    struct observation seen = look_at(&address, &options);
    assert_true(seen.is_established);
    assert_memory_equal(seen.source.bytes, options.source_address.bytes, 4);
    close(listener);
}

static void loopback_source_is_too_narrow_for_the_world(void **state)
{
    struct address address = address_of("fd02::1", 80);
    struct observation last;
    (void)state;
    const struct connect_options options = {.source_address = address_of("::1", 0)};
    if (!has_outside)
        skip();
    start(0, &address, &options);
    assert_silent();
    net_ops.connect_cancel(net, 0, &last);
    assert_true(last.is_syn_sent);
    assert_true(last.is_source_too_narrow);
}

static void source_port_of_a_closed_target_connects_to_itself(void **state)
{
    struct address address = closed_port("127.0.0.1");
    (void)state;
    const struct connect_options options = {.source_port = address.port};
    struct event event = (start(0, &address, &options), next());
    assert_true(event.observation.is_self_connected);
    assert_false(event.is_closing);
}

static void kernel_may_choose_the_port_that_is_connected_to(void **state)
{
    static const char range[] = "/proc/sys/net/ipv4/ip_local_port_range";
    struct address address = address_of("127.0.0.1", 40000);
    (void)state;
    if (!private_network_set(range, "40000 40001"))
        skip();
    bool has_met_itself = false;
    for (int i = 0; i < 200 && !has_met_itself; i++) {
        struct observation seen = look_at(&address, &gracefully);
        has_met_itself = seen.is_self_connected;
        assert_true(has_met_itself || seen.error == ECONNREFUSED);
    }
    assert_true(private_network_set(range, "32768 60999"));
    assert_true(has_met_itself);
}

static void last_local_port_taken_is_an_error_of_connect(void **state)
{
    static const char range[] = "/proc/sys/net/ipv4/ip_local_port_range";
    struct address address = address_of("127.0.0.1", 0);
    (void)state;
    int listener = listen_on(&address, 8);
    if (!private_network_set(range, "40000 40000"))
        skip();
    start(0, &address, &gracefully);
    start(1, &address, &gracefully);
    assert_true(next_observation().is_established);
    struct observation seen = next_observation();
    assert_int_equal(seen.at, OBSERVED_CONNECT);
    assert_int_equal(seen.error, EADDRNOTAVAIL);
    assert_false(seen.has_source_port);
    assert_true(private_network_set(range, "32768 60999"));
    close(listener);
}

/* ---- ICMP ------------------------------------------------------------- */

static bool has_firewall(void)
{
    return private_network_run("nft list table inet tcpcheck");
}

static void local_reject_is_an_entry_from_ourselves_in_syn_sent(void **state)
{
    static const struct {
        const char *host;
        uint8_t version;
        uint8_t type;
        uint8_t code;
        int error;
    } cases[] = {{"10.2.0.77", 4, 3, 13, EHOSTUNREACH}, {"fd02::77", 6, 1, 1, EACCES}};
    (void)state;
    if (!has_outside || !has_firewall())
        skip();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address address = address_of(cases[i].host, 80);
        struct observation seen = look_at(&address, &gracefully);
        assert_int_equal(seen.at, OBSERVED_ASYNC);
        assert_int_equal(seen.error, cases[i].error);
        assert_true(seen.is_syn_sent);
        assert_false(seen.is_target_local);
        assert_true(seen.icmp.is_present);
        assert_int_equal(seen.icmp.version, cases[i].version);
        assert_int_equal(seen.icmp.type, cases[i].type);
        assert_int_equal(seen.icmp.code, cases[i].code);
        assert_memory_equal(seen.icmp.from.bytes, seen.source.bytes, 16);
        assert_int_equal(seen.syn_retransmits, 0);
    }
}

static void reject_by_a_local_target_knows_that_it_is_local(void **state)
{
    struct address address = address_of(REFUSED_HOST, 77);
    (void)state;
    if (!has_firewall())
        skip();
    struct observation seen = look_at(&address, &gracefully);
    assert_int_equal(seen.error, ECONNREFUSED);
    assert_true(seen.icmp.is_present);
    assert_int_equal(seen.icmp.type, 3);
    assert_int_equal(seen.icmp.code, 3);
    assert_true(seen.is_target_local);
}

/* ---- closing ---------------------------------------------------------- */

static void graceful_close_shows_a_greeting_peer_the_end_of_file(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", OWN_HOST};
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct address address = address_of(hosts[i], 0);
        int listener = listen_on(&address, 8);
        start(5, &address, &gracefully);
        struct event event = next();
        assert_int_equal(event.kind, EVENT_OBSERVED);
        assert_true(event.observation.is_established);
        assert_true(event.is_closing);
        assert_peer_sees_end_of_file(listener);
        event = next();
        assert_int_equal(event.kind, EVENT_RELEASED);
        assert_int_equal(event.slot, 5);
        assert_silent();
        close(listener);
    }
}

static void peer_that_never_closes_is_given_up(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    (void)state;
    int listener = listen_on(&address, 8);
    start(0, &address, &gracefully);
    assert_true(next().is_closing);
    assert_true(net_next_ns(net) < net_ops.now(net) + PATIENCE_NS);
    assert_int_equal(next().kind, EVENT_RELEASED);
    close(listener);
}

static void peer_that_floods_is_given_up(void **state)
{
    static const char flood[16384];
    struct address address = address_of("127.0.0.1", 0);
    size_t sent = 0;
    (void)state;
    int listener = listen_on(&address, 8);
    start(0, &address, &gracefully);
    assert_true(next().is_closing);
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int64_t until_ns = net_ops.now(net) + PATIENCE_NS;
    while (net_ops.next_event(net)->kind == EVENT_NONE) {
        ssize_t length = send(peer, flood, sizeof(flood), MSG_NOSIGNAL);
        sent += length > 0 ? (size_t)length : 0;
        assert_true(net_ops.now(net) < until_ns);
        net_ops.wait_until(net, 0);
    }
    assert_true(sent >= 65536);
    close(peer);
    close(listener);
}

/* What is left unread has the kernel reset the connection; what was read to its end does not. */
static void no_more_than_64_kib_of_a_greeting_is_read(void **state)
{
    static const char greeting[81920];
    const int room = 1 << 20;
    struct address address = address_of("127.0.0.1", 0);
    int error = 0;
    socklen_t length = sizeof(error);
    (void)state;
    int listener = listen_on(&address, 8);
    assert_return_code(setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), errno);
    start(0, &address, &gracefully);
    assert_true(next().is_closing);
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_int_equal(send(peer, greeting, sizeof(greeting), MSG_NOSIGNAL), sizeof(greeting));
    assert_int_equal(next().kind, EVENT_RELEASED);
    assert_return_code(getsockopt(peer, SOL_SOCKET, SO_ERROR, &error, &length), errno);
    assert_int_equal(error, EPIPE);
    close(peer);
    close(listener);
}

static void slot_is_free_for_another_target_once_released(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    struct address closed = closed_port("127.0.0.1");
    (void)state;
    int listener = listen_on(&address, 64);
    for (int i = 0; i < 20; i++) {
        assert_true(look_at(&address, &with_reset).is_established);
        assert_int_equal(look_at(&closed, &gracefully).error, ECONNREFUSED);
    }
    assert_silent();
    close(listener);
}

/* ---- cancelling ------------------------------------------------------- */

static void handshake_that_finished_unseen_is_open_when_cancelled(void **state)
{
    struct address address = address_of(OWN_HOST, 0);
    struct observation last;
    (void)state;
    int listener = listen_on(&address, 8);
    start(0, &address, &gracefully);
    net_ops.connect_cancel(net, 0, &last);
    assert_true(last.is_established);
    assert_int_equal(last.at, OBSERVED_ASYNC);
    assert_true(last.ended_ns <= last.started_ns + last.rtt_ns);
    assert_peer_sees_end_of_file(listener);
    assert_silent();
    close(listener);
}

static void handshake_that_failed_unseen_says_why_when_cancelled(void **state)
{
    struct address address = closed_port(OWN_HOST);
    struct observation last;
    (void)state;
    start(0, &address, &gracefully);
    net_ops.connect_cancel(net, 0, &last);
    assert_int_equal(last.error, ECONNREFUSED);
    assert_int_equal(last.at, OBSERVED_ASYNC);
    assert_silent();
}

static void event_that_was_not_taken_is_taken_back(void **state)
{
    struct address address = closed_port("127.0.0.1");
    struct observation last;
    (void)state;
    start(0, &address, &gracefully);
    start(1, &address, &gracefully);
    start(2, &address, &gracefully);
    net_ops.wait_until(net, 0);
    net_ops.connect_cancel(net, 1, &last);
    assert_int_equal(last.error, ECONNREFUSED);
    start(1, &address, &gracefully);
    uint32_t slots = 0;
    for (int i = 0; i < 3; i++)
        slots |= 1U << next_observation().slot;
    assert_int_equal(slots, 7);
    assert_silent();
}

static void cancelling_before_the_event_lets_the_peer_close_gracefully(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    struct observation last;
    (void)state;
    int listener = listen_on(&address, 8);
    start(0, &address, &gracefully);
    net_ops.wait_until(net, 0);
    net_ops.connect_cancel(net, 0, &last);
    assert_true(last.is_established);
    assert_peer_sees_end_of_file(listener);
    assert_silent();
    close(listener);
}

static void cancelling_a_closing_connection_ends_it(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    struct observation last;
    (void)state;
    int listener = listen_on(&address, 8);
    int before = count_descriptors();
    start(0, &address, &gracefully);
    assert_true(next().is_closing);
    net_ops.connect_cancel(net, 0, &last);
    assert_true(last.is_established);
    assert_int_equal(count_descriptors(), before);
    assert_silent();
    close(listener);
}

/* The peer has ended it, and all that was told of it has not been heard of. */
static void cancel_ended(const struct connect_options *options, int listener,
                         const struct address *address)
{
    struct observation last;
    int before = count_descriptors();
    start(1, address, options);
    close(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
    while (count_descriptors() != before)
        sched_yield();
    net_ops.connect_cancel(net, 1, &last);
    assert_true(last.is_established);
    assert_int_equal(last.slot, 1);
    assert_silent();
}

static void cancelling_what_has_ended_unheard_leaves_nothing_to_tell(void **state)
{
    static const struct connect_options held = {.close = CLOSE_GRACEFUL, .is_to_be_held = true};
    struct address address = address_of("127.0.0.1", 0);
    struct address closed = closed_port("127.0.0.1");
    (void)state;
    int listener = listen_on(&address, 8);
    for (int i = 0; i < 100; i++) {
        cancel_ended(&gracefully, listener, &address);
        cancel_ended(&held, listener, &address);
    }
    start(1, &closed, &with_reset);
    assert_int_equal(next_observation().error, ECONNREFUSED);
    assert_silent();
    close(listener);
}

static void connections_without_a_slot_are_bounded(void **state)
{
    enum { COUNT = 200, BOUND = 64 };
    struct address address = address_of("127.0.0.1", 0);
    struct observation last;
    (void)state;
    int listener = listen_on(&address, COUNT);
    int before = count_descriptors();
    for (uint32_t i = 0; i < COUNT; i++)
        start(i, &address, &gracefully);
    for (uint32_t i = 0; i < COUNT; i++) {
        net_ops.connect_cancel(net, i, &last);
        assert_true(last.is_established);
    }
    assert_int_equal(count_descriptors(), before + BOUND);
    assert_silent();
    close(listener);
}

static void destroying_a_net_in_every_state_leaks_nothing(void **state)
{
    struct address address = address_of("127.0.0.1", 0);
    struct address silent = address_of(SILENT_HOST, 80);
    struct observation last;
    (void)state;
    int listener = listen_on(&address, 8);
    start(0, &silent, &gracefully);
    start(1, &address, &gracefully);
    start(2, &address, &gracefully);
    start(3, &address, &with_reset);
    assert_int_equal(next().kind, EVENT_OBSERVED);
    net_ops.connect_cancel(net, 2, &last);
    close(listener);
}

/* ---- limits, waking --------------------------------------------------- */

static void last_descriptor_taken_is_an_error_of_socket(void **state)
{
    struct address address = closed_port("127.0.0.1");
    struct rlimit before;
    struct rlimit limit;
    (void)state;
    int highest = dup(STDERR_FILENO);
    close(highest);
    assert_return_code(getrlimit(RLIMIT_NOFILE, &before), errno);
    limit = before;
    limit.rlim_cur = (rlim_t)highest;
    assert_return_code(setrlimit(RLIMIT_NOFILE, &limit), errno);
    struct observation seen = look_at(&address, &gracefully);
    assert_return_code(setrlimit(RLIMIT_NOFILE, &before), errno);
    assert_int_equal(seen.at, OBSERVED_SOCKET);
    assert_int_equal(seen.error, EMFILE);
}

static void every_one_of_many_is_told_exactly_once(void **state)
{
    enum { COUNT = 1000 };
    bool is_told[COUNT] = {false};
    struct address address = address_of("127.0.0.1", 0);
    struct address closed = closed_port(OWN_HOST);
    (void)state;
    int listener = listen_on(&address, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        start(i, i % 2 == 0 ? &address : &closed, i % 4 == 0 ? &gracefully : &with_reset);
    for (uint32_t told = 0; told < COUNT;) {
        struct event event = next();
        if (event.kind != EVENT_OBSERVED)
            continue;
        assert_false(is_told[event.slot]);
        is_told[event.slot] = true;
        assert_int_equal(event.observation.is_established, event.slot % 2 == 0);
        told++;
    }
    close(listener);
}

static void *wake(void *data)
{
    net_wake(data);
    return NULL;
}

static void wake_from_another_thread_ends_a_wait_without_end(void **state)
{
    pthread_t thread;
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&thread, NULL, wake, net), 0);
        net_ops.wait_until(net, INT64_MAX);
        pthread_join(thread, NULL);
    }
    assert_silent();
}

static void wait_ends_at_its_moment_and_not_before(void **state)
{
    (void)state;
    int64_t until_ns = net_ops.now(net) + 3 * NS_PER_MS;
    net_ops.wait_until(net, until_ns);
    assert_true(net_ops.now(net) >= until_ns);
}

static void descriptor_of_the_net_is_readable_when_there_is_news(void **state)
{
    struct pollfd pollfd = {.fd = net_fd(net), .events = POLLIN};
    struct address address = closed_port(OWN_HOST);
    (void)state;
    assert_int_equal(poll(&pollfd, 1, 0), 0);
    start(0, &address, &gracefully);
    assert_int_equal(poll(&pollfd, 1, 10000), 1);
    assert_int_equal(next_observation().error, ECONNREFUSED);
    assert_int_equal(poll(&pollfd, 1, 0), 0);
    net_wake(net);
    assert_int_equal(poll(&pollfd, 1, 0), 1);
}

/* Over loopback an event is there when connect_start() returns: no descriptor tells of it. */
static void news_at_once_is_due_at_once(void **state)
{
    struct address address = closed_port("127.0.0.1");
    (void)state;
    assert_true(net_next_ns(net) == INT64_MAX);
    start(0, &address, &gracefully);
    assert_true(net_next_ns(net) <= net_ops.now(net));
    assert_int_equal(next_observation().error, ECONNREFUSED);
}

/* ---- main ------------------------------------------------------------- */

static bool build_network(void)
{
    (void)private_network_run("nft -f - <<'END'\n"
                              "table inet tcpcheck {\n"
                              " chain out { type filter hook output priority 0;\n"
                              "  ip daddr 10.2.0.77 reject with icmp type admin-prohibited\n"
                              "  ip6 daddr fd02::77 reject with icmpv6 type admin-prohibited\n"
                              " }\n"
                              " chain in { type filter hook input priority 0;\n"
                              "  tcp dport 77 reject with icmp type port-unreachable\n"
                              " }\n"
                              "}\n"
                              "END\n");
    has_outside = private_network_run("set -e\n"
                                      "ip tuntap add out mode tun\n"
                                      "ip link set out up\n"
                                      "ip addr add 10.2.0.1/16 dev out\n"
                                      "ip addr add fd02::ffff/16 dev out nodad\n");
    return private_network_run("set -e\n"
                               "ip addr add " OWN_HOST "/32 dev lo\n"
                               "ip addr add " REFUSED_HOST "/32 dev lo\n"
                               "ip route add prohibit 10.9.0.0/16\n"
                               "ip route add prohibit fd09::/16\n"
                               "ip route add blackhole 10.8.0.0/16\n"
                               "ip route add unreachable 10.7.0.0/16\n");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
#define WORKERS_CASE(function)                                           \
    {                                                                    \
        "workers: " #function, function, set_up_workers, tear_down, NULL \
    }

static const struct CMUnitTest tests[] = {
    CASE(open_port_is_established_and_timed_by_the_kernel),
    CASE(late_look_does_not_make_an_open_port_late),
    CASE(refused_port_is_an_error_without_icmp),
    CASE(full_accept_queue_is_silence_until_cancelled),
    CASE(answer_to_a_repeated_syn_is_timed_in_milliseconds),
    CASE(silent_host_leaves_syns_without_an_answer),
    CASE(missing_route_is_returned_by_connect),
    CASE(prohibit_route_is_told_from_missing_permission),
    CASE(refusing_routes_keep_their_errno),
    CASE(reset_right_after_accept_had_finished_the_handshake),
    CASE(busy_source_port_fails_to_bind),
    CASE(living_four_tuple_fails_to_connect),
    CASE(reset_close_frees_the_source_port_at_once),
    CASE(foreign_source_address_fails_to_bind),
    CASE(chosen_source_address_is_used),
    CASE(loopback_source_is_too_narrow_for_the_world),
    CASE(source_port_of_a_closed_target_connects_to_itself),
    CASE(kernel_may_choose_the_port_that_is_connected_to),
    CASE(last_local_port_taken_is_an_error_of_connect),
    CASE(local_reject_is_an_entry_from_ourselves_in_syn_sent),
    CASE(reject_by_a_local_target_knows_that_it_is_local),
    CASE(graceful_close_shows_a_greeting_peer_the_end_of_file),
    CASE(peer_that_never_closes_is_given_up),
    CASE(peer_that_floods_is_given_up),
    CASE(no_more_than_64_kib_of_a_greeting_is_read),
    CASE(slot_is_free_for_another_target_once_released),
    CASE(handshake_that_finished_unseen_is_open_when_cancelled),
    CASE(handshake_that_failed_unseen_says_why_when_cancelled),
    CASE(event_that_was_not_taken_is_taken_back),
    CASE(cancelling_before_the_event_lets_the_peer_close_gracefully),
    CASE(cancelling_a_closing_connection_ends_it),
    CASE(connections_without_a_slot_are_bounded),
    CASE(destroying_a_net_in_every_state_leaks_nothing),
    CASE(last_descriptor_taken_is_an_error_of_socket),
    CASE(every_one_of_many_is_told_exactly_once),
    CASE(wake_from_another_thread_ends_a_wait_without_end),
    CASE(wait_ends_at_its_moment_and_not_before),
    CASE(descriptor_of_the_net_is_readable_when_there_is_news),
    CASE(news_at_once_is_due_at_once),
    /* But for those in which connect_start() has begun the handshake when it returns. */
    WORKERS_CASE(open_port_is_established_and_timed_by_the_kernel),
    WORKERS_CASE(late_look_does_not_make_an_open_port_late),
    WORKERS_CASE(refused_port_is_an_error_without_icmp),
    WORKERS_CASE(missing_route_is_returned_by_connect),
    WORKERS_CASE(prohibit_route_is_told_from_missing_permission),
    WORKERS_CASE(refusing_routes_keep_their_errno),
    WORKERS_CASE(busy_source_port_fails_to_bind),
    WORKERS_CASE(living_four_tuple_fails_to_connect),
    WORKERS_CASE(reset_close_frees_the_source_port_at_once),
    WORKERS_CASE(foreign_source_address_fails_to_bind),
    WORKERS_CASE(chosen_source_address_is_used),
    WORKERS_CASE(source_port_of_a_closed_target_connects_to_itself),
    WORKERS_CASE(local_reject_is_an_entry_from_ourselves_in_syn_sent),
    WORKERS_CASE(reject_by_a_local_target_knows_that_it_is_local),
    WORKERS_CASE(graceful_close_shows_a_greeting_peer_the_end_of_file),
    WORKERS_CASE(peer_that_floods_is_given_up),
    WORKERS_CASE(no_more_than_64_kib_of_a_greeting_is_read),
    WORKERS_CASE(slot_is_free_for_another_target_once_released),
    WORKERS_CASE(cancelling_a_closing_connection_ends_it),
    WORKERS_CASE(cancelling_what_has_ended_unheard_leaves_nothing_to_tell),
    WORKERS_CASE(destroying_a_net_in_every_state_leaks_nothing),
    WORKERS_CASE(every_one_of_many_is_told_exactly_once),
    WORKERS_CASE(wake_from_another_thread_ends_a_wait_without_end),
    WORKERS_CASE(wait_ends_at_its_moment_and_not_before),
};

int main(void)
{
    if (!private_network_enter() || !build_network())
        return private_network_skip();
    return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
