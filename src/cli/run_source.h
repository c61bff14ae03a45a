/* All checks of a run, one after another: those of the check files, then those
 * of the lists. */
#ifndef CLI_RUN_SOURCE_H
#define CLI_RUN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/filter.h"
#include "cli/list_source.h"
#include "cli/listed_check.h"
#include "engine/source.h"
#include "format/check_file.h"
#include "format/report.h"

/* Stays where it is. */
struct run_source {
    struct check_source base; /* first, so that a source is its run_source */
    struct filter filter;
    struct check_list *files;
    uint32_t file_count;
    uint32_t file; /* the one being given out */
    size_t check;  /* and its next check */
    struct list_source *lists;
    uint32_t list_count;
    uint32_t list;
    struct listed_pool pool;
    struct limits limits;        /* the strictest of the files, as far as any gives them */
    struct audit_settings audit; /* of the files */
};

/* Loads every file and opens every list that the options name; no files and no
 * lists is an error. Everything wrong with any of them is said on stderr. Returns
 * EXIT_OK or an exit code; run_source_close() is needed either way. `options` and
 * `net` outlive it. */
int run_source_open(struct run_source *source, const char *program, const struct options *options,
                    struct net *net) __attribute__((warn_unused_result));
void run_source_close(struct run_source *source);

/* The run ends early: a list that is not a file is read no further, since it may have no end;
 * all other checks are still given out, so that each has a result. */
void run_source_stop(struct run_source *source);

/* How many checks there are; 0 where a list that is not a regular file leaves it open. */
uint64_t run_source_count(const struct run_source *source);
/* Where the audit goes: to what --audit names, else to what the files do. It is required where one
 * of the files says so, or none says anything. */
struct audit_settings run_source_audit(const struct run_source *source,
                                       const struct options *options);
/* Makes the columns of `context` wide enough for the checks of files. */
void run_source_fit(const struct run_source *source, struct report_context *context);

/* After the run: says what kept a list from being checked as a whole. Returns EXIT_OK or an
 * exit code. */
int run_source_end(struct run_source *source);

#endif
