/* The addresses and ports that a rule is about. */
#ifndef SCRIPTED_RULE_PLACE_H
#define SCRIPTED_RULE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "ip_address.h"

struct rule_place {
    bool is_anywhere; /* both families; else: */
    struct ip_prefix prefix;
    uint16_t first_port;
    uint16_t last_port;
};

/* ADDRESS[/BITS][:PORT[-PORT]], [ADDRESS[/BITS]][:PORT[-PORT]], or * for the address; an IPv6
 * address with ports needs the brackets. Writes into the text. */
bool rule_place_parse(char *text, struct rule_place *place) __attribute__((warn_unused_result));

bool rule_place_has(const struct rule_place *place, const struct ip_address *address,
                    uint16_t port);

#endif
