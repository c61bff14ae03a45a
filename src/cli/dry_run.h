/* --dry-run: what would be checked, and how. */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/options.h"
#include "cli/run_source.h"
#include "engine/source.h"
#include "net/net.h"

/* Writes a line a check, then the policies and limits, to where the options say. Nothing is
 * resolved or connected to; `net` is what wakes a list. `source` is what the checks come from,
 * NULL where that is the command line. Returns an exit code. */
int dry_run(const struct options *options, struct check_source *checks, struct net *net,
            const struct run_source *source);

#endif
