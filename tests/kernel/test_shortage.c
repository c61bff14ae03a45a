/* src/net without memory: whoever started something is told, however many they are. The linker gives
 * the test each calloc(3) and reallocarray(3) of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "net/net.h"
#include "private_network.h"

#define SLOTS 1000

void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);

static struct net *net;
static bool is_short;

void *__wrap_calloc(size_t count, size_t size)
{
    errno = ENOMEM;
    return is_short ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    errno = ENOMEM;
    return is_short ? NULL : __real_reallocarray(memory, count, size);
}

static int set_up(void **state)
{
    (void)state;
    is_short = false;
    int error = net_create(&net);
    return error < 0 ? error : net_reserve(net, SLOTS, SLOTS);
}

static int tear_down(void **state)
{
    (void)state;
    is_short = false;
    net_destroy(net);
    return 0;
}

static void start_connection(uint32_t slot)
{
    const struct address target = address_of("127.0.0.1", 1);
    const struct connect_options options = {.close = CLOSE_RESET};
    net_ops.connect_start(net, slot, &target, &options);
}

static void start_lookup(uint32_t slot)
{
    const struct resolve_options options = {.family = FAMILY_ANY, .port = 80};
    net_ops.resolve_start(net, slot, "some.example", &options);
}

/* Takes `count` events of the kind, each of another slot that was not told before. */
static void take(enum event_kind kind, int count, bool *is_told)
{
    for (int i = 0; i < count; i++) {
        const struct event *event = net_ops.next_event(net);
        assert_int_equal(event->kind, kind);
        assert_in_range(event->slot, 0, SLOTS - 1);
        assert_false(is_told[event->slot]);
        is_told[event->slot] = true;
        if (kind == EVENT_OBSERVED)
            assert_int_equal(event->observation.error, ENOMEM);
        else
            assert_int_equal(event->resolution.outcome, TCPCHECK_RESOURCE);
    }
    assert_int_equal(net_ops.next_event(net)->kind, EVENT_NONE);
}

static void every_connection_without_memory_is_told_once(void **state)
{
    bool is_told[SLOTS] = {false};
    (void)state;
    is_short = true;
    for (uint32_t i = 0; i < SLOTS; i++)
        start_connection(i);
    assert_int_equal(net_next_ns(net), 0);
    take(EVENT_OBSERVED, SLOTS, is_told);
}

static void every_lookup_without_memory_is_told_once(void **state)
{
    bool is_told[SLOTS] = {false};
    (void)state;
    is_short = true;
    for (uint32_t i = SLOTS; i > 0; i--)
        start_lookup(i - 1);
    assert_int_equal(net_next_ns(net), 0);
    take(EVENT_RESOLVED, SLOTS, is_told);
}

static void what_was_cancelled_without_memory_is_not_told(void **state)
{
    bool is_told[SLOTS] = {false};
    struct observation seen;
    struct resolution found;
    (void)state;
    is_short = true;
    for (uint32_t i = 0; i < SLOTS; i++) {
        start_connection(i);
        start_lookup(i);
    }
    for (uint32_t i = 0; i < SLOTS; i++) {
        net_ops.connect_cancel(net, i, &seen);
        assert_int_equal(seen.error, ENOMEM);
        if (i % 2 == 0)
            continue;
        net_ops.resolve_cancel(net, i, &found);
        assert_int_equal(found.outcome, TCPCHECK_RESOURCE);
        is_told[i] = true;
    }
    take(EVENT_RESOLVED, SLOTS / 2, is_told);
}

static void memory_that_is_back_is_used(void **state)
{
    bool is_told[SLOTS] = {false};
    (void)state;
    is_short = true;
    start_connection(SLOTS - 1);
    take(EVENT_OBSERVED, 1, is_told);
    is_short = false;
    start_connection(SLOTS - 1);
    assert_int_equal(net_ops.next_event(net)->observation.error, ECONNREFUSED);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_connection_without_memory_is_told_once),
        CASE(every_lookup_without_memory_is_told_once),
        CASE(what_was_cancelled_without_memory_is_not_told),
        CASE(memory_that_is_back_is_used),
    };
    if (!private_network_enter())
        return private_network_skip();
    return cmocka_run_group_tests_name("shortage", tests, NULL, NULL);
}
