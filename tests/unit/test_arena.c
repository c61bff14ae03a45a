/* core/arena: zeroed, aligned, disjoint, never moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdalign.h>

#include "core/arena.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void assert_all_bytes(const unsigned char *bytes, size_t length, unsigned char value)
{
    for (size_t i = 0; i < length; i++)
        assert_int_equal(bytes[i], value);
}

static void pieces_are_zeroed_aligned_and_disjoint(void **state)
{
    static const size_t sizes[] = {1, 7, 16, 24, 1000, 1024, 1025, 3000, 4096, 5, 100000, 1, 700};
    unsigned char *pieces[40 * COUNT(sizes)];
    (void)state;
    for (size_t i = 0; i < COUNT(pieces); i++) {
        size_t size = sizes[i % COUNT(sizes)];
        pieces[i] = arena_alloc(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        assert_all_bytes(pieces[i], size, 0);
        memset(pieces[i], (int)(1 + i % 255), size);
    }
    for (size_t i = 0; i < COUNT(pieces); i++)
        assert_all_bytes(pieces[i], sizes[i % COUNT(sizes)], (unsigned char)(1 + i % 255));
}

static void strings_between_structs_do_not_spoil_alignment(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        assert_string_equal(arena_copy(&arena, "abcdefg", 3), "abc");
        void *piece = arena_alloc(&arena, 8);
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
    }
}

static void copies_are_terminated_and_hold_any_byte(void **state)
{
    (void)state;
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_memory_equal(arena_copy(&arena, "a\0b", 3), "a\0b", 4);
    char *first = arena_copy(&arena, "x", 1);
    assert_string_equal(arena_copy(&arena, "y", 1), "y");
    assert_string_equal(first, "x");
}

static void a_large_piece_leaves_the_current_block_in_use(void **state)
{
    (void)state;
    char *before = arena_alloc(&arena, 16);
    assert_non_null(arena_alloc(&arena, 1000000));
    char *after = arena_alloc(&arena, 16);
    assert_ptr_equal(after, before + 16);
}

static void a_large_piece_may_be_the_first(void **state)
{
    (void)state;
    char *large = arena_alloc(&arena, 1000000);
    assert_non_null(large);
    large[999999] = 1;
    assert_string_equal(arena_copy(&arena, "small", 5), "small");
}

static void a_piece_of_no_size_is_not_null(void **state)
{
    (void)state;
    assert_non_null(arena_alloc(&arena, 0));
}

static void what_cannot_be_had_is_null(void **state)
{
    (void)state;
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 64));
    assert_null(arena_alloc(&arena, PTRDIFF_MAX));
    assert_null(arena_copy(&arena, "a", SIZE_MAX));
    assert_string_equal(arena_copy(&arena, "still works", 11), "still works");
    assert_null(arena_alloc(&arena, SIZE_MAX));
}

static void it_can_be_used_again_after_fini(void **state)
{
    (void)state;
    assert_non_null(arena_alloc(&arena, 10));
    arena_fini(&arena);
    assert_null(arena.blocks);
    assert_string_equal(arena_copy(&arena, "again", 5), "again");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_are_zeroed_aligned_and_disjoint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings_between_structs_do_not_spoil_alignment, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(copies_are_terminated_and_hold_any_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_piece_leaves_the_current_block_in_use, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_large_piece_may_be_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_piece_of_no_size_is_not_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_had_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_can_be_used_again_after_fini, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
