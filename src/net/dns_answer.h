/* What a name server's answer says. Pure. */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "net/address_list.h"
#include "tcpcheck.h"

enum question_type { QUESTION_A = 1, QUESTION_AAAA = 28 };

enum answer {
    ANSWER_NONE, /* not yet */
    ANSWER_ADDRESSES,
    ANSWER_NODATA,
    ANSWER_NXDOMAIN,
    ANSWER_TIMEOUT,     /* silence, or nothing that could be an answer */
    ANSWER_UNREACHABLE, /* port closed, no route, truncated and no TCP */
    ANSWER_SERVFAIL,    /* or an rcode that is none of those named here */
    ANSWER_REFUSED,     /* or NOTIMP */
    ANSWER_MALFORMED,   /* FORMERR, or what does not parse */
    ANSWER_RESOURCE,    /* this host is short of memory or descriptors */
};

#define DNS_HEADER_BYTES 12

/* The answer was cut short (RFC 1035, TC). At least a header must be there. */
bool dns_answer_is_truncated(const unsigned char *bytes);

/* Adds the addresses of a whole message to the list. Silence is not known here. At least a
 * header must be there. */
enum answer dns_answer_read(const unsigned char *bytes, size_t length, enum question_type type,
                            struct address_list *found);

/* What is to be said where there are no addresses; ANSWER_NONE is silence. */
enum tcpcheck_outcome dns_answer_outcome(enum answer answer);

#endif
