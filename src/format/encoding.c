/* UTF-8 or a word about what it is instead.
 *
 * The parsers below check UTF-8 too, but some way into the file and with words
 * that help nobody who saved it from an editor set to something else. */
#include "format/encoding.h"

#include <stdint.h>
#include <string.h>

#include "core/utf8.h"
#include "format/complaint.h"
#include "format/place.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In the order in which they must be tried: one begins like another. */
static const struct {
    const char *name;
    char start[4];
    size_t length;
} byte_order_marks[] = {
    {"UTF-32", "\xff\xfe\0\0", 4},
    {"UTF-32", "\0\0\xfe\xff", 4},
    {"UTF-16", "\xff\xfe", 2},
    {"UTF-16", "\xfe\xff", 2},
};

/* By its byte-order mark; without one, by a NUL among the first characters: the
 * first character of a check is ASCII, and UTF-8 has no NUL in those. */
static const char *wide_encoding(const char *bytes, size_t length)
{
    for (size_t i = 0; i < COUNT(byte_order_marks); i++)
        if (length >= byte_order_marks[i].length &&
            memcmp(bytes, byte_order_marks[i].start, byte_order_marks[i].length) == 0)
            return byte_order_marks[i].name;
    if (length < 2 || memchr(bytes, '\0', length < 4 ? length : 4) == NULL)
        return NULL;
    bool is_half_zero = (bytes[0] == '\0') != (bytes[1] == '\0');
    bool is_paired = length < 4 || (bytes[0] == '\0') == (bytes[2] == '\0');
    return is_half_zero && is_paired ? "UTF-16" : "binary data or UTF-32";
}

static void append_byte(struct text *why, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    const char shown[] = {'0', 'x', digits[byte >> 4], digits[byte & 15]};
    text_append(why, shown, sizeof(shown));
}

bool encoding_is_utf8(const char *bytes, size_t length, size_t *offset, struct text *why)
{
    const char *wide = wide_encoding(bytes, length);
    *offset = 0;
    if (wide != NULL) {
        text_append_strings(why, "this looks like ", wide, ": save it as UTF-8", NULL);
        return false;
    }
    *offset = utf8_valid_length(bytes, length);
    if (*offset == length)
        return true;
    text_append_string(why, "byte ");
    append_byte(why, (uint8_t)bytes[*offset]);
    text_append_string(why, " is not UTF-8: save it as UTF-8");
    return false;
}

bool encoding_check(const char *bytes, size_t length, struct problem_list *problems)
{
    size_t offset;
    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    bool is_utf8 = encoding_is_utf8(bytes, length, &offset, &why);
    if (!is_utf8) {
        struct place_cursor cursor;
        place_cursor_init(&cursor, bytes, length);
        size_t mark = (size_t)(cursor.bytes - bytes);
        complain_text(problems, place_of_byte(&cursor, offset > mark ? offset - mark : 0), &why);
    }
    text_fini(&why);
    return is_utf8;
}
