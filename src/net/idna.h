/* Names in other scripts than ASCII, in the form in which name servers know them: UTS 46,
 * non-transitional, by libidn2. */
#ifndef NET_IDNA_H
#define NET_IDNA_H

#include <stddef.h>

#include "core/text.h"

/* Appends the A-labels of a name (UTF-8, without NUL) to `labels`. Returns NULL, or what is wrong
 * with the name in words that follow it and end in what is accepted. From any thread. */
const char *idna_to_ascii(const char *name, size_t length, struct text *labels);

#endif
