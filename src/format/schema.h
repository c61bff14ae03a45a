/* The check file's JSON Schema (draft-07), out of the parameter table. */
#ifndef FORMAT_SCHEMA_H
#define FORMAT_SCHEMA_H

#include "core/text.h"

/* The whole schema, indented, with a line feed at its end. It takes both forms of
 * a check file. Where a parameter is wrong in itself it says so; what
 * parameters exclude together, and what `defaults` leaves out, only
 * `tcpcheck lint` finds. */
void schema_append(struct text *out);

#endif
