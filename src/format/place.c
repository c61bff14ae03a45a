/* Lines and columns by counting, in one walk beside the parser's.
 *
 * libyaml's own lines were not enough: it ends a line at a lone carriage return,
 * U+0085, U+2028 and U+2029 too, as YAML 1.1 says and no editor does, and the
 * place shown would drift away from the line that is shown with it. */
#include "format/place.h"

#include <stdbool.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static void rewind_cursor(struct place_cursor *cursor)
{
    cursor->offset = 0;
    cursor->characters = 0;
    cursor->place = (struct place){1, 1};
}

void place_cursor_init(struct place_cursor *cursor, const char *bytes, size_t length)
{
    size_t mark = strlen(BYTE_ORDER_MARK);
    bool is_marked = length >= mark && memcmp(bytes, BYTE_ORDER_MARK, mark) == 0;
    cursor->bytes = is_marked ? bytes + mark : bytes;
    cursor->length = is_marked ? length - mark : length;
    rewind_cursor(cursor);
}

/* Passes one character: a byte and all that continue it. */
static void pass_character(struct place_cursor *cursor)
{
    bool is_feed = cursor->bytes[cursor->offset] == '\n';
    do
        cursor->offset++;
    while (cursor->offset < cursor->length && (cursor->bytes[cursor->offset] & 0xc0) == 0x80);
    cursor->characters++;
    cursor->place.column++;
    if (is_feed)
        cursor->place = (struct place){cursor->place.line + 1, 1};
}

struct place place_of_byte(struct place_cursor *cursor, size_t offset)
{
    if (offset < cursor->offset)
        rewind_cursor(cursor);
    while (cursor->offset < offset && cursor->offset < cursor->length)
        pass_character(cursor);
    return cursor->place;
}

struct place place_of_character(struct place_cursor *cursor, size_t index)
{
    if (index < cursor->characters)
        rewind_cursor(cursor);
    while (cursor->characters < index && cursor->offset < cursor->length)
        pass_character(cursor);
    return cursor->place;
}
