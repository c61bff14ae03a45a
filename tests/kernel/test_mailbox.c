/* net/mailbox: what goes in comes out once, in order, unless it was withdrawn; and who sleeps is
 * woken, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "net/mailbox.h"

static int set_up(void **state)
{
    struct mailbox *box = malloc(sizeof(*box));
    *state = box;
    return box == NULL ? -1 : mailbox_init(box);
}

static int tear_down(void **state)
{
    mailbox_fini(*state);
    free(*state);
    return 0;
}

static bool put_order(struct mailbox *box, uint32_t slot)
{
    const struct order order = {.slot = slot, .target = {.port = (uint16_t)slot}};
    bool must_wake;
    return mailbox_put_order(box, &order, &must_wake);
}

static void put_event(struct mailbox *box, uint32_t slot)
{
    const struct event event = {.kind = EVENT_OBSERVED, .slot = slot};
    mailbox_put_event(box, &event);
}

static void expect_order(struct mailbox *box, uint32_t slot)
{
    struct order order;
    assert_true(mailbox_take_order(box, &order));
    assert_int_equal(order.slot, slot);
    assert_int_equal(order.target.port, slot);
}

static void expect_event(struct mailbox *box, uint32_t slot)
{
    struct event event;
    bool must_wake;
    assert_true(mailbox_take_event(box, &event, &must_wake));
    assert_int_equal(event.kind, EVENT_OBSERVED);
    assert_int_equal(event.slot, slot);
}

static void expect_nothing(struct mailbox *box)
{
    struct order order;
    struct event event;
    bool must_wake;
    assert_false(mailbox_take_order(box, &order));
    assert_false(mailbox_take_event(box, &event, &must_wake));
    assert_false(mailbox_has_event(box));
}

static void what_goes_in_comes_out_in_order(void **state)
{
    struct mailbox *box = *state;
    /* Often enough to go round. */
    for (uint32_t i = 0; i < 3 * MAILBOX_EVENTS_MAX; i += 3) {
        for (uint32_t j = i; j < i + 3; j++) {
            assert_true(put_order(box, j));
            put_event(box, j);
        }
        for (uint32_t j = i; j < i + 3; j++) {
            expect_order(box, j);
            expect_event(box, j);
        }
    }
    expect_nothing(box);
}

static void what_has_no_room_is_refused(void **state)
{
    struct mailbox *box = *state;
    for (uint32_t i = 0; i < MAILBOX_ORDERS_MAX; i++)
        assert_true(put_order(box, i));
    assert_false(put_order(box, MAILBOX_ORDERS_MAX));
    for (uint32_t i = 0; i < MAILBOX_EVENTS_MAX; i++) {
        assert_int_equal(mailbox_event_room(box), MAILBOX_EVENTS_MAX - i);
        put_event(box, i);
    }
    assert_int_equal(mailbox_event_room(box), 0);
    for (uint32_t i = 0; i < MAILBOX_ORDERS_MAX; i++)
        expect_order(box, i);
    for (uint32_t i = 0; i < MAILBOX_EVENTS_MAX; i++)
        expect_event(box, i);
    expect_nothing(box);
}

static void what_is_withdrawn_is_not_taken(void **state)
{
    struct mailbox *box = *state;
    struct order order;
    struct event event;
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(put_order(box, i));
        put_event(box, i);
    }
    assert_true(mailbox_withdraw_order(box, 0, &order));
    assert_true(mailbox_withdraw_order(box, 2, &order));
    assert_int_equal(order.target.port, 2);
    assert_false(mailbox_withdraw_order(box, 2, &order));
    assert_true(mailbox_find_event(box, 1, &event));
    assert_int_equal(event.slot, 1);
    assert_true(mailbox_withdraw_event(box, 1, &event));
    assert_int_equal(event.slot, 1);
    assert_int_equal(event.kind, EVENT_OBSERVED);
    assert_true(mailbox_withdraw_event(box, 3, &event));
    assert_false(mailbox_find_event(box, 3, &event));
    assert_false(mailbox_withdraw_event(box, 7, &event));
    expect_order(box, 1);
    expect_order(box, 3);
    expect_event(box, 0);
    expect_event(box, 2);
    expect_nothing(box);
}

static void a_worker_that_sleeps_is_woken_by_the_first_order_alone(void **state)
{
    struct mailbox *box = *state;
    const struct order order = {.slot = 1};
    struct order taken;
    bool must_wake;
    assert_true(mailbox_put_order(box, &order, &must_wake));
    assert_false(must_wake);
    assert_false(mailbox_leave(box, false));
    assert_true(mailbox_take_order(box, &taken));
    assert_true(mailbox_leave(box, false));
    assert_true(mailbox_put_order(box, &order, &must_wake));
    assert_true(must_wake);
    assert_true(mailbox_put_order(box, &order, &must_wake));
    assert_false(must_wake);
}

static void a_worker_whose_events_have_no_room_is_woken_when_they_have(void **state)
{
    struct mailbox *box = *state;
    struct event event;
    bool must_wake;
    assert_false(mailbox_leave(box, true));
    for (uint32_t i = 0; i < MAILBOX_EVENTS_MAX; i++)
        put_event(box, i);
    assert_true(mailbox_leave(box, true));
    uint32_t taken = 0;
    do {
        assert_true(mailbox_take_event(box, &event, &must_wake));
        taken++;
    } while (!must_wake);
    assert_int_equal(taken, MAILBOX_EVENTS_MAX / 2);
    assert_true(mailbox_take_event(box, &event, &must_wake));
    assert_false(must_wake);
    assert_true(mailbox_leave(box, false));
    assert_true(mailbox_take_event(box, &event, &must_wake));
    assert_false(must_wake);
}

static void a_closed_mailbox_lets_no_worker_sleep(void **state)
{
    struct mailbox *box = *state;
    assert_false(mailbox_is_closed(box));
    mailbox_close(box);
    assert_true(mailbox_is_closed(box));
    assert_false(mailbox_leave(box, false));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_goes_in_comes_out_in_order),
        CASE(what_has_no_room_is_refused),
        CASE(what_is_withdrawn_is_not_taken),
        CASE(a_worker_that_sleeps_is_woken_by_the_first_order_alone),
        CASE(a_worker_whose_events_have_no_room_is_woken_when_they_have),
        CASE(a_closed_mailbox_lets_no_worker_sleep),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
