/* Problems of an input, shown the way compilers do.
 *
 * The input is walked once, since the problems are shown in its order; and of
 * a line only what is near the place is looked at, so that a line of many
 * megabytes costs no more than finding its place. Keeping a copy of each line
 * at problem_add() was rejected: parsers see events, not lines. */
#include "core/problem.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#define SHOWN_COLUMNS   120
#define ELLIPSIS        "..."
#define CUT_COLUMNS     (SHOWN_COLUMNS - 6) /* without an ellipsis on either side */
#define INDENT          "    "
#define VIEW_MAX_BYTES  (4 * SHOWN_COLUMNS) /* letters may carry any number of accents */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const char no_memory[] = "something is wrong here, but memory is too short to say what";

/* Where the walk through the input stands: at a character of a line. */
struct cursor {
    const char *input;
    size_t length;
    size_t line_start;
    size_t at;
    uint32_t line;
    uint32_t column;
};

/* A part of the cursor's line, and the columns that it takes when escaped. */
struct view {
    const struct cursor *cursor;
    struct text *scratch;
    size_t start;
    size_t end;
    size_t columns;
};

void problem_list_init(struct problem_list *list)
{
    list->count = 0;
    list->total = 0;
}

static void free_message(struct problem *problem)
{
    if (problem->message != no_memory)
        free((char *)problem->message);
}

void problem_list_fini(struct problem_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_message(&list->problems[i]);
    problem_list_init(list);
}

static bool comes_before(const struct problem *a, const struct problem *b)
{
    return a->line < b->line || (a->line == b->line && a->column < b->column);
}

/* The one behind all others; there is one. */
static size_t find_last(const struct problem_list *list)
{
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++)
        if (!comes_before(&list->problems[i], &list->problems[last]))
            last = i;
    return last;
}

bool problem_list_has_room(const struct problem_list *list, uint32_t line, uint32_t column)
{
    const struct problem new = {.line = line, .column = column};
    return list->count < PROBLEMS_MAX || comes_before(&new, &list->problems[find_last(list)]);
}

/* Where the new problem goes: behind the others, or in the place of the last of them when there
 * are enough; NULL when it would be the last itself. */
static struct problem *find_place(struct problem_list *list, const struct problem *new)
{
    if (!problem_list_has_room(list, new->line, new->column))
        return NULL;
    if (list->count < PROBLEMS_MAX)
        return &list->problems[list->count++];
    struct problem *last = &list->problems[find_last(list)];
    free_message(last);
    return last;
}

void problem_add(struct problem_list *list, uint32_t line, uint32_t column, const char *message)
{
    struct problem new = {.line = line, .column = column};
    list->total++;
    struct problem *place = find_place(list, &new);
    if (place == NULL)
        return;
    char *copy = strdup(message);
    new.message = copy != NULL ? copy : no_memory;
    *place = new;
}

