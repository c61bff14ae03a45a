/* engine/gate: so many inside, the others in line. */
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
    gate_init(&gate, 1);
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
    assert_int_equal(gate.key_count, 0);
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

static void as_many_are_inside_as_the_gate_lets_in(void **state)
{
    (void)state;
    gate.limit = 3;
    for (int i = 0; i < 6; i++)
        assert_int_equal(enter(i, 1), i < 3);
    assert_null(gate_leave(&gate, &passes[4])); /* out of the line */
    assert_ptr_equal(gate_leave(&gate, &passes[1]), &passes[3]);
    assert_ptr_equal(gate_leave(&gate, &passes[0]), &passes[5]);
    assert_null(gate_leave(&gate, &passes[2]));
    assert_true(enter(6, 1));
    assert_false(enter(7, 1));
    assert_ptr_equal(gate_leave(&gate, &passes[3]), &passes[7]);
    assert_null(gate_leave(&gate, &passes[7]));
    assert_null(gate_leave(&gate, &passes[5]));
    assert_null(gate_leave(&gate, &passes[6]));
    assert_int_equal(gate.key_count, 0);
}

static void leaving_from_outside_does_nothing(void **state)
{
    (void)state;
    enter(0, 1);
    assert_null(gate_leave(&gate, &passes[1]));
    assert_int_equal(passes[0].state, GATE_INSIDE);
    gate_leave(&gate, &passes[0]);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void check_those_inside_for_each_key(const uint64_t keys[PASSES])
{
    int inside[KEYS] = {0};
    int present[KEYS] = {0};
    for (int i = 0; i < PASSES; i++) {
        inside[keys[i]] += passes[i].state == GATE_INSIDE;
        present[keys[i]] += passes[i].state != GATE_OUTSIDE;
    }
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(inside[i], least(present[i], (int)gate.limit));
}

/* The one that is let in must be the one that came first of those that wait. */
static void leave(uint64_t pass, const uint64_t keys[PASSES], const uint64_t came[PASSES])
{
    struct gate_pass *first = NULL;
    for (uint64_t i = 0; i < PASSES; i++)
        if (passes[i].state == GATE_WAITING && keys[i] == keys[pass] && i != pass &&
            (first == NULL || came[i] < came[first - passes]))
            first = &passes[i];
    bool was_inside = passes[pass].state == GATE_INSIDE;
    assert_ptr_equal(gate_leave(&gate, &passes[pass]), was_inside ? first : NULL);
}

static void check_a_crowd(uint32_t limit)
{
    uint64_t keys[PASSES] = {0};
    uint64_t came[PASSES] = {0};
    uint64_t random = limit;
    gate.limit = limit;
    for (uint64_t i = 0; i < 5000; i++) {
        uint64_t pass = virtual_random(&random, PASSES);
        if (passes[pass].state != GATE_OUTSIDE) {
            leave(pass, keys, came);
        } else {
            keys[pass] = virtual_random(&random, KEYS);
            came[pass] = i;
            enter((int)pass, keys[pass]);
        }
        check_those_inside_for_each_key(keys);
    }
    for (int i = 0; i < PASSES; i++)
        gate_leave(&gate, &passes[i]);
    assert_int_equal(gate.key_count, 0);
}

static void nobody_is_kept_out_without_need_and_the_line_keeps_its_order(void **state)
{
    (void)state;
    for (uint32_t limit = 1; limit <= 9; limit++)
        check_a_crowd(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_others_enter_in_the_order_in_which_they_came, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(other_source_ports_and_targets_do_not_wait, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(leaving_the_line_lets_nobody_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_many_are_inside_as_the_gate_lets_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaving_from_outside_does_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            nobody_is_kept_out_without_need_and_the_line_keeps_its_order, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
