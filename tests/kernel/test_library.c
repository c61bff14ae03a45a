/* The public library as a program that embeds it sees it: what its poll loop is told, which
 * results it gets and in which order. Port 1 of loopback is closed; "silence.example" is asked for
 * until the test ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <tcpcheck.h>
#include <unistd.h>

#include "dns_peer.h"
#include "private_network.h"

#define RESOLV_CONF "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n"
#define STEPS_MAX   1000
#define FOR_EVER    INT64_C(-1)

static const struct dns_script script[] = {
    {"both.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"silence.example", REPLY_SILENCE, REPLY_SILENCE, 0},
    {NULL, REPLY_NXDOMAIN, REPLY_NXDOMAIN, 0},
};

static struct dns_peer *peer;
static struct tcpcheck_engine *engine;
static struct tcpcheck_check *check;
static int descriptors;

/* ---- helpers ---------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    peer = dns_peer_start("127.0.0.1", script, false);
    descriptors = count_descriptors();
    check = tcpcheck_check_create();
    return check == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    tcpcheck_engine_destroy(engine);
    engine = NULL;
    tcpcheck_check_destroy(check);
    int left = count_descriptors();
    dns_peer_stop(peer);
    return left == descriptors ? 0 : -1;
}

static void create_engine(uint32_t concurrency, uint32_t result_limit)
{
    struct tcpcheck_engine_options options = {
        .size = sizeof(options), .concurrency = concurrency, .result_limit = result_limit};
    assert_int_equal(tcpcheck_engine_create(&engine, &options), 0);
}

static void set(const char *parameter, const char *text)
{
    assert_int_equal(tcpcheck_check_set(check, parameter, text), 0);
}

static uint64_t submit(const char *host)
{
    uint64_t id = 0;
    set("host", host);
    set("port", "1");
    set("timeout", "1h");
    assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, &id), 0);
    assert_true(id != 0);
    return id;
}

static bool is_readable(void)
{
    struct pollfd pollfd = {.fd = tcpcheck_engine_fd(engine), .events = POLLIN};
    int count = poll(&pollfd, 1, 0);
    assert_return_code(count, errno);
    return count > 0;
}

/* Does what a poll loop does, until it would sleep. */
static void step_until_quiet(void)
{
    for (int steps = 0; tcpcheck_engine_timeout(engine) == 0 || is_readable(); steps++) {
        assert_true(steps < STEPS_MAX);
        (void)tcpcheck_engine_step(engine, 0);
    }
}

static void assert_next_is(uint64_t id, enum tcpcheck_outcome outcome)
{
    struct tcpcheck_result *result = tcpcheck_engine_next_result(engine);
    assert_non_null(result);
    assert_int_equal(tcpcheck_result_id(result), id);
    assert_int_equal(tcpcheck_result_outcome(result), outcome);
    assert_non_null(tcpcheck_result_json(result));
    tcpcheck_result_destroy(result);
}

static void assert_no_more(void)
{
    assert_null(tcpcheck_engine_next_result(engine));
}

static int count_queries(void)
{
    int count = 0;
    char *log = dns_peer_log(peer);
    for (const char *end = log; (end = strchr(end, ' ')) != NULL; end++)
        count++;
    free(log);
    return count;
}

/* ---- the poll loop ---------------------------------------------------- */

/* The last answers may still be on their way; each is heard once, and then nothing is left. */
static void hear_late_answers(void)
{
    struct pollfd pollfd = {.fd = tcpcheck_engine_fd(engine), .events = POLLIN};
    int64_t timeout_ns;
    while ((timeout_ns = tcpcheck_engine_timeout(engine)) != FOR_EVER) {
        assert_in_range(poll(&pollfd, 1, (int)(timeout_ns / 1000000) + 1), 0, 1);
        step_until_quiet();
    }
    assert_int_equal(poll(&pollfd, 1, 0), 0);
}

/* An answer may come while its check still waits for it: one of so many does not. */
static void answer_that_comes_too_late_does_not_leave_the_descriptor_readable(void **state)
{
    (void)state;
    create_engine(1, 0);
    for (int i = 1; i <= 50; i++) {
        uint64_t id = submit("both.example");
        (void)tcpcheck_engine_step(engine, 0);
        (void)tcpcheck_engine_cancel(engine, id);
        while (count_queries() < 2 * i)
            continue;
        step_until_quiet();
        tcpcheck_result_destroy(tcpcheck_engine_next_result(engine));
        assert_no_more();
    }
    hear_late_answers();
}

static void check_cancelled_in_line_is_announced(void **state)
{
    (void)state;
    create_engine(1, 0);
    (void)submit("silence.example");
    uint64_t second = submit("silence.example");
    step_until_quiet();
    assert_int_not_equal(tcpcheck_engine_timeout(engine), 0);
    assert_int_equal(tcpcheck_engine_cancel(engine, second), 0);
    assert_int_equal(tcpcheck_engine_timeout(engine), 0);
    assert_int_equal(tcpcheck_engine_step(engine, FOR_EVER), 1);
    assert_int_not_equal(tcpcheck_engine_timeout(engine), 0);
    assert_next_is(second, TCPCHECK_CANCELLED);
    assert_int_equal(tcpcheck_engine_cancel(engine, second), -ENOENT);
}

