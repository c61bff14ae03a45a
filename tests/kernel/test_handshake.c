/* net/handshake against the real kernel: what is set on a socket before it connects, and what the
 * other side sees of that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/duration.h"
#include "net/handshake.h"
#include "net/loop.h"
#include "net/sockaddr.h"
#include "net/tcp_socket.h"
#include "private_network.h"

#define OWN_HOST     "10.1.0.1" /* an address of this host that is not loopback */
#define OUTER_HOST4  "10.2.0.5" /* behind the device "out", where nobody answers */
#define OUTER_HOST6  "fd02::5"
#define PATIENCE_MS  20000
#define CLIENT_COUNT 20

static const struct connect_options half_open = {.handshake = HANDSHAKE_HALF_OPEN,
                                                 .close = CLOSE_RESET};
static bool has_outside;

/* ---- helpers ---------------------------------------------------------- */

/* Listens on a free port of the address, which gets the port. */
static int listen_on(struct address *address)
{
    union sockaddr_any sockaddr;
    socklen_t length = sockaddr_set(&sockaddr, address);
    int fd = socket(sockaddr_family(address), SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_return_code(bind(fd, &sockaddr.base, length), errno);
    assert_return_code(listen(fd, 64), errno);
    *address = sockaddr_of_socket(fd);
    return fd;
}

/* Starts, waits for the end and closes. */
static struct observation look_at(const struct address *target,
                                  const struct connect_options *options)
{
    struct observation seen;
    int fd = handshake_start(-1, target, options, &seen);
    if (fd < 0)
        return seen;
    struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
    while (!handshake_look(fd, target, ERRORS_LIKELY, loop_now_ns(), &seen))
        assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
    tcp_socket_close(fd, options->close == CLOSE_RESET);
    return seen;
}

/* As any program does; returns the descriptor, and where it connected from. */
static int connect_fully(const struct address *target, struct address *source)
{
    union sockaddr_any sockaddr;
    socklen_t length = sockaddr_set(&sockaddr, target);
    int fd = socket(sockaddr_family(target), SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(connect(fd, &sockaddr.base, length), errno);
    *source = sockaddr_of_socket(fd);
    return fd;
}

/* ---- half open -------------------------------------------------------- */

/* A server that waits in accept(2) all the time. */
struct server {
    int listener;
    int accepted;
    struct address client;
};

static void *serve(void *argument)
{
    struct server *server = argument;
    union sockaddr_any sockaddr;
    socklen_t length = sizeof(sockaddr);
    server->accepted = accept4(server->listener, &sockaddr.base, &length, SOCK_CLOEXEC);
    server->client = sockaddr_get(&sockaddr);
    return NULL;
}

/* Accepted first, of many half open and one that is whole, is the last. */
static void assert_only_the_whole_is_accepted(const char *host)
{
    struct address target = address_of(host, 0);
    struct address whole;
    struct server server = {.listener = listen_on(&target)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
    for (int i = 0; i < CLIENT_COUNT; i++) {
        struct observation seen = look_at(&target, &half_open);
        assert_true(seen.is_established);
        assert_int_equal(seen.error, 0);
        assert_int_equal(seen.rtt_source, RTT_KERNEL);
        assert_true(seen.rtt_ns > 0);
        assert_int_equal(seen.syn_retransmits, 0);
    }
    int client = connect_fully(&target, &whole);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(server.accepted >= 0);
    assert_true(address_is_equal(&server.client, &whole));
    struct pollfd pollfd = {.fd = server.listener, .events = POLLIN};
    assert_int_equal(poll(&pollfd, 1, 0), 0);
    close(client);
    close(server.accepted);
    close(server.listener);
}

static void server_that_waits_in_accept_never_gets_what_is_half_open(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", OWN_HOST};
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        assert_only_the_whole_is_accepted(hosts[i]);
}

/* Even one that is closed without a word about it, as the end of a process does. */
static void reset_is_laid_down_before_the_handshake(void **state)
{
    struct address target = address_of("127.0.0.1", 0);
    struct address whole;
    struct observation seen;
    (void)state;
    int listener = listen_on(&target);
    int fd = handshake_start(-1, &target, &half_open, &seen);
    assert_true(fd >= 0);
    close(fd);
    int client = connect_fully(&target, &whole);
    struct server server = {.listener = listener};
    (void)serve(&server);
    assert_true(address_is_equal(&server.client, &whole));
    close(server.accepted);
    close(client);
    close(listener);
}

static void full_handshake_is_accepted(void **state)
{
    const struct connect_options full = {.close = CLOSE_RESET};
    struct address target = address_of("127.0.0.1", 0);
    (void)state;
    struct server server = {.listener = listen_on(&target)};
    struct observation seen = look_at(&target, &full);
    (void)serve(&server);
    assert_true(address_is_equal(&server.client, &seen.source));
    close(server.accepted);
    close(server.listener);
}

static void refused_port_is_refused_to_half_open_too(void **state)
{
    struct address target = address_of("127.0.0.1", 0);
    (void)state;
    close(listen_on(&target));
    struct observation seen = look_at(&target, &half_open);
    assert_int_equal(seen.at, OBSERVED_ASYNC);
    assert_int_equal(seen.error, ECONNREFUSED);
}

/* ---- devices ---------------------------------------------------------- */

static void chosen_device_is_used(void **state)
{
    struct address target = address_of("127.0.0.1", 0);
    const struct connect_options options = {.interface = "lo", .close = CLOSE_RESET};
    (void)state;
    int listener = listen_on(&target);
    assert_true(look_at(&target, &options).is_established);
    close(listener);
}

static void device_without_a_way_to_the_target_has_no_route_in_ipv6(void **state)
{
    struct address target = address_of(OUTER_HOST6, 80);
    const struct connect_options options = {.interface = "lo"};
    (void)state;
    struct observation seen = look_at(&target, &options);
    assert_int_equal(seen.at, OBSERVED_CONNECT);
    assert_int_equal(seen.error, ENETUNREACH);
}

/* The kernel takes what a device has no route to for its neighbour (ip_route_output_key). */
static void device_without_a_way_to_the_target_is_silent_in_ipv4(void **state)
{
    struct address target = address_of(OUTER_HOST4, 80);
    const struct connect_options options = {.interface = "lo"};
    struct observation seen;
    (void)state;
    int fd = handshake_start(-1, &target, &options, &seen);
    assert_true(fd >= 0);
    handshake_look_last(fd, &target, loop_now_ns(), &seen);
    assert_int_equal(seen.at, OBSERVED_DEADLINE);
    assert_true(seen.is_syn_sent);
    tcp_socket_close(fd, false);
}

static void device_that_is_not_there_is_an_error_of_bind(void **state)
{
    static const char *const names[] = {"nosuchdevice", "lo:1", "LO", "abcdefghijklmno"};
    struct address target = address_of("127.0.0.1", 80);
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct connect_options options = {.interface = names[i], .source_port = 4000};
        struct observation seen = look_at(&target, &options);
        assert_int_equal(seen.at, OBSERVED_BIND);
        assert_int_equal(seen.error, ENODEV);
    }
}

/* The route is asked for as the socket went: through the device, and no other way. */
static void prohibition_of_a_device_is_told_from_missing_permission(void **state)
{
    struct address target = address_of(OUTER_HOST6, 80);
    const struct connect_options options = {.interface = "out"};
    (void)state;
    if (!has_outside || !private_network_run("ip -6 rule add oif out prohibit"))
        skip();
    struct observation seen = look_at(&target, &options);
    assert_true(private_network_run("ip -6 rule del oif out prohibit"));
    assert_int_equal(seen.at, OBSERVED_CONNECT);
    assert_int_equal(seen.error, EACCES);
    assert_true(seen.is_prohibit_route);
}

/* From now on this thread may not choose a device. */
static bool forbid_devices(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setsockopt, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SO_BINDTODEVICE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(steps) / sizeof(steps[0]), .filter = steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Everything of the observation is zero where it is not possible to forbid. */
static void *look_while_forbidden(void *argument)
{
    const struct connect_options options = {.interface = "lo"};
    struct address target = address_of("127.0.0.1", 80);
    if (forbid_devices())
        *(struct observation *)argument = look_at(&target, &options);
    return NULL;
}

static void device_that_may_not_be_chosen_is_an_error_of_bind(void **state)
{
    struct observation seen = {0};
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, look_while_forbidden, &seen), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    if (seen.started_ns == 0)
        skip();
    assert_int_equal(seen.at, OBSERVED_BIND);
    assert_int_equal(seen.error, EPERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_that_waits_in_accept_never_gets_what_is_half_open),
        cmocka_unit_test(reset_is_laid_down_before_the_handshake),
        cmocka_unit_test(full_handshake_is_accepted),
        cmocka_unit_test(refused_port_is_refused_to_half_open_too),
        cmocka_unit_test(chosen_device_is_used),
        cmocka_unit_test(device_without_a_way_to_the_target_has_no_route_in_ipv6),
        cmocka_unit_test(device_without_a_way_to_the_target_is_silent_in_ipv4),
        cmocka_unit_test(device_that_is_not_there_is_an_error_of_bind),
        cmocka_unit_test(prohibition_of_a_device_is_told_from_missing_permission),
        cmocka_unit_test(device_that_may_not_be_chosen_is_an_error_of_bind),
    };
    if (!private_network_enter() || !private_network_run("ip addr add " OWN_HOST "/32 dev lo"))
        return private_network_skip();
    has_outside = private_network_run("set -e\n"
                                      "ip tuntap add out mode tun\n"
                                      "ip link set out up\n"
                                      "ip addr add 10.2.0.1/16 dev out\n"
                                      "ip addr add fd02::ffff/16 dev out nodad\n");
    return cmocka_run_group_tests_name("handshake", tests, NULL, NULL);
}
