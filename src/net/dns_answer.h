/* What a name server's answer says. Pure. */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/lookup_facts.h"
#include "net/address_list.h"
#include "net/dns_message.h"
#include "tcpcheck.h"

enum question_type { QUESTION_A = 1, QUESTION_AAAA = 28 };

/* The answer was cut short (RFC 1035, TC). At least a header must be there. */
bool dns_answer_is_truncated(const unsigned char *bytes);
/* Likewise. */
uint8_t dns_answer_rcode(const unsigned char *bytes);

/* Adds the addresses that a message has for its question's name, aliases followed, to the list.
 * *ttl_s is how long they hold, aliases on the way included; 0 where there are none. "No address"
 * is what an answer must say without damage and without records that lead nowhere:
 * any other is ANSWER_MALFORMED, and one that only refers to other servers ANSWER_REFUSED. Silence is
 * not known here. At least a header must be there. */
enum answer dns_answer_read(const unsigned char *bytes, size_t length, enum question_type type,
                            struct address_list *found, uint32_t *ttl_s);

/* What is to be said where there are no addresses; ANSWER_NONE is silence. */
enum tcpcheck_outcome dns_answer_outcome(enum answer answer);

#endif
