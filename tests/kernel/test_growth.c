/* 100,000 outcomes of every kind that loopback and routes can bring about, in random order, through
 * one engine: what it holds after the last round is what it held after the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <tcpcheck.h>
#include <unistd.h>

#include "net/sockaddr.h"
#include "private_network.h"

#define ROUNDS           10
#define OUTCOMES         10000 /* in a round */
#define BATCH            500
#define PATIENCE_ROUNDS  2000
#define PATIENCE_STEP_MS 10
/* An outcome that left a single byte would leave more. */
#define GROWTH_MAX_BYTES ((size_t)64 * 1024)

struct kind {
    const char *host;
    const char *close;
    enum tcpcheck_outcome outcome;
    uint32_t weight;
    bool is_open; /* the port of the listener; else one that is closed */
};

/* Few close gracefully: each leaves a TIME_WAIT, and the local ports are not more than 28,000. */
static const struct kind kinds[] = {
    {"127.0.0.1", "reset", TCPCHECK_REFUSED, 30, false},
    {"::1", "reset", TCPCHECK_REFUSED, 30, false},
    {"127.0.0.1", "reset", TCPCHECK_OPEN, 20, true},
    {"127.0.0.1", "graceful", TCPCHECK_OPEN, 10, true},
    {"localhost", "reset", TCPCHECK_OPEN, 5, true},
    {"10.9.0.1", "reset", TCPCHECK_LOCAL_CONFIG, 5, false},
    {"10.8.0.1", "reset", TCPCHECK_LOCAL_CONFIG, 5, false},
    {"192.0.2.1", "reset", TCPCHECK_NO_ROUTE, 5, false},
    {"10.2.0.5", "reset", TCPCHECK_TIMEOUT, 5, false},
};

struct holding {
    int descriptors;
    int sockets; /* of TCP in this network, closed ones that the kernel still works on included;
                    TIME_WAIT is none. (The count of orphans is the whole machine's.) */
    size_t heap_bytes;
};

static struct tcpcheck_engine *engine;
static struct tcpcheck_check *checks[sizeof(kinds) / sizeof(kinds[0])];
static int listener;
static bool has_outside;
static uint32_t random_state = 1;

/* ---- the listener ----------------------------------------------------- */

/* Ends each connection at once; itself when nothing can be accepted any more. */
static void *serve(void *data)
{
    (void)data;
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0)
            close(peer);
        else if (errno != ECONNABORTED && errno != EINTR)
            return NULL;
    }
}

static uint16_t listen_anywhere(void)
{
    struct address address = address_of("127.0.0.1", 0);
    union sockaddr_any sockaddr;
    socklen_t length = sockaddr_set(&sockaddr, &address);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_return_code(bind(listener, &sockaddr.base, length), errno);
    assert_return_code(listen(listener, SOMAXCONN), errno);
    return sockaddr_of_socket(listener).port;
}

/* ---- checks ----------------------------------------------------------- */

static struct tcpcheck_check *make_check(const struct kind *kind, uint16_t port)
{
    char text[8];
    struct tcpcheck_check *check = tcpcheck_check_create();
    assert_non_null(check);
    assert_true(snprintf(text, sizeof(text), "%u", kind->is_open ? port : 1U) > 0);
    assert_int_equal(tcpcheck_check_set(check, "host", kind->host), 0);
    assert_int_equal(tcpcheck_check_set(check, "port", text), 0);
    assert_int_equal(tcpcheck_check_set(check, "close", kind->close), 0);
    assert_int_equal(tcpcheck_check_set(check, "family", strchr(kind->host, ':') ? "ipv6" : "ipv4"),
                     0);
    bool is_silent = kind->outcome == TCPCHECK_TIMEOUT;
    assert_int_equal(tcpcheck_check_set(check, "timeout", is_silent ? "5ms" : "30s"), 0);
    return check;
}

