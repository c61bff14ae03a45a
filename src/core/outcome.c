/* Looking things up in the table of outcomes, and weighing them. The order of
 * strength is a list and no number in the table: a number would have to be
 * compared with all others to be understood. */
#include "core/outcome.h"

#include "core/outcome_table.h"

const struct outcome_info *outcome_info(enum tcpcheck_outcome outcome)
{
    unsigned index = (unsigned)outcome;
    return &outcome_table[index < OUTCOME_COUNT ? index : TCPCHECK_INTERNAL];
}

/* Weakest first. What had a handshake is stronger than any refusal: the target
 * itself spoke, and at length. What is not here is a local cause. */
static const enum tcpcheck_outcome by_strength[] = {
    TCPCHECK_TIMEOUT,
    TCPCHECK_ICMP_OTHER,
    TCPCHECK_TTL_EXCEEDED,
    TCPCHECK_NET_UNREACHABLE,
    TCPCHECK_HOST_UNREACHABLE,
    TCPCHECK_FILTERED,
    TCPCHECK_REFUSED_ICMP,
    TCPCHECK_REFUSED,
    TCPCHECK_CLOSED_EARLY,
    TCPCHECK_RESET_EARLY,
    TCPCHECK_OPEN,
};

int outcome_strength(enum tcpcheck_outcome outcome)
{
    for (size_t i = 0; i < sizeof(by_strength) / sizeof(by_strength[0]); i++)
        if (by_strength[i] == outcome)
            return (int)i + 1;
    return 0;
}

bool outcome_has_handshake(enum tcpcheck_outcome outcome)
{
    return outcome == TCPCHECK_OPEN || outcome == TCPCHECK_RESET_EARLY ||
           outcome == TCPCHECK_CLOSED_EARLY;
}

const char *outcome_blame_name(enum outcome_blame blame)
{
    switch (blame) {
    case BLAME_NOBODY: return "nobody";
    case BLAME_NAME: return "name resolution";
    case BLAME_NETWORK: return "the network";
    case BLAME_FIREWALL: return "a firewall";
    case BLAME_HOST: return "the target host";
    case BLAME_SERVICE: return "the target service";
    case BLAME_HERE: return "this host";
    }
    return "this host";
}
