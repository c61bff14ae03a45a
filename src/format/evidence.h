/* What the kernel and the network said, in words for people. */
#ifndef FORMAT_EVIDENCE_H
#define FORMAT_EVIDENCE_H

#include "core/observation.h"
#include "core/text.h"

/* "ECONNREFUSED"; "E" and the number for one that the C library does not know. */
void evidence_append_errno(struct text *out, int error);

/* "10.0.0.1 says host unreachable (ICMP type 3 code 1)", in the RFCs' words
 * where they have some for this type and code. */
void evidence_append_icmp(struct text *out, const struct icmp_error *icmp);

#endif