/* By insertion: few, nearly sorted, and those of one place keep their order. */
static void sort(const struct problem_list *list, const struct problem **sorted)
{
    for (size_t i = 0; i < list->count; i++) {
        size_t at = i;
        for (; at > 0 && comes_before(&list->problems[i], sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = &list->problems[i];
    }
}

/* The bytes of one character; of what is not UTF-8, one. */
static size_t step(const char *bytes, size_t length)
{
    uint32_t code_point;
    size_t size = utf8_decode(bytes, length, &code_point);
    return size > 0 ? size : 1;
}

/* The same for the character that ends at `at`, which lies beyond `start`. */
static size_t step_back(const char *input, size_t start, size_t at)
{
    for (size_t size = 2; size <= 4 && size <= at - start; size++)
        if (step(input + at - size, size) == size)
            return size;
    return 1;
}

/* `input` starts with line number `line`. */
static void cursor_init(struct cursor *cursor, const char *input, size_t length, uint32_t line)
{
    *cursor = (struct cursor){.input = input, .length = length, .line = line, .column = 1};
    size_t mark = strlen(BYTE_ORDER_MARK); /* it is no character of the first line */
    if (line == 1 && length >= mark && memcmp(input, BYTE_ORDER_MARK, mark) == 0)
        cursor->line_start = cursor->at = mark;
}

static bool is_line_end(const struct cursor *cursor, size_t at)
{
    if (at < cursor->length && cursor->input[at] == '\r')
        at++;
    return at == cursor->length || cursor->input[at] == '\n';
}

/* To a place at or after where it stands; a column beyond the line's end
 * becomes that end. False: there is no such line. */
static bool cursor_seek(struct cursor *cursor, uint32_t line, uint32_t column)
{
    while (cursor->line < line) {
        const char *feed = memchr(cursor->input + cursor->at, '\n', cursor->length - cursor->at);
        if (feed == NULL)
            return false;
        cursor->line_start = cursor->at = (size_t)(feed - cursor->input) + 1;
        cursor->line++;
        cursor->column = 1;
    }
    while (cursor->column < column && !is_line_end(cursor, cursor->at)) {
        cursor->at += step(cursor->input + cursor->at, cursor->length - cursor->at);
        cursor->column++;
    }
    return true;
}

/* Columns of these bytes once they are escaped. */
static size_t shown_width(struct text *scratch, const char *bytes, size_t length)
{
    text_clear(scratch);
    text_append_escaped(scratch, bytes, length);
    return utf8_width(scratch->bytes, scratch->length);
}

/* Takes one more character in, unless that is too much. */
static bool view_admits(struct view *view, const char *bytes, size_t length, size_t columns)
{
    size_t width = shown_width(view->scratch, bytes, length);
    bool is_room =
        view->columns + width <= columns && view->end - view->start + length <= VIEW_MAX_BYTES;
    if (is_room)
        view->columns += width;
    return is_room;
}

static void view_grow_back(struct view *view, size_t columns)
{
    const struct cursor *cursor = view->cursor;
    while (view->start > cursor->line_start) {
        size_t size = step_back(cursor->input, cursor->line_start, view->start);
        if (!view_admits(view, cursor->input + view->start - size, size, columns))
            break;
        view->start -= size;
    }
}

static void view_grow_on(struct view *view, size_t columns)
{
    const struct cursor *cursor = view->cursor;
    while (!is_line_end(cursor, view->end)) {
        size_t size = step(cursor->input + view->end, cursor->length - view->end);
        if (!view_admits(view, cursor->input + view->end, size, columns))
            break;
        view->end += size;
    }
}

/* The whole line, or what fits around the place when it is too long. */
static void view_init(struct view *view, const struct cursor *cursor, struct text *scratch)
{
    *view = (struct view){cursor, scratch, cursor->at, cursor->at, 0};
    view_grow_back(view, SHOWN_COLUMNS);
    view_grow_on(view, SHOWN_COLUMNS);
    if (view->start == cursor->line_start && is_line_end(cursor, view->end))
        return;
    *view = (struct view){cursor, scratch, cursor->at, cursor->at, 0};
    view_grow_back(view, CUT_COLUMNS / 2);
    view_grow_on(view, CUT_COLUMNS);
    view_grow_back(view, CUT_COLUMNS);
}

/* The line, and the caret under the escaped form of what is before the place. */
static void append_line(struct text *text, const struct cursor *cursor, struct text *scratch)
{
    struct view view;
    view_init(&view, cursor, scratch);
    bool is_cut_before = view.start > cursor->line_start;
    bool is_cut_after = !is_line_end(cursor, view.end);

    text_append_strings(text, INDENT, is_cut_before ? ELLIPSIS : "", NULL);
    text_append_escaped(text, cursor->input + view.start, view.end - view.start);
    text_append_strings(text, is_cut_after ? ELLIPSIS : "", "\n" INDENT, NULL);
    size_t caret = is_cut_before ? strlen(ELLIPSIS) : 0;
    caret += shown_width(scratch, cursor->input + view.start, cursor->at - view.start);
    for (size_t i = 0; i < caret; i++)
        text_append_char(text, ' ');
    text_append_string(text, "^\n");
}

static void append_message(struct text *text, const struct problem *problem, const char *file)
{
    text_append_escaped(text, file, strlen(file));
    if (problem->line > 0) {
        text_append_char(text, ':');
        text_append_int(text, problem->line);
        text_append_char(text, ':');
        text_append_int(text, problem->column);
    }
    text_append_string(text, ": ");
    text_append_escaped(text, problem->message, strlen(problem->message));
    text_append_char(text, '\n');
}

void problem_list_append(struct text *text, const struct problem_list *list, const char *file,
                         const char *input, size_t input_length)
{
    const struct problem *sorted[PROBLEMS_MAX];
    sort(list, sorted);

    struct text scratch;
    text_init(&scratch, (size_t)4 * VIEW_MAX_BYTES); /* a byte is at most \\xNN */
    struct cursor cursor;
    cursor_init(&cursor, input, input != NULL ? input_length : 0, 1);
    for (size_t i = 0; i < list->count; i++) {
        const struct problem *problem = sorted[i];
        append_message(text, problem, file);
        if (input != NULL && problem->line > 0 &&
            cursor_seek(&cursor, problem->line, problem->column))
            append_line(text, &cursor, &scratch);
    }
    text_fini(&scratch);

    if (list->total > list->count) {
        bool is_one = list->total - list->count == 1;
        text_append_string(text, "... and ");
        text_append_int(text, (int64_t)(list->total - list->count));
        text_append_string(text, is_one ? " more problem\n" : " more problems\n");
    }
}

void problem_append(struct text *text, const struct problem *problem, const char *file,
                    const char *line_bytes, size_t length)
{
    struct text scratch;
    text_init(&scratch, (size_t)4 * VIEW_MAX_BYTES);
    struct cursor cursor;
    cursor_init(&cursor, line_bytes, length, problem->line);
    append_message(text, problem, file);
    cursor_seek(&cursor, problem->line, problem->column);
    append_line(text, &cursor, &scratch);
    text_fini(&scratch);
}
