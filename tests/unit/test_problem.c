/* core/problem: problems are shown in order, with their line and a caret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/problem.h"
#include "core/utf8.h"

#define COUNT(array)    (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal)  (literal), sizeof(literal) - 1
#define INDENT          "    "
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define COLUMNS_MAX     120

static struct problem_list list;
static struct text text;

static int set_up(void **state)
{
    (void)state;
    problem_list_init(&list);
    text_init(&text, 1000000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    problem_list_fini(&list);
    text_fini(&text);
    return 0;
}

/* From a copy that ends where the input ends, so that reading on is seen. */
static void show(const char *input, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    if (length > 0)
        memcpy(copy, input, length);
    text_clear(&text);
    problem_list_append(&text, &list, "f.yaml", input != NULL ? copy : NULL, length);
    assert_true(text_is_ok(&text));
    free(copy);
}

static void no_problem_shows_nothing(void **state)
{
    (void)state;
    show(BYTES("a: 1\n"));
    assert_string_equal(text_string(&text), "");
    assert_int_equal(list.total, 0);
}

static void a_problem_is_shown_with_line_and_caret(void **state)
{
    static const struct {
        const char *input;
        size_t length;
        uint32_t line, column;
        const char *shown; /* what follows the message */
    } cases[] = {
        {BYTES("a: 1\nport: 0\nb: 2\n"), 2, 7, INDENT "port: 0\n" INDENT "      ^\n"},
        {BYTES("port: 0"), 1, 1, INDENT "port: 0\n" INDENT "^\n"},
        {BYTES("port: 0"), 1, 8, INDENT "port: 0\n" INDENT "       ^\n"},
        {BYTES("port: 0"), 1, 99, INDENT "port: 0\n" INDENT "       ^\n"}, /* beyond its end */
        {BYTES("a\nb"), 2, 1, INDENT "b\n" INDENT "^\n"},
        {BYTES("a\n"), 2, 1, INDENT "\n" INDENT "^\n"}, /* the end of the file */
        {BYTES(""), 1, 1, INDENT "\n" INDENT "^\n"},
        {BYTES("a\n"), 3, 1, ""}, /* no such line */
        {BYTES(""), 2, 1, ""},
        {BYTES("a\r\nport: 0\r\nb"), 2, 7, INDENT "port: 0\n" INDENT "      ^\n"},
        {BYTES("a\r\nport: 0\r\nb"), 2, 99, INDENT "port: 0\n" INDENT "       ^\n"},
        {BYTES("port: 0\r"), 1, 99, INDENT "port: 0\n" INDENT "       ^\n"},
        {BYTES("a\rb: c"), 1, 6, INDENT "a\\x0db: c\n" INDENT "        ^\n"},
        {BYTES("\tport: 0"), 1, 8, INDENT "\\tport: 0\n" INDENT "        ^\n"},
        {BYTES("a\x1b[0mb"), 1, 6, INDENT "a\\x1b[0mb\n" INDENT "        ^\n"},
        {BYTES("a\0b"), 1, 3, INDENT "a\\x00b\n" INDENT "     ^\n"},
        {BYTES("\xc3\xbc: x"), 1, 4, INDENT "\xc3\xbc: x\n" INDENT "   ^\n"},
        {BYTES("\xe6\x9d\xb1\xe4\xba\xac: x"), 1, 5,
         INDENT "\xe6\x9d\xb1\xe4\xba\xac: x\n" INDENT "      ^\n"},
        {BYTES("u\xcc\x88: x"), 1, 5, INDENT "u\xcc\x88: x\n" INDENT "   ^\n"},
        {BYTES("\xe2\x80\xaex: y"), 1, 5, INDENT "\\u{202e}x: y\n" INDENT "           ^\n"},
        {BYTES("\xff\xfe: x"), 1, 5, INDENT "\\xff\\xfe: x\n" INDENT "          ^\n"},
        {BYTES("a\xe6\x9d"), 1, 9, INDENT "a\\xe6\\x9d\n" INDENT "         ^\n"},
        {BYTES("\xef\xbb\xbf"), 1, 1, INDENT "\n" INDENT "^\n"},
        {BYTES("\xef\xbb\xbfport: 0"), 1, 7, INDENT "port: 0\n" INDENT "      ^\n"},
        {BYTES("\xef\xbb\xbf\nport: 0"), 2, 7, INDENT "port: 0\n" INDENT "      ^\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text expected;
        text_init(&expected, 1000);
        text_append_string(&expected, "f.yaml:");
        text_append_int(&expected, cases[i].line);
        text_append_string(&expected, ":");
        text_append_int(&expected, cases[i].column);
        text_append_strings(&expected, ": it is wrong\n", cases[i].shown, NULL);

        problem_add(&list, cases[i].line, cases[i].column, "it is wrong");
        show(cases[i].input, cases[i].length);
        assert_string_equal(text_string(&text), text_string(&expected));
        problem_list_fini(&list);
        text_fini(&expected);
    }
}

static void without_input_or_line_only_the_message_is_shown(void **state)
{
    (void)state;
    problem_add(&list, 3, 4, "first");
    show(NULL, 0);
    assert_string_equal(text_string(&text), "f.yaml:3:4: first\n");
    problem_add(&list, 0, 0, "of an option");
    show(NULL, 0);
    assert_string_equal(text_string(&text), "f.yaml: of an option\nf.yaml:3:4: first\n");
    problem_list_fini(&list);
    problem_add(&list, 0, 0, "of an option");
    show(BYTES("a: 1\n"));
    assert_string_equal(text_string(&text), "f.yaml: of an option\n");
}

static void file_and_message_are_escaped(void **state)
{
    (void)state;
    problem_add(&list, 1, 1, "found \x1b[2J");
    problem_list_append(&text, &list, "a\nb\x1b.yaml", NULL, 0);
    assert_string_equal(text_string(&text), "a\\nb\\x1b.yaml:1:1: found \\x1b[2J\n");
}

static void problems_are_sorted_by_place(void **state)
{
    (void)state;
    problem_add(&list, 3, 1, "e");
    problem_add(&list, 1, 4, "b");
    problem_add(&list, 2, 1, "c");
    problem_add(&list, 2, 1, "d");
    problem_add(&list, 1, 2, "a");
    show(BYTES("line\nline\nline\n"));
    assert_string_equal(text_string(&text), "f.yaml:1:2: a\n" INDENT "line\n" INDENT " ^\n"
                                            "f.yaml:1:4: b\n" INDENT "line\n" INDENT "   ^\n"
                                            "f.yaml:2:1: c\n" INDENT "line\n" INDENT "^\n"
                                            "f.yaml:2:1: d\n" INDENT "line\n" INDENT "^\n"
                                            "f.yaml:3:1: e\n" INDENT "line\n" INDENT "^\n");
}

static void problems_beyond_the_first_by_place_are_counted(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PROBLEMS_MAX; i++)
        problem_add(&list, i + 1, 1, "kept");
    show(NULL, 0);
    assert_null(strstr(text_string(&text), "more"));
    assert_non_null(strstr(text_string(&text), "f.yaml:20:1: kept\n"));

    problem_add(&list, PROBLEMS_MAX, 2, "counted");
    assert_int_equal(list.count, PROBLEMS_MAX);
    assert_int_equal(list.total, PROBLEMS_MAX + 1);
    show(NULL, 0);
    assert_null(strstr(text_string(&text), "counted"));
    assert_non_null(strstr(text_string(&text), "\n... and 1 more problem\n"));

    problem_add(&list, 3, 2, "displaces the last");
    show(NULL, 0);
    assert_non_null(strstr(text_string(&text), "f.yaml:3:2: displaces the last\n"));
    assert_null(strstr(text_string(&text), "f.yaml:20:1: kept\n"));
    assert_non_null(strstr(text_string(&text), "\n... and 2 more problems\n"));
}

