/* What is known about the lookup of a name: where its addresses come from, who was asked for
 * them, and what was said of each family. */
#ifndef CORE_LOOKUP_FACTS_H
#define CORE_LOOKUP_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/text.h"

enum lookup_source {
    LOOKUP_DNS,
    LOOKUP_HOSTS,   /* the hosts file */
    LOOKUP_PINNED,  /* --resolve */
    LOOKUP_RFC6761, /* localhost, invalid */
    LOOKUP_SYSTEM,  /* getaddrinfo(3) */
};

/* What was said of the addresses of one family. */
enum answer {
    ANSWER_NONE, /* not yet */
    ANSWER_ADDRESSES,
    ANSWER_NODATA,
    ANSWER_NXDOMAIN,
    ANSWER_TIMEOUT,     /* silence, or nothing that could be an answer */
    ANSWER_UNREACHABLE, /* port closed, no route, truncated and no TCP */
    ANSWER_SERVFAIL,    /* or an rcode that is none of those named here */
    ANSWER_REFUSED,     /* or NOTIMP, or a referral to other servers */
    ANSWER_MALFORMED,   /* FORMERR, or what does not parse or leads nowhere */
    ANSWER_RESOURCE,    /* this host is short of memory or descriptors */
};

enum { LOOKUP_IPV4, LOOKUP_IPV6, LOOKUP_FAMILIES };

struct family_facts {
    bool is_asked;
    bool has_rcode; /* else: silence, or nobody was asked by DNS */
    bool has_time;
    bool is_truncated; /* the server answered over UDP, cut short, and not over TCP */
    bool has_strays;   /* something came from it meanwhile that answers no question */
    uint8_t rcode;     /* RFC 1035, section 4.1.1 */
    enum answer answer;
    struct address server; /* the name server that the answer is of, or that was asked last, with
                              port; FAMILY_ANY: none */
    int64_t time_ns;       /* from the start of the lookup until this answer */
};

/* A name server that was asked, and how it failed: for two families the stronger of both. */
struct failed_server {
    struct address server; /* with port */
    enum answer answer;
    bool is_truncated; /* it answered over UDP, cut short, and not over TCP */
};

/* Strings, addresses and servers are the owner's. */
struct lookup_facts {
    enum lookup_source source;
    enum answer answer;       /* what became of it as a whole */
    bool is_cached;           /* an earlier lookup's, within its time to live */
    bool uses_default_server; /* resolv.conf names none */
    const char *name;         /* that was asked for and has addresses; NULL: none has */
    const char *asked;    /* names that name servers were asked for, in order, each with its NUL */
    uint32_t asked_bytes; /* of all */
    struct family_facts families[LOOKUP_FAMILIES];
    const struct address *addresses; /* in the order in which they are tried */
    uint32_t address_count;
    const struct failed_server *failed; /* in the order of resolv.conf */
    uint32_t failed_count;
};

/* The name after `name` in facts->asked, or the first one (NULL). NULL: there is none. */
const char *lookup_facts_next_asked(const struct lookup_facts *facts, const char *name);

/* A copy for free(3), in one piece. NULL: memory, or there is nothing to copy (NULL). */
struct lookup_facts *lookup_facts_copy(const struct lookup_facts *facts);

/* The family whose answer says what became of the lookup. NULL: nobody was asked. */
const struct family_facts *lookup_facts_deciding(const struct lookup_facts *facts);

/* How much an answer says of why there are no addresses: a server that spoke knows more than
 * one that cannot be reached, and that more than silence. 0: it is no failure. */
int answer_strength(enum answer answer);
bool answer_is_failure(enum answer answer);

/* What all families together say of a name without addresses: "no such name" is meant
 * of all. */
enum answer lookup_facts_fold(const struct family_facts families[LOOKUP_FAMILIES]);

/* Whether a name server said something, if only to cut it short. */
bool family_facts_has_spoken(const struct family_facts *family);

/* Whether a family's answer, or the lack of one, is put down to this server. */
bool lookup_facts_names_server(const struct lookup_facts *facts, const struct address *server);

/* "dns", "hosts" ... */
const char *lookup_source_name(enum lookup_source source);
/* "addresses", "nodata" ... "pending" for ANSWER_NONE */
const char *answer_name(enum answer answer);
/* "NOERROR", "SERVFAIL" ...; "RCODE12" where it has no name. */
void rcode_append(struct text *text, uint8_t rcode);
/* With the port where it is not 53. */
void name_server_append(struct text *text, const struct address *server);

#endif
