/* Where something stands in a text: what an editor would call line and column. */
#ifndef FORMAT_PLACE_H
#define FORMAT_PLACE_H

#include <stddef.h>
#include <stdint.h>

/* Both from 1. Lines end with a line feed and nothing else; columns count
 * characters, a byte-order mark at the start of the text not among them. */
struct place {
    uint32_t line;
    uint32_t column;
};

/* Walks a text to turn offsets into places. Offsets that grow cost no more
 * than one walk; a smaller one starts again. */
struct place_cursor {
    const char *bytes; /* behind the byte-order mark; must be UTF-8 as far as it is asked about */
    size_t length;
    size_t offset;     /* bytes passed */
    size_t characters; /* the same in characters */
    struct place place;
};

/* The text is not copied. */
void place_cursor_init(struct place_cursor *cursor, const char *bytes, size_t length);

/* Of the character that begins at (or, inside one, after) this byte, or of the
 * text's end. */
struct place place_of_byte(struct place_cursor *cursor, size_t offset);
/* Of character number `index`, from 0, or of the text's end. */
struct place place_of_character(struct place_cursor *cursor, size_t index);

#endif
