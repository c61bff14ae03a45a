/* Writing JSON: strings, and results in the shape of the contract. */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include "core/result.h"
#include "core/text.h"
#include "format/report.h"

/* The string in quotes: what RFC 8259 must have escaped, DEL, C1 and
 * bidirectional controls too; bytes that are not UTF-8 become U+FFFD. */
void json_append_string(struct text *out, const char *string);

/* The result as one object on one line, no line feed. */
void json_append_result(struct text *out, const struct report_context *context,
                        const struct result *result);

#endif
