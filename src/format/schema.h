/* The check file's JSON Schema (draft-07), out of the parameter table. */
#ifndef FORMAT_SCHEMA_H
#define FORMAT_SCHEMA_H

#include "core/service.h"
#include "core/text.h"

/* The whole schema, indented, with a line feed at its end. */
void schema_append(struct text *out);

#endif
