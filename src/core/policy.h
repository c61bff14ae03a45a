/* Which targets may be connected to: rules over addresses and ports, judged by the address that is
 * really connected to. Deny wins; where there are rules of allow, one of them must be met. */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/text.h"

/* So many rules are looked at one by one for each connection. */
#define POLICY_RULES_MAX 1024

#define POLICY_RULE_ACCEPTED \
    "10.0.0.0/8, 10.0.0.0/8:443, 10.0.0.0/8:8000-8999 or '[2001:db8::/32]:443' (* is any port)"

/* What stands in front of the rule in a denial; the outcome's message. */
#define POLICY_DENIAL "Not allowed by policy"

struct policy_rule {
    struct address network; /* its host bits and its port are 0 */
    uint8_t length;         /* of the prefix, in bits */
    uint16_t first_port;
    uint16_t last_port;
    const char *denial; /* of a rule of deny: what a check that meets it is told */
};

struct policy_rules {
    const struct policy_rule *rules; /* in somebody's arena, like their denials */
    uint32_t count;
};

struct policy {
    struct policy_rules allow;
    struct policy_rules deny;
    const char *not_allowed; /* what is told where no rule of allow is met */
};

/* An address or a network in one of the forms above; `denial` becomes NULL. A network of
 * IPv4-mapped or NAT64 (64:ff9b::/96) addresses becomes that of the IPv4 addresses. False: `why`
 * is a clause that says what is wrong, the text found and what is accepted. */
bool policy_rule_parse(const char *text, size_t length, struct policy_rule *rule, struct text *why);
/* As policy_rule_parse() reads it back. */
void policy_rule_append(struct text *text, const struct policy_rule *rule);

/* Whether this target (an address_connected_to(), with port) may be connected to: NULL, or the
 * whole message why not, which lives as long as the policy. No policy (NULL) objects to nothing. */
const char *policy_objection(const struct policy *policy, const struct address *target);

#endif
