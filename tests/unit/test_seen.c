/* format/seen: counting strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/seen.h"

static uint32_t count(struct seen *seen, const char *string)
{
    return seen_count(seen, string, strlen(string));
}

static void each_string_is_counted_by_itself(void **state)
{
    struct seen seen;
    (void)state;
    seen_init(&seen);
    assert_int_equal(count(&seen, "a"), 1);
    assert_int_equal(count(&seen, "a"), 2);
    assert_int_equal(count(&seen, "b"), 1);
    assert_int_equal(count(&seen, ""), 1);
    assert_int_equal(count(&seen, "a"), 3);
    assert_int_equal(seen_count(&seen, "ab", 1), 4);
    seen_clear(&seen);
    assert_int_equal(count(&seen, "a"), 1);
    seen_fini(&seen);
}

static void counts_survive_growth(void **state)
{
    struct seen seen;
    char name[16];
    (void)state;
    seen_init(&seen);
    for (uint32_t round = 1; round <= 2; round++)
        for (int i = 0; i < 10000; i++) {
            snprintf(name, sizeof(name), "%d", i);
            assert_int_equal(count(&seen, name), round);
        }
    seen_fini(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_string_is_counted_by_itself),
        cmocka_unit_test(counts_survive_growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
