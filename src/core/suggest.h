/* The nearest known word to one that is unknown. */
#ifndef CORE_SUGGEST_H
#define CORE_SUGGEST_H

#include <stddef.h>

/* The word of `words` (the last is NULL) that is within two edits (insert, delete,
 * replace, swap neighbours) of `text` and nearest (the first of several), or NULL.
 * A word that would keep nothing of `text` is not near. Words of up to 32 bytes are
 * considered. */
const char *suggest_nearest(const char *const *words, const char *text, size_t length);

#endif
