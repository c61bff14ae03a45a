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

/* From the arguments: HOST PORT, or HOST:PORT..., or none where --host and
 * --port say it, and then there must be none. The options' parameters apply to each. False: `why`. */
bool named_targets_parse(struct named_targets *targets, struct options *options,
                         struct text *why);

#endif