static void messages_are_copied(void **state)
{
    char message[] = "first";
    (void)state;
    problem_add(&list, 1, 1, message);
    strcpy(message, "later");
    assert_string_equal(list.problems[0].message, "first");
    problem_list_fini(&list);
    assert_int_equal(list.count, 0);
    assert_int_equal(list.total, 0);
}

/* The two lines below the first message, without the indent. */
struct shown {
    char *line;
    size_t width;
    size_t caret; /* in columns */
};

static struct shown shown_lines(void)
{
    struct shown shown;
    char *line = strchr(text.bytes, '\n') + 1;
    char *caret = strchr(line, '\n') + 1;
    assert_memory_equal(line, INDENT, strlen(INDENT));
    assert_memory_equal(caret, INDENT, strlen(INDENT));
    shown.line = line + strlen(INDENT);
    caret[-1] = '\0';
    shown.width = utf8_width(shown.line, strlen(shown.line));
    shown.caret = strspn(caret + strlen(INDENT), " ");
    assert_memory_equal(caret + strlen(INDENT) + shown.caret, "^\n", 2);
    return shown;
}

/* A line of `length` letters 'x' but for an '@' in `column`; '.' is not in it. */
static char *line_with_mark(size_t length, size_t column)
{
    char *line = malloc(length + 1);
    assert_non_null(line);
    memset(line, 'x', length);
    line[length] = '\0';
    if (column <= length)
        line[column - 1] = '@';
    return line;
}

