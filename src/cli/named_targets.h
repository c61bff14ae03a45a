/* Targets named on the command line. */
#ifndef CLI_NAMED_TARGETS_H
#define CLI_NAMED_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "core/check.h"
#include "core/text.h"

/* The checks live in the options' arena. */
struct named_targets {
    struct check *checks;
    size_t count;
};

/* From the arguments: HOST PORT, or HOST:PORT..., or what --host and --port leave
 * to say, and then nothing more. The options' parameters apply to each. False: `why`. */
bool named_targets_parse(struct named_targets *targets, struct options *options, struct text *why);

#endif
