/* A growing string of bytes with a ceiling. Appending never fails at the call:
 * the first failure (memory, or the ceiling) is remembered, empties the text,
 * and makes all later appends do nothing; ask text_is_ok() once, at the end. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    char *bytes; /* NUL-terminated whenever it is not NULL */
    size_t length;
    size_t capacity;
    size_t ceiling; /* the longest `length` allowed */
    bool has_failed;
};

void text_init(struct text *text, size_t ceiling);
void text_fini(struct text *text);
/* Empties it and forgets a failure; the memory is kept. */
void text_clear(struct text *text);
/* Takes back what was appended since it had `length` bytes. */
void text_cut(struct text *text, size_t length);
bool text_is_ok(const struct text *text);
/* Makes it a text for which memory was short: empty, and not ok. */
void text_fail(struct text *text);
/* The same where that has become of a part of it. */
void text_fail_with(struct text *text, const struct text *part);
/* The bytes as a string; "" when empty or failed. */
const char *text_string(const struct text *text);

/* text_append() where the bytes may not fit, or must not be added. */
void text_append_slowly(struct text *text, const char *bytes, size_t length);

/* Inlined: a literal whose length the compiler knows costs a comparison and a few moves, and the
 * formats for machines are mostly such literals. */
static inline void text_append(struct text *text, const char *bytes, size_t length)
{
    size_t room = text->capacity - text->length; /* for the NUL too */
    if (text->has_failed || length == 0 || length >= room) {
        text_append_slowly(text, bytes, length);
        return;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_append_char(struct text *text, char byte);
void text_append_string(struct text *text, const char *string);
/* Several strings; the last argument is NULL. */
void text_append_strings(struct text *text, ...) __attribute__((sentinel));
void text_append_int(struct text *text, int64_t number);
/* With leading zeros up to `width` digits; number must not be negative. */
void text_append_padded_int(struct text *text, int64_t number, int width);
/* ns as decimal seconds with exactly `decimals` (0-9) digits, rounded half up (a
 * half goes towards plus infinity). Never "-0". */
void text_append_seconds(struct text *text, int64_t ns, int decimals);
/* Any bytes made safe for a terminal or a log: C0, C1, DEL, bidirectional and
 * zero-width controls and bytes that are not UTF-8 become \n, \t, \xNN or
 * \u{NNNN}; all else is kept. */
void text_append_escaped(struct text *text, const char *bytes, size_t length);
/* The same between single quotes: how messages show a value that was found.
 * At most 64 bytes are shown, then "...". */
void text_append_quoted(struct text *text, const char *bytes, size_t length);

#endif
