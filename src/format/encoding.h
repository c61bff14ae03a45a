/* Is a file text that the parsers can read? */
#ifndef FORMAT_ENCODING_H
#define FORMAT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/problem.h"
#include "core/text.h"

/* True when all of it is UTF-8 and does not look like UTF-16 or UTF-32.
 * Otherwise `why` says what it is and what to do, and *offset is the first
 * byte that is wrong; all before it is UTF-8. */
bool encoding_is_utf8(const char *bytes, size_t length, size_t *offset, struct text *why);

/* The same for a whole file: what is wrong is reported at its place. */
bool encoding_check(const char *bytes, size_t length, struct problem_list *problems);

#endif
