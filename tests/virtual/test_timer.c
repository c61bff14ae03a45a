/* engine/timer: order, and that it survives any use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/timer.h"
#include "virtual_net.h"

#define TIMERS 200

static struct timer_heap heap;
static struct timer timers[TIMERS];

static int set_up(void **state)
{
    (void)state;
    timer_heap_init(&heap);
    for (int i = 0; i < TIMERS; i++)
        timers[i] = (struct timer){.kind = TIMER_NEXT};
    return timer_heap_reserve(&heap, TIMERS);
}

static int tear_down(void **state)
{
    (void)state;
    timer_heap_fini(&heap);
    return 0;
}

static void timers_fire_in_the_order_of_time(void **state)
{
    static const int64_t times[] = {50, 10, 40, 20, 30};
    (void)state;
    for (int i = 0; i < 5; i++)
        timer_set(&heap, &timers[i], times[i]);
    for (int64_t when = 10; when <= 50; when += 10) {
        assert_int_equal(timer_heap_next_ns(&heap), when);
        assert_int_equal(timer_heap_take_due(&heap, 100)->when_ns, when);
    }
    assert_int_equal(timer_heap_next_ns(&heap), INT64_MAX);
}

static void timers_for_one_moment_fire_in_the_order_in_which_they_were_set(void **state)
{
    (void)state;
    for (int i = 0; i < TIMERS; i++)
        timer_set(&heap, &timers[(i * 7) % TIMERS], 5);
    for (int i = 0; i < TIMERS; i++)
        assert_ptr_equal(timer_heap_take_due(&heap, 5), &timers[(i * 7) % TIMERS]);
}

static void a_timer_that_is_not_due_stays(void **state)
{
    (void)state;
    timer_set(&heap, &timers[0], 10);
    assert_null(timer_heap_take_due(&heap, 9));
    assert_true(timer_is_set(&timers[0]));
    assert_ptr_equal(timer_heap_take_due(&heap, 10), &timers[0]);
    assert_false(timer_is_set(&timers[0]));
    assert_null(timer_heap_take_due(&heap, INT64_MAX));
}

static void a_timer_set_anew_fires_once_at_the_new_moment(void **state)
{
    (void)state;
    timer_set(&heap, &timers[0], 10);
    timer_set(&heap, &timers[1], 20);
    timer_set(&heap, &timers[0], 30);
    assert_ptr_equal(timer_heap_take_due(&heap, 100), &timers[1]);
    assert_ptr_equal(timer_heap_take_due(&heap, 100), &timers[0]);
    assert_null(timer_heap_take_due(&heap, 100));
}

static void unsetting_what_is_not_set_does_nothing(void **state)
{
    (void)state;
    timer_unset(&heap, &timers[0]);
    timer_set(&heap, &timers[0], 10);
    timer_unset(&heap, &timers[0]);
    timer_unset(&heap, &timers[0]);
    assert_int_equal(timer_heap_next_ns(&heap), INT64_MAX);
}

static void room_adds_up(void **state)
{
    (void)state;
    assert_int_equal(timer_heap_reserve(&heap, 1000), 0);
    assert_true(heap.capacity >= TIMERS + 1000);
}

static int64_t earliest(void)
{
    int64_t first_ns = INT64_MAX;
    for (int i = 0; i < TIMERS; i++)
        if (timer_is_set(&timers[i]) && timers[i].when_ns < first_ns)
            first_ns = timers[i].when_ns;
    return first_ns;
}

static void the_first_is_always_the_earliest_whatever_is_set_and_unset(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct timer *timer = &timers[virtual_random(&random, TIMERS)];
        switch (virtual_random(&random, 4)) {
        case 0: timer_unset(&heap, timer); break;
        case 1: timer_heap_take_due(&heap, (int64_t)virtual_random(&random, 1000)); break;
        default: timer_set(&heap, timer, (int64_t)virtual_random(&random, 1000)); break;
        }
        assert_int_equal(timer_heap_next_ns(&heap), earliest());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(timers_fire_in_the_order_of_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            timers_for_one_moment_fire_in_the_order_in_which_they_were_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_timer_that_is_not_due_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_timer_set_anew_fires_once_at_the_new_moment, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(unsetting_what_is_not_set_does_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(room_adds_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_is_always_the_earliest_whatever_is_set_and_unset,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
