/* One line of CSV as in RFC 4180, cut into its fields. */
#ifndef FORMAT_CSV_LINE_H
#define FORMAT_CSV_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/text.h"

/* A part of a line. */
struct field {
    const char *text; /* not NUL-terminated */
    size_t length;
    size_t start; /* its offset in the line; behind the quote, if there is one */
};

/* Cuts the line into exactly `count` fields. Blanks around a field do not belong
 * to it. Quoted fields are unquoted into `arena`, the others are parts of the line.
 * False: `why` says what is wrong, and *wrong_at (an offset) where. */
bool csv_line_split(const char *line, size_t length, struct field *fields, size_t count,
                    struct arena *arena, size_t *wrong_at, struct text *why);

#endif