static void check_cancelled_under_way_is_announced(void **state)
{
    (void)state;
    create_engine(1, 0);
    uint64_t id = submit("silence.example");
    step_until_quiet();
    assert_int_equal(tcpcheck_engine_cancel(engine, id), 0);
    assert_int_equal(tcpcheck_engine_timeout(engine), 0);
    assert_int_equal(tcpcheck_engine_step(engine, FOR_EVER), 0);
    assert_next_is(id, TCPCHECK_CANCELLED);
    assert_no_more();
}

static void full_result_queue_lets_the_loop_sleep_until_one_is_taken(void **state)
{
    (void)state;
    create_engine(1, 1);
    uint64_t first = submit("127.0.0.1");
    uint64_t second = submit("127.0.0.1");
    step_until_quiet();
    assert_int_not_equal(tcpcheck_engine_timeout(engine), 0);
    assert_int_equal(tcpcheck_engine_step(engine, FOR_EVER), 1);
    assert_next_is(first, TCPCHECK_REFUSED);
    assert_no_more();
    assert_int_equal(tcpcheck_engine_timeout(engine), 0);
    step_until_quiet();
    assert_next_is(second, TCPCHECK_REFUSED);
    assert_int_equal(tcpcheck_engine_step(engine, FOR_EVER), 0);
}

static void idle_engine_has_nothing_to_wait_for(void **state)
{
    (void)state;
    create_engine(0, 0);
    assert_int_equal(tcpcheck_engine_step(engine, FOR_EVER), 0);
    assert_int_equal(tcpcheck_engine_timeout(engine), FOR_EVER);
    assert_false(is_readable());
    (void)submit("127.0.0.1");
    assert_int_equal(tcpcheck_engine_timeout(engine), 0);
}

/* ---- results ---------------------------------------------------------- */

static void results_come_in_the_order_in_which_checks_finished(void **state)
{
    (void)state;
    create_engine(1, 0);
    uint64_t refused = submit("127.0.0.1");
    uint64_t silent = submit("silence.example");
    uint64_t third = submit("127.0.0.1");
    uint64_t fourth = submit("127.0.0.1");
    step_until_quiet();
    assert_int_equal(tcpcheck_engine_cancel(engine, fourth), 0);
    assert_int_equal(tcpcheck_engine_cancel(engine, third), 0);
    assert_int_equal(tcpcheck_engine_cancel(engine, silent), 0);
    assert_next_is(refused, TCPCHECK_REFUSED);
    assert_next_is(fourth, TCPCHECK_CANCELLED);
    assert_next_is(third, TCPCHECK_CANCELLED);
    assert_next_is(silent, TCPCHECK_CANCELLED);
    assert_no_more();
}

static void result_outlives_its_engine(void **state)
{
    int mine = 0;
    (void)state;
    create_engine(0, 0);
    set("host", "127.0.0.1");
    set("port", "1");
    set("name", "mine");
    assert_int_equal(tcpcheck_engine_submit(engine, check, &mine, NULL), 0);
    step_until_quiet();
    struct tcpcheck_result *result = tcpcheck_engine_next_result(engine);
    tcpcheck_engine_destroy(engine);
    engine = NULL;
    assert_non_null(result);
    assert_ptr_equal(tcpcheck_result_cookie(result), &mine);
    assert_string_equal(tcpcheck_result_address(result), "127.0.0.1");
    assert_non_null(strstr(tcpcheck_result_json(result), "\"name\":\"mine\""));
    tcpcheck_result_destroy(result);
}

static void destroying_an_engine_in_every_state_leaks_nothing(void **state)
{
    (void)state;
    create_engine(2, 0);
    (void)submit("127.0.0.1");
    (void)submit("silence.example");
    (void)submit("silence.example");
    step_until_quiet();
    uint64_t waiting = submit("127.0.0.1");
    (void)submit("127.0.0.1");
    assert_int_equal(tcpcheck_engine_cancel(engine, waiting), 0);
}

/* ---- checks and options ----------------------------------------------- */

static void failed_set_leaves_the_check_as_it_was(void **state)
{
    (void)state;
    create_engine(0, 0);
    set("host", "127.0.0.1");
    set("port", "1");
    assert_int_equal(tcpcheck_check_set(check, "port", "70000"), -EINVAL);
    assert_non_null(strstr(tcpcheck_check_error(check), "70000"));
    assert_int_equal(tcpcheck_check_set(check, "host", ""), -EINVAL);
    assert_int_equal(tcpcheck_check_set(check, "name", ""), -EINVAL);
    assert_int_equal(tcpcheck_check_set(check, "tmeout", "1s"), -ENOENT);
    assert_non_null(strstr(tcpcheck_check_error(check), "timeout"));
    uint64_t id = 0;
    assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, &id), 0);
    assert_string_equal(tcpcheck_check_error(check), "");
    step_until_quiet();
    assert_next_is(id, TCPCHECK_REFUSED);
}

