/* --dry-run: what would be checked, and how. */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include <stdint.h>

#include "cli/options.h"
#include "core/rate.h"
#include "engine/source.h"
#include "net/net.h"

/* Writes a line a check, then the limits, to where the options say. Nothing is
 * resolved or connected to; `net` is what wakes a list. Returns an exit code. */
int dry_run(const struct options *options, struct check_source *source, struct net *net,
            struct rate rate, struct rate host_rate);

#endif
