/* libtcpcheck, by nothing but its header: what a check was told it takes along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "private_network.h"
#include "tcpcheck.h"

static struct tcpcheck_engine *engine;

static int set_up(void **state)
{
    (void)state;
    return tcpcheck_engine_create(&engine, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    tcpcheck_engine_destroy(engine);
    return 0;
}

/* A check of the discard port, where nobody listens. */
static struct tcpcheck_check *check_of(const char *parameter, const char *value)
{
    struct tcpcheck_check *check = tcpcheck_check_create();
    assert_non_null(check);
    assert_int_equal(tcpcheck_check_set(check, parameter, value), 0);
    assert_int_equal(tcpcheck_check_set(check, "host", "127.0.0.1"), 0);
    assert_int_equal(tcpcheck_check_set(check, "port", "9"), 0);
    return check;
}

static void assert_next(enum tcpcheck_outcome outcome)
{
    while (tcpcheck_engine_step(engine, -1) != 0)
        continue;
    struct tcpcheck_result *result = tcpcheck_engine_next_result(engine);
    assert_non_null(result);
    assert_int_equal(tcpcheck_result_outcome(result), outcome);
    tcpcheck_result_destroy(result);
}

/* The check is gone, and its strings with it, before the first step. */
static void device_is_copied_when_a_check_is_submitted(void **state)
{
    static const struct {
        const char *device;
        enum tcpcheck_outcome outcome;
    } cases[] = {{"lo", TCPCHECK_REFUSED}, {"nosuchdevice", TCPCHECK_SOURCE_UNAVAILABLE}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tcpcheck_check *check = check_of("interface", cases[i].device);
        assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, NULL), 0);
        tcpcheck_check_destroy(check);
        assert_next(cases[i].outcome);
    }
}

static void half_open_and_graceful_are_not_submitted(void **state)
{
    struct tcpcheck_check *check = check_of("handshake", "half_open");
    (void)state;
    assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, NULL), 0);
    assert_next(TCPCHECK_REFUSED);
    assert_int_equal(tcpcheck_check_set(check, "close", "graceful"), 0);
    assert_int_equal(tcpcheck_engine_submit(engine, check, NULL, NULL), -EINVAL);
    assert_non_null(strstr(tcpcheck_check_error(check), "exclude each other"));
    tcpcheck_check_destroy(check);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(device_is_copied_when_a_check_is_submitted),
        CASE(half_open_and_graceful_are_not_submitted),
    };
    if (!private_network_enter())
        return private_network_skip();
    return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}
