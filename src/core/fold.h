/* Which of an attempt's addresses speaks for it. */
#ifndef CORE_FOLD_H
#define CORE_FOLD_H

#include "core/result.h"

/* Folds the addresses of the last attempt: the first that opened, else the strongest evidence, ties
 * to the first tried. Where all of them count (ADDRESSES_ALL), it is the one by which enough of
 * them met the expectation; else, where those that could not be checked might have made it enough,
 * the strongest of these; else the strongest of those that failed. Not for an attempt without
 * any. */
void fold_addresses(struct result *result);

/* The address of the last attempt that was the first to open, whatever became of it then, or
 * NULL. */
const struct tried *fold_first_open(const struct result *result);

#endif
