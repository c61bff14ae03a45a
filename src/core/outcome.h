/* The one table of outcomes. The enum itself is public: tcpcheck.h. */
#ifndef CORE_OUTCOME_H
#define CORE_OUTCOME_H

#include <stdbool.h>

#include "tcpcheck.h"

#define OUTCOME_COUNT (TCPCHECK_INTERNAL + 1)

/* Whose fault it is: where `tcpcheck HOST PORT` says that it stopped. */
enum outcome_blame {
    BLAME_NOBODY,  /* open */
    BLAME_NAME,    /* name resolution */
    BLAME_NETWORK, /* a route or router */
    BLAME_FIREWALL,
    BLAME_HOST,
    BLAME_SERVICE,
    BLAME_HERE, /* this host */
};

struct outcome_info {
    const char *name;    /* "refused" */
    const char *message; /* "Connection refused"; "" for open */
    const char *meaning; /* one sentence: what was seen and what it shows */
    const char *hint;    /* one or two sentences: what to do */
    const char *steps;   /* for explain: what to check, in order, a line each, none empty; the
                            last one has no line feed */
    enum tcpcheck_verdict verdict;
    enum outcome_blame blame;
    bool is_retried;   /* worth another attempt of the same check */
    bool is_published; /* its message is one of the six of the contract */
};

/* Never NULL: a number that is no outcome gives the entry of TCPCHECK_INTERNAL. */
const struct outcome_info *outcome_info(enum tcpcheck_outcome outcome);

/* How strong the evidence is when several addresses of a name failed and one
 * must speak for the attempt: higher wins. 0: a local cause, which
 * decides only if every address met one. */
int outcome_strength(enum tcpcheck_outcome outcome);

/* Whether the handshake had finished. */
bool outcome_has_handshake(enum tcpcheck_outcome outcome);

const char *outcome_blame_name(enum outcome_blame blame);

#endif
