/* Strings from outside (names, hosts, labels, whatever a name server said) into
 * a format that has rules of its own for them. */
#ifndef FORMAT_ESCAPE_H
#define FORMAT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

/* A byte that is not part of UTF-8 is seen as U+FFFD, in `bytes` too. */
struct character {
    uint32_t code_point;
    const char *bytes;
    size_t length;
};

/* Appends `bytes`, asking `replace` about every character but letters, digits, spaces, '_' and
 * what lies from '(' to ';' of ASCII, which no format gives a meaning to. True: it has appended
 * something else, or nothing, in the character's place. */
void escape_append(struct text *out, const char *bytes, size_t length,
                   bool (*replace)(struct text *out, const struct character *character));

#endif
