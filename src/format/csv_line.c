/* Fields of a line. Quoted ones may hold commas and quotes, but no line feed: a
 * list is read line by line, so that a quote left open spoils one line and not
 * the million after it. */
#include "format/csv_line.h"

#include <string.h>

struct csv_cursor {
    const char *line;
    size_t length;
    size_t at;
    struct arena *arena;
    size_t wrong_at;
    struct text *why;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_at_end(const struct csv_cursor *cursor)
{
    return cursor->at == cursor->length;
}

static bool is_at(const struct csv_cursor *cursor, char byte)
{
    return !is_at_end(cursor) && cursor->line[cursor->at] == byte;
}

static bool wrong(struct csv_cursor *cursor, size_t offset, const char *what)
{
    cursor->wrong_at = offset;
    text_append_string(cursor->why, what);
    return false;
}

static void skip_blanks(struct csv_cursor *cursor)
{
    while (!is_at_end(cursor) && is_blank(cursor->line[cursor->at]))
        cursor->at++;
}

/* Of the text between two quotes, "" stands for one. */
static bool unquote(struct csv_cursor *cursor, struct field *field)
{
    char *text = arena_copy(cursor->arena, field->text, field->length);
    if (text == NULL)
        return wrong(cursor, field->start, "memory is too short to read this");
    size_t length = 0;
    for (size_t i = 0; i < field->length; i++) {
        text[length++] = field->text[i];
        i += field->text[i] == '"';
    }
    field->text = text;
    field->length = length;
    return true;
}

/* From behind the first quote to behind the last. */
static bool take_quoted(struct csv_cursor *cursor, struct field *field)
{
    size_t start = cursor->at;
    for (;; cursor->at++) {
        if (is_at_end(cursor))
            return wrong(cursor, start - 1, "this quote is never closed");
        if (!is_at(cursor, '"'))
            continue;
        if (cursor->at + 1 == cursor->length || cursor->line[cursor->at + 1] != '"')
            break;
        cursor->at++;
    }
    *field = (struct field){cursor->line + start, cursor->at - start, start};
    cursor->at++;
    skip_blanks(cursor);
    if (!is_at_end(cursor) && !is_at(cursor, ','))
        return wrong(cursor, cursor->at, "after a closing quote only a comma may follow");
    return unquote(cursor, field);
}

static void take_unquoted(struct csv_cursor *cursor, struct field *field)
{
    size_t start = cursor->at;
    while (!is_at_end(cursor) && !is_at(cursor, ','))
        cursor->at++;
    size_t end = cursor->at;
    while (end > start && is_blank(cursor->line[end - 1]))
        end--;
    *field = (struct field){cursor->line + start, end - start, start};
}

/* Up to its comma or the end. */
static bool take_field(struct csv_cursor *cursor, struct field *field)
{
    skip_blanks(cursor);
    if (!is_at(cursor, '"')) {
        take_unquoted(cursor, field);
        return true;
    }
    cursor->at++;
    return take_quoted(cursor, field);
}

static bool take_fields(struct csv_cursor *cursor, struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!take_field(cursor, &fields[i]))
            return false;
        bool is_last = i + 1 == count;
        if (is_at_end(cursor) && !is_last)
            return wrong(cursor, fields[0].start, "fields are missing");
        if (is_last && !is_at_end(cursor))
            return wrong(cursor, cursor->at, "there are too many fields");
        cursor->at++;
    }
    return true;
}

bool csv_line_split(const char *line, size_t length, struct field *fields, size_t count,
                    struct arena *arena, size_t *wrong_at, struct text *why)
{
    struct csv_cursor cursor = {.line = line, .length = length, .arena = arena, .why = why};
    bool is_right = take_fields(&cursor, fields, count);
    *wrong_at = cursor.wrong_at;
    return is_right;
}
