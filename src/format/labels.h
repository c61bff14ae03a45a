/* The labels of a check: a mapping of strings. */
#ifndef FORMAT_LABELS_H
#define FORMAT_LABELS_H

#include "core/check.h"
#include "format/check_entry.h"
#include "format/node.h"

/* Of one check, merged ones included: formats compare each with each. */
#define LABELS_MAX 64

/* Reads them into *check, in the order of the file, merged ones last. What is
 * wrong is reported. */
void labels_read(const struct entry_reader *reader, const struct node_item *item,
                 struct check *check);

#endif
