/* The policy of this host, which every program obeys beside that of a check file. */
#ifndef CLI_SYSTEM_POLICY_H
#define CLI_SYSTEM_POLICY_H

#include <stdbool.h>

#include "cli/options.h"
#include "core/policy.h"

/* Where it is, fixed when the program is built: nothing that a user may set leads elsewhere. */
extern const char system_policy_path[];

/* Sets options->policy, which is the options' own; it stays NULL where the host has none. False:
 * it cannot be used, so nothing may be checked; why is said on stderr as `program`. */
bool system_policy_load(struct options *options, const char *program);

#endif