static void long_lines_are_cut_around_the_place(void **state)
{
    static const struct {
        size_t length, column;
        bool is_cut_before, is_cut_after;
    } cases[] = {
        {120, 1, false, false},  {120, 60, false, false}, {120, 120, false, false},
        {121, 1, false, true},   {121, 121, true, false}, {200, 1, false, true},
        {200, 40, false, true},  {200, 58, false, true},  {200, 59, true, true},
        {200, 100, true, true},  {200, 199, true, false}, {200, 200, true, false},
        {1000, 500, true, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *line = line_with_mark(cases[i].length, cases[i].column);
        problem_add(&list, 1, (uint32_t)cases[i].column, "m");
        show(line, cases[i].length);
        struct shown shown = shown_lines();
        assert_true(shown.width <= COLUMNS_MAX);
        assert_true(shown.width >= COLUMNS_MAX - 6);
        assert_int_equal(shown.line[shown.caret], '@');
        assert_int_equal(strncmp(shown.line, "...", 3) == 0, cases[i].is_cut_before);
        assert_int_equal(strcmp(shown.line + strlen(shown.line) - 3, "...") == 0,
                         cases[i].is_cut_after);
        if (cases[i].is_cut_before && cases[i].is_cut_after)
            assert_int_equal(shown.caret, 3 + 57);
        problem_list_fini(&list);
        free(line);
    }
}

/* 400 times the same character, an '@' in the middle of them, and again as many. */
static void long_lines_of_other_characters_are_cut_as_well(void **state)
{
    static const char *const characters[] = {
        "\t", "\xe6\x9d\xb1", "\xc3\xbc", "\xff", "\xe2\x80\xae", "u\xcc\x88", "\xf0\x9f\x90\x98",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++) {
        struct text line;
        text_init(&line, 100000);
        for (int j = 0; j < 400; j++)
            text_append_string(&line, characters[i]);
        uint32_t column = strcmp(characters[i], "u\xcc\x88") == 0 ? 801 : 401;
        text_append_string(&line, "@");
        for (int j = 0; j < 400; j++)
            text_append_string(&line, characters[i]);

        problem_add(&list, 1, column, "m");
        show(text_string(&line), line.length);
        struct shown shown = shown_lines();
        const char *mark = strchr(shown.line, '@');
        assert_non_null(mark);
        assert_int_equal(utf8_width(shown.line, (size_t)(mark - shown.line)), shown.caret);
        assert_in_range(shown.width, COLUMNS_MAX - 16, COLUMNS_MAX);
        assert_memory_equal(shown.line, "...", 3);
        assert_string_equal(shown.line + strlen(shown.line) - 3, "...");
        problem_list_fini(&list);
        text_fini(&line);
    }
}

static void characters_without_width_do_not_make_the_line_endless(void **state)
{
    struct text line;
    (void)state;
    text_init(&line, 1000000);
    for (int i = 0; i < 100000; i++)
        text_append_string(&line, "\xcc\x88");
    problem_add(&list, 1, 50000, "m");
    show(text_string(&line), line.length);
    assert_true(text.length < 1000);
    text_fini(&line);
}

/* Would not end in time if the work grew with the square of the length. */
static void a_line_of_megabytes_is_shown(void **state)
{
    const size_t length = (size_t)8 * 1024 * 1024;
    char *line = line_with_mark(length, length);
    (void)state;
    for (uint32_t i = 0; i < PROBLEMS_MAX; i++)
        problem_add(&list, 1, (uint32_t)length - i, "m");
    show(line, length);
    assert_true(text.length < (size_t)PROBLEMS_MAX * 300);
    struct shown shown = shown_lines();
    assert_int_equal(shown.width, 3 + 114);
    free(line);
}

static void a_single_problem_is_shown_like_one_of_a_list(void **state)
{
    struct problem problem = {.message = (char[]){"m \x1b"}, .line = 7, .column = 4};
    (void)state;
    problem_append(&text, &problem, "f.list", BYTES("db\tx"));
    assert_string_equal(text_string(&text),
                        "f.list:7:4: m \\x1b\n" INDENT "db\\tx\n" INDENT "    ^\n");

    text_clear(&text);
    problem.column = 99;
    problem_append(&text, &problem, "f.list", BYTES(BYTE_ORDER_MARK "db\r"));
    assert_string_equal(text_string(&text),
                        "f.list:7:99: m \\x1b\n" INDENT "\\u{feff}db\n" INDENT "          ^\n");

    text_clear(&text);
    problem.line = 1;
    problem.column = 2;
    problem_append(&text, &problem, "f.list", BYTES(BYTE_ORDER_MARK "db"));
    assert_string_equal(text_string(&text), "f.list:1:2: m \\x1b\n" INDENT "db\n" INDENT " ^\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_problem_shows_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_problem_is_shown_with_line_and_caret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_input_or_line_only_the_message_is_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(file_and_message_are_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(problems_are_sorted_by_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(problems_beyond_the_first_by_place_are_counted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(messages_are_copied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_lines_are_cut_around_the_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_lines_of_other_characters_are_cut_as_well, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(characters_without_width_do_not_make_the_line_endless,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_single_problem_is_shown_like_one_of_a_list, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_line_of_megabytes_is_shown, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
