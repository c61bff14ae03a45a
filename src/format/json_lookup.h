/* `dns` of a result in JSON: what is known of the lookup of an attempt. */
#ifndef FORMAT_JSON_LOOKUP_H
#define FORMAT_JSON_LOOKUP_H

#include "core/result.h"
#include "core/text.h"

/* `{"name":...}` as json.h describes it, or null where nothing was looked up or nothing is known.
 * attempt may be NULL: null. */
void json_append_lookup(struct text *out, const struct attempt *attempt);

#endif
