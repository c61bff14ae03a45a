/* What the kernel and the network said, in words for people. */
#ifndef FORMAT_EVIDENCE_H
#define FORMAT_EVIDENCE_H

#include "core/lookup_facts.h"
#include "core/observation.h"
#include "core/text.h"

/* "ECONNREFUSED"; "E" and the number for one that the C library does not know. */
void evidence_append_errno(struct text *out, int error);

/* "10.0.0.1 says host unreachable (ICMP type 3 code 1)", in the RFCs' words
 * where they have some for this type and code. */
void evidence_append_icmp(struct text *out, const struct icmp_error *icmp);

/* Where the answer comes from: ", 10.0.0.2 says NOERROR", ", from the hosts file"; nothing where no
 * name server has said anything. */
void evidence_append_lookup(struct text *out, const struct lookup_facts *facts);
/* Why there is no answer for a family: "10.0.0.2 is silent". */
void evidence_append_missing_answer(struct text *out, const struct family_facts *family);

/* How a name server failed: "10.0.0.2 cannot be reached". */
void evidence_append_failed_server(struct text *out, const struct failed_server *failed);

#endif
