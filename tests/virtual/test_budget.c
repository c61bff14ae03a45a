/* engine/budget: a deadline whose clock can be stopped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/budget.h"

static void a_deadline_moves_by_what_was_held(void **state)
{
    struct budget budget = {0};
    (void)state;
    budget_start(&budget, 1000, 500);
    assert_int_equal(budget.deadline_ns, 1500);
    assert_true(budget_hold(&budget, 1100));
    assert_true(budget_resume(&budget, 1300));
    assert_int_equal(budget.deadline_ns, 1700);
    assert_int_equal(budget.held_ns, 200);
}

static void holding_twice_is_holding_since_the_first(void **state)
{
    struct budget budget = {0};
    (void)state;
    budget_start(&budget, 0, 500);
    assert_true(budget_hold(&budget, 100));
    assert_true(budget_hold(&budget, 200));
    budget_resume(&budget, 300);
    assert_int_equal(budget.held_ns, 200);
}

static void resuming_what_is_not_held_does_nothing(void **state)
{
    struct budget budget = {0};
    (void)state;
    budget_start(&budget, 0, 500);
    assert_false(budget_resume(&budget, 300));
    assert_int_equal(budget.deadline_ns, 500);
    assert_int_equal(budget.held_ns, 0);
}

static void a_deadline_that_has_come_cannot_be_held_off(void **state)
{
    struct budget budget = {0};
    (void)state;
    budget_start(&budget, 0, 500);
    assert_false(budget_hold(&budget, 500));
    assert_false(budget_hold(&budget, 600));
    assert_true(budget_hold(&budget, 499));
}

static void the_time_of_ones_own_leaves_out_what_was_held_in_all_attempts(void **state)
{
    struct budget budget = {0};
    (void)state;
    budget_start(&budget, 1000, 500);
    budget_hold(&budget, 1000);
    budget_resume(&budget, 1200);
    assert_int_equal(budget_own_ns(&budget, 1300), 1100);
    budget_start(&budget, 2000, 500);
    assert_int_equal(budget.deadline_ns, 2500);
    budget_hold(&budget, 2000);
    budget_resume(&budget, 2050);
    assert_int_equal(budget_own_ns(&budget, 2100), 1850);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_moves_by_what_was_held),
        cmocka_unit_test(holding_twice_is_holding_since_the_first),
        cmocka_unit_test(resuming_what_is_not_held_does_nothing),
        cmocka_unit_test(a_deadline_that_has_come_cannot_be_held_off),
        cmocka_unit_test(the_time_of_ones_own_leaves_out_what_was_held_in_all_attempts),
    };
    return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
