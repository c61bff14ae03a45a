/* core/suggest: the nearest known word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/suggest.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const words[] = {
    "host",        "port",        "timeout", "attempts",
    "retry_delay", "source_port", "to",      "abcdefghijklmnopqrstuvwxyzabcdef",
    NULL};

static void words_within_two_edits_are_suggested(void **state)
{
    static const struct {
        const char *text;
        const char *nearest;
    } cases[] = {
        {"host", "host"},
        {"hosts", "host"}, /* one too many */
        {"hst", "host"},   /* one missing */
        {"hast", "host"},  /* another */
        {"hsot", "host"},  /* swapped */
        {"ohts", "host"},  /* swapped twice */
        {"Port", "port"},
        {"pot", "port"},
        {"timeuot", "timeout"},
        {"time_out", "timeout"},
        {"tiemoout", "timeout"},
        {"timeoutabc", NULL}, /* three too many */
        {"atempt", "attempts"},
        {"retry-delay", "retry_delay"},
        {"retrydelay", "retry_delay"},
        {"sourceprt", "source_port"},
        {"srcprt", NULL},
        {"xy", NULL}, /* would keep nothing of it */
        {"t", "to"},
        {"", NULL},
        {"abcdefghijklmnopqrstuvwxyzabcd", "abcdefghijklmnopqrstuvwxyzabcdef"},
        {"taetpmts", NULL}, /* swapped three times */
        {"abcdefghijklmnopqrstuvwxyzabcdeX", "abcdefghijklmnopqrstuvwxyzabcdef"},
        {"abcdefghijklmnopqrstuvwxyzabcdefg", NULL}, /* longer than 32 */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *nearest = suggest_nearest(words, cases[i].text, strlen(cases[i].text));
        if ((nearest == NULL) != (cases[i].nearest == NULL) ||
            (nearest != NULL && strcmp(nearest, cases[i].nearest) != 0))
            fail_msg("'%s' is nearest to %s", cases[i].text, nearest);
    }
}

static void the_nearest_wins_and_then_the_first(void **state)
{
    static const char *const near[] = {"abcd", "abcf", "abce", NULL};
    (void)state;
    assert_string_equal(suggest_nearest(near, "abcx", 4), "abcd");
    assert_string_equal(suggest_nearest(near, "abcex", 5), "abce");
}

static void long_words_and_long_texts_are_passed_over(void **state)
{
    static const char *const near[] = {"abcdefghijklmnopqrstuvwxyzabcdefg", NULL};
    static const char *const none[] = {NULL};
    (void)state;
    assert_null(suggest_nearest(near, "abcdefghijklmnopqrstuvwxyzabcdef", 32));
    assert_null(suggest_nearest(none, "host", 4));
    assert_string_equal(suggest_nearest(words, "hostile", 4), "host");
    assert_string_equal(suggest_nearest(words, "h\0st", 4), "host");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_within_two_edits_are_suggested),
        cmocka_unit_test(the_nearest_wins_and_then_the_first),
        cmocka_unit_test(long_words_and_long_texts_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
