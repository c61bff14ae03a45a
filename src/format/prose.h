/* Pieces of text for people, in plain ASCII and fixed widths. */
#ifndef FORMAT_PROSE_H
#define FORMAT_PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/result.h"
#include "core/text.h"

#define PROSE_COLUMNS      80
#define PROSE_MARK_COLUMNS 4

/* "ok  ", "FAIL", or "????" where it could not be checked. */
void prose_append_mark(struct text *out, const struct result *result, bool is_colored);

/* Three significant digits in a sensible unit: "0.196 ms", "12.3 ms", "2.00 s". */
void prose_append_time(struct text *out, int64_t ns);
/* The same with the numbers one below the other, 8 columns and more. */
void prose_append_time_column(struct text *out, int64_t ns);

/* Spaces until what was appended since out->length was `start` takes `columns`. */
void prose_pad(struct text *out, size_t start, size_t columns);

/* Words that break into lines of at most PROSE_COLUMNS, each new line
 * indented; the first begins where the text stands, at column `indent`.
 * Escaped. No line feed at the end. */
void prose_append_wrapped(struct text *out, const char *words, size_t indent);

/* A string, safe already, in at most `columns`: where it is longer its middle
 * becomes "...", since of a name both ends tell more. */
void prose_append_shortened(struct text *out, const char *string, size_t columns);

/* Columns that the text takes. */
size_t prose_columns(const struct text *text);

/* result_error(), escaped; with the time where it was too slow. */
void prose_append_error(struct text *out, const struct result *result);

/* ", no such device eth7": what makes the error exact, escaped; nothing for most. */
void prose_append_detail(struct text *out, const struct result *result);

/* "3 checks", "1 check". */
void prose_append_count(struct text *out, uint64_t count, const char *noun);

/* The notes that say something which the error does not. */
uint32_t prose_notes(const struct result *result);

/* What a note of the result says. */
const char *prose_note(const struct result *result, enum note note);

#endif
