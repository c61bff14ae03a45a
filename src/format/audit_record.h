/* What an audit keeps of a check: one line a time that something was, or would have been, connected
 * to. A JSON object on one line, its keys in this order, always all of them:
 *
 *   time      when the attempt's first lookup or connection started, UTC, microseconds
 *   user      whose process it was
 *   check     its name; host:port where it has none
 *   host, port  as asked for, brackets removed; a number
 *   address   that decided the attempt, or null
 *   source    address:port that it was tried from, or null
 *   class     of the attempt's outcome
 *   errno     what the kernel gave for that address, or null
 *   duration  of the attempt, seconds with six decimals
 *   others    the other addresses that the attempt tried, in their order
 *
 * Later versions may add keys after these. */
#ifndef FORMAT_AUDIT_RECORD_H
#define FORMAT_AUDIT_RECORD_H

#include <stdint.h>

#include "core/result.h"
#include "core/text.h"

struct audit_context {
    int64_t wall_offset_ns; /* UTC minus the monotonic clock */
    const char *user;
};

/* Appends a line for each attempt, and one for a check that was denied before any. Returns how
 * many. What was cancelled before its first attempt leaves none: nothing was tried. */
uint32_t audit_append_records(struct text *out, const struct audit_context *context,
                              const struct result *result);

#endif
