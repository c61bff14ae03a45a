/* host:port as a person writes a target: "db:5432", "[2001:db8::1]:80". */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

/* Where host (brackets kept) and port lie in `text`. */
struct target_span {
    size_t host_length; /* host starts at 0 */
    size_t port_start;  /* port runs to the end of the text */
};

/* Splits, without judging host or port. False, and `why` says what is
 * accepted, where there is no port, or an IPv6 address without brackets leaves
 * it open which colon starts the port. */
bool target_split(const char *text, size_t length, struct target_span *span, struct text *why);

#endif
