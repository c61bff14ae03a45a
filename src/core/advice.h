/* What to do about a result. */
#ifndef CORE_ADVICE_H
#define CORE_ADVICE_H

#include "core/result.h"
#include "core/text.h"

/* Appends a few sentences that fit this result; nothing where no advice is needed. `append` writes
 * the names that the check gave, by the rules of the format; what stands around them is printable
 * ASCII without '"' and '\'. */
void advice_append(struct text *out, const struct result *result,
                   void (*append)(struct text *out, const char *bytes, size_t length));

#endif
