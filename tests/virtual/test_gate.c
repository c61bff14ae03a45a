/* engine/gate: one inside, the others in line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/gate.h"
#include "virtual_net.h"

#define PASSES 500
#define KEYS   60

static struct gate gate;
static struct gate_pass passes[PASSES];

static int set_up(void **state)
{
    (void)state;
    memset(passes, 0, sizeof(passes));
    gate_init(&gate);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gate_fini(&gate);
    return 0;
}

static struct gate_key key_of(uint64_t number)
{
    return (struct gate_key){
        .address = {.family = FAMILY_IPV4, .bytes = {10, 0, 0, (uint8_t)(number / 3)}, .port = 80},
        .source_port = (uint16_t)(1000 + number % 3),
    };
}

static bool enter(int pass, uint64_t key_number)
{
    struct gate_key key = key_of(key_number);
    return gate_enter(&gate, &passes[pass], &key);
}

static void the_others_enter_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    assert_true(enter(0, 1));
    for (int i = 1; i < 10; i++)
        assert_false(enter(i, 1));
    for (int i = 0; i < 9; i++) {
        assert_ptr_equal(gate_leave(&gate, &passes[i]), &passes[i + 1]);
        assert_int_equal(passes[i].state, GATE_OUTSIDE);
        assert_int_equal(passes[i + 1].state, GATE_INSIDE);
    }
    assert_null(gate_leave(&gate, &passes[9]));
    assert_int_equal(gate.inside_count, 0);
}

static void other_source_ports_and_targets_do_not_wait(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++)
        assert_true(enter(i, (uint64_t)i));
    for (int i = 0; i < KEYS; i++)
        assert_null(gate_leave(&gate, &passes[i]));
}

static void leaving_the_line_lets_nobody_in(void **state)
{
    (void)state;
    enter(0, 1);
    enter(1, 1);
    enter(2, 1);
    assert_null(gate_leave(&gate, &passes[1]));
    assert_ptr_equal(gate_leave(&gate, &passes[0]), &passes[2]);
    assert_null(gate_leave(&gate, &passes[2]));
}

static void leaving_from_outside_does_nothing(void **state)
{
    (void)state;
    enter(0, 1);
    assert_null(gate_leave(&gate, &passes[1]));
    assert_int_equal(passes[0].state, GATE_INSIDE);
    gate_leave(&gate, &passes[0]);
}

static void check_one_inside_for_each_key(const uint64_t keys[PASSES])
{
    int inside[KEYS] = {0};
    int present[KEYS] = {0};
    for (int i = 0; i < PASSES; i++) {
        inside[keys[i]] += passes[i].state == GATE_INSIDE;
        present[keys[i]] += passes[i].state != GATE_OUTSIDE;
    }
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(inside[i], present[i] > 0);
}

static void exactly_one_is_inside_wherever_somebody_is(void **state)
{
    uint64_t keys[PASSES] = {0};
    uint64_t random = 7;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        uint64_t pass = virtual_random(&random, PASSES);
        if (passes[pass].state != GATE_OUTSIDE) {
            gate_leave(&gate, &passes[pass]);
        } else {
            keys[pass] = virtual_random(&random, KEYS);
            enter((int)pass, keys[pass]);
        }
        check_one_inside_for_each_key(keys);
    }
    for (int i = 0; i < PASSES; i++)
        gate_leave(&gate, &passes[i]);
    assert_int_equal(gate.inside_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_others_enter_in_the_order_in_which_they_came, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(other_source_ports_and_targets_do_not_wait, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(leaving_the_line_lets_nobody_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaving_from_outside_does_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(exactly_one_is_inside_wherever_somebody_is, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
