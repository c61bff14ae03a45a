/* One check explained to a person: the verdict, where it stopped, what shows
 * it, and what to do. Several lines. */
#ifndef FORMAT_TEXT_EXPLAIN_H
#define FORMAT_TEXT_EXPLAIN_H

#include "core/result.h"
#include "core/text.h"
#include "format/report.h"

void text_explain(struct text *out, const struct report_context *context,
                  const struct result *result);

/* -v: every attempt and every address that it tried, a line each. */
void text_explain_attempts(struct text *out, const struct result *result);

#endif