static void incomplete_check_is_not_accepted(void **state)
{
    (void)state;
    create_engine(0, 0);
    assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, NULL), -EINVAL);
    assert_non_null(strstr(tcpcheck_check_error(check), "host"));
    assert_int_equal(tcpcheck_engine_step(engine, FOR_EVER), 0);
}

static void check_that_is_set_again_and_again_does_not_grow(void **state)
{
    (void)state;
    set("host", "127.0.0.1");
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 10000; i++)
        set("host", i % 2 == 0 ? "a.host.example.com" : "another.host.example.com");
    assert_true(mallinfo2().uordblks < before + 64 * 1024);
}

/* What the outcomes of three ports of one host are, one check after another. */
static void check_three_ports(uint32_t host_ports, enum tcpcheck_outcome outcomes[3])
{
    const struct tcpcheck_engine_options options = {
        .size = sizeof(options), .concurrency = 1, .host_ports = host_ports, .host_in_flight = 1};
    assert_int_equal(tcpcheck_engine_create(&engine, &options), 0);
    set("host", "127.0.0.1");
    for (uint16_t i = 0; i < 3; i++) {
        const char *const ports[] = {"1", "2", "3"};
        set("port", ports[i]);
        assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, NULL), 0);
    }
    while (tcpcheck_engine_step(engine, -1) != 0)
        continue;
    for (int i = 0; i < 3; i++) {
        struct tcpcheck_result *result = tcpcheck_engine_next_result(engine);
        assert_non_null(result);
        outcomes[i] = tcpcheck_result_outcome(result);
        tcpcheck_result_destroy(result);
    }
    tcpcheck_engine_destroy(engine);
    engine = NULL;
}

static void ports_of_a_host_are_limited_only_where_that_is_asked_for(void **state)
{
    enum tcpcheck_outcome outcomes[3];
    (void)state;
    check_three_ports(0, outcomes);
    assert_int_equal(outcomes[2], TCPCHECK_REFUSED);
    check_three_ports(2, outcomes);
    assert_int_equal(outcomes[0], TCPCHECK_REFUSED);
    assert_int_equal(outcomes[1], TCPCHECK_REFUSED);
    assert_int_equal(outcomes[2], TCPCHECK_NOT_ALLOWED);
}

/* Of a later version's options the unknown rest must say nothing. */
static void options_of_other_versions_are_told_by_their_size(void **state)
{
    struct {
        struct tcpcheck_engine_options known;
        uint64_t unknown;
    } longer = {.known = {.size = sizeof(longer), .concurrency = 1}};
    struct tcpcheck_engine_options shorter = {.size =
                                                  offsetof(struct tcpcheck_engine_options, rate),
                                              .concurrency = 1,
                                              .rate = UINT32_MAX};
    (void)state;
    assert_int_equal(tcpcheck_engine_create(&engine, &longer.known), 0);
    tcpcheck_engine_destroy(engine);
    assert_int_equal(tcpcheck_engine_create(&engine, &shorter), 0);
    tcpcheck_engine_destroy(engine);
    longer.unknown = 1;
    assert_int_equal(tcpcheck_engine_create(&engine, &longer.known), -EINVAL);
    assert_null(engine);
    shorter.size = 0;
    assert_int_equal(tcpcheck_engine_create(&engine, &shorter), -EINVAL);
    assert_int_equal(tcpcheck_engine_create(&engine, NULL), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        CASE(answer_that_comes_too_late_does_not_leave_the_descriptor_readable),
        CASE(check_cancelled_in_line_is_announced),
        CASE(check_cancelled_under_way_is_announced),
        CASE(full_result_queue_lets_the_loop_sleep_until_one_is_taken),
        CASE(idle_engine_has_nothing_to_wait_for),
        CASE(results_come_in_the_order_in_which_checks_finished),
        CASE(result_outlives_its_engine),
        CASE(destroying_an_engine_in_every_state_leaks_nothing),
        CASE(failed_set_leaves_the_check_as_it_was),
        CASE(incomplete_check_is_not_accepted),
        CASE(check_that_is_set_again_and_again_does_not_grow),
        CASE(ports_of_a_host_are_limited_only_where_that_is_asked_for),
        CASE(options_of_other_versions_are_told_by_their_size),
    };
    return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}

/* The library reads no other /etc/resolv.conf: it gets a mount namespace with one of ours. */
static bool replace_resolv_conf(void)
{
    char path[] = "/tmp/tcpcheck-test-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_there = write(fd, RESOLV_CONF, strlen(RESOLV_CONF)) == (ssize_t)strlen(RESOLV_CONF) &&
                    unshare(CLONE_NEWNS) == 0 &&
                    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                    mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
    close(fd);
    (void)unlink(path);
    return is_there;
}

int main(void)
{
    if (!private_network_enter() || !replace_resolv_conf())
        return private_network_skip();
    unsetenv("LOCALDOMAIN");
    unsetenv("RES_OPTIONS");
    return run();
}
