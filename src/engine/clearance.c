/* The system's policy speaks before the file's, so that whoever may change only the latter sees
 * what he cannot change. What a policy forbids is no port that was connected to. */
#include "engine/clearance.h"

#include <stddef.h>

static const char too_many_ports[] = POLICY_DENIAL " (limits.allow_many_ports)";

void clearance_init(struct clearance *clearance, const struct policy *policy, uint32_t host_ports)
{
    *clearance = (struct clearance){.policy = policy, .host_ports = host_ports};
}

void clearance_fini(struct clearance *clearance)
{
    known_ports_fini(&clearance->known);
}

int clearance_ask(struct clearance *clearance, const struct check *check,
                  const struct address *target, const char **objection)
{
    *objection = policy_objection(clearance->policy, target);
    if (*objection == NULL)
        *objection = policy_objection(check->policy, target);
    if (*objection != NULL || clearance->host_ports == 0)
        return 0;
    int is_admitted = known_ports_admit(&clearance->known, target, clearance->host_ports);
    if (is_admitted < 0)
        return is_admitted;
    if (is_admitted == 0) {
        *objection = too_many_ports;
        clearance->many_ports_count++;
    }
    return 0;
}
