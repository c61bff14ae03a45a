/* Whether a target may be connected to at all: by the policies, and by the number of its host's
 * ports. Asked once for each address of each attempt, before anything of it starts. */
#ifndef ENGINE_CLEARANCE_H
#define ENGINE_CLEARANCE_H

#include <stdint.h>

#include "core/address.h"
#include "core/check.h"
#include "core/policy.h"
#include "engine/known_ports.h"

struct clearance {
    const struct policy *policy; /* holds for every check, beside its own; may be NULL */
    uint32_t host_ports;         /* 0: unlimited */
    struct known_ports known;
    uint64_t many_ports_count; /* addresses that had too many ports */
};

void clearance_init(struct clearance *clearance, const struct policy *policy, uint32_t host_ports);
void clearance_fini(struct clearance *clearance);

/* For the target that is really connected to (address_connected_to(), with port). *objection is
 * NULL, or the message why not: a constant's, or its policy's. Returns 0 or -ENOMEM. */
int clearance_ask(struct clearance *clearance, const struct check *check,
                  const struct address *target, const char **objection)
    __attribute__((warn_unused_result));

#endif