/* Always the same sequence. */
static uint32_t next_random(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

static size_t random_kind(void)
{
    size_t count = sizeof(kinds) / sizeof(kinds[0]);
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += kinds[i].weight;
    uint32_t point = next_random(sum);
    for (size_t i = 0; i < count; i++) {
        if (point < kinds[i].weight)
            return has_outside || kinds[i].outcome != TCPCHECK_TIMEOUT ? i : 0;
        point -= kinds[i].weight;
    }
    return 0;
}

static void take_results(uint32_t *left)
{
    struct tcpcheck_result *result;
    while ((result = tcpcheck_engine_next_result(engine)) != NULL) {
        const struct kind *kind = tcpcheck_result_cookie(result);
        assert_int_equal(tcpcheck_result_outcome(result), kind->outcome);
        tcpcheck_result_destroy(result);
        (*left)--;
    }
}

static void run_batch(void)
{
    uint32_t left = BATCH;
    for (int i = 0; i < BATCH; i++) {
        size_t kind = random_kind();
        int error =
            tcpcheck_engine_submit(engine, checks[kind], (void *)(uintptr_t)&kinds[kind], NULL);
        assert_int_equal(error, 0);
    }
    while (left != 0) {
        (void)tcpcheck_engine_step(engine, -1);
        take_results(&left);
    }
}

/* ---- what is held ----------------------------------------------------- */

static int number_after(const char *text, const char *words)
{
    const char *found = strstr(text, words);
    assert_non_null(found);
    return (int)strtol(found + strlen(words), NULL, 10);
}

static struct holding look(void)
{
    char text[1024] = "";
    FILE *file = fopen("/proc/net/sockstat", "re");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    assert_int_equal(fclose(file), 0);
    return (struct holding){
        .descriptors = count_descriptors(),
        .sockets = number_after(text, "TCP: inuse "),
        .heap_bytes = mallinfo2().uordblks,
    };
}

/* What is closed may take a moment to be gone, on our side (closing) as on the kernel's. */
static struct holding look_when_quiet(const struct holding *idle)
{
    struct holding now = look();
    for (int i = 0; i < PATIENCE_ROUNDS; i++) {
        if (now.sockets <= idle->sockets && now.descriptors <= idle->descriptors)
            break;
        (void)tcpcheck_engine_step(engine, 0);
        poll(NULL, 0, PATIENCE_STEP_MS);
        now = look();
    }
    return now;
}

static void run_round(void)
{
    for (int i = 0; i < OUTCOMES / BATCH; i++)
        run_batch();
}

static void nothing_is_left_behind(void **state)
{
    pthread_t server;
    const struct tcpcheck_engine_options options = {.size = sizeof(options)};
    (void)state;
    uint16_t port = listen_anywhere();
    assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
    assert_int_equal(tcpcheck_engine_create(&engine, &options), 0);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        checks[i] = make_check(&kinds[i], port);
    struct holding idle = look();

    run_round();
    struct holding first = look_when_quiet(&idle);
    for (int i = 1; i < ROUNDS; i++)
        run_round();
    struct holding last = look_when_quiet(&idle);
    assert_int_equal(first.descriptors, idle.descriptors);
    assert_int_equal(last.descriptors, idle.descriptors);
    assert_int_equal(first.sockets, idle.sockets);
    assert_int_equal(last.sockets, idle.sockets);
    assert_true(last.heap_bytes < first.heap_bytes + GROWTH_MAX_BYTES);

    tcpcheck_engine_destroy(engine);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        tcpcheck_check_destroy(checks[i]);
    assert_return_code(shutdown(listener, SHUT_RDWR), errno);
    assert_int_equal(pthread_join(server, NULL), 0);
    close(listener);
}

static bool build_network(void)
{
    has_outside = private_network_run("set -e\n"
                                      "ip tuntap add out mode tun\n"
                                      "ip link set out up\n"
                                      "ip addr add 10.2.0.1/16 dev out\n");
    return private_network_run("set -e\n"
                               "ip route add prohibit 10.9.0.0/16\n"
                               "ip route add blackhole 10.8.0.0/16\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left_behind)};
    if (!private_network_enter() || !build_network())
        return private_network_skip();
    return cmocka_run_group_tests_name("growth", tests, NULL, NULL);
}
