/* Running checks and writing what comes of them: what `tcpcheck HOST PORT` and
 * `tcpcheck run` share. */
#ifndef CLI_REPORTING_H
#define CLI_REPORTING_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "cli/runner.h"
#include "engine/source.h"
#include "format/check_list.h"
#include "format/report.h"
#include "net/net.h"

struct reporting {
    const struct options *options;
    struct net *net;
    struct check_source *source;
    struct limits limits;
    struct audit_settings audit;
    uint64_t expected;             /* results, 0: not known */
    struct report_context context; /* its columns, and is_single */
    /* Called when the run ends early, before the rest is cancelled; may be NULL. */
    void (*on_early_end)(struct check_source *source);
};

/* Runs all of the source and writes every result as the options ask. Returns
 * the exit code of the run. */
int reporting_run(const struct reporting *reporting);

#endif
