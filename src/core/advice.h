/* What to do about a result. */
#ifndef CORE_ADVICE_H
#define CORE_ADVICE_H

#include "core/result.h"
#include "core/text.h"

/* Appends a few sentences that fit this result; nothing where no advice is needed. Names that the
 * check gave are in them as they are: escape them. */
void advice_append(struct text *out, const struct result *result);

#endif
