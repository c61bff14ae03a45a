/* Checks out of a plain list of targets, read as they are needed. */
#ifndef CLI_LIST_SOURCE_H
#define CLI_LIST_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/line_reader.h"
#include "core/address_block.h"
#include "core/check.h"
#include "core/parameter.h"
#include "core/text.h"
#include "engine/source.h"

struct filter;
struct listed_check;
struct listed_pool;

struct list_source {
    struct check_source base; /* first, so that a source is its list */
    struct line_reader reader;
    const char *path;
    const struct check *overrides;
    const struct naming *naming;
    const struct filter *filter;
    struct listed_pool *pool;
    bool expands;
    bool skips_bad;
    uint32_t line;
    /* The block of addresses that the last line stands for, until its last one was given out. */
    struct listed_check *block_first; /* NULL: none */
    struct address_block block;
    uint32_t block_next;
    bool is_validated;      /* every line has been looked at before, and judged */
    bool is_stopped;        /* ended early by its owner */
    bool is_ended;          /* read to its end */
    int exit_code;          /* EXIT_OK, or why there is no more: a bad line, a failure to read */
    bool is_counted;        /* check_count is known */
    uint64_t check_count;   /* checks that the filter lets through */
    uint64_t problem_count; /* bad lines */
    struct text why;        /* what was wrong, as lines for stderr */
};

struct list_source_options {
    const struct check *overrides;
    const struct naming *naming;
    const struct filter *filter;
    struct listed_pool *pool; /* where the checks come from, and are released to */
    bool expands;             /* --expand-cidr: a block of addresses is a check an address */
    bool skips_bad;           /* --skip-bad-lines: a bad line is shown, counted and passed over */
};

/* Opens the list. A regular file is read once to its end first, so that a bad
 * line stops the run before it starts; from anything else a bad line ends the
 * source when it is met. Where they are skipped, neither happens, and `why` tells of them: before
 * the run for a regular file, and after it for others. `net` is woken when a list that is not a file has
 * more. What it is given outlives it. Returns source->exit_code; list_source_close() is
 * needed either way. */
int list_source_open(struct list_source *source, const char *path,
                     const struct list_source_options *options, struct net *net)
    __attribute__((warn_unused_result));
void list_source_close(struct list_source *source);

/* Adds to `why` what is only known at the end: how many bad lines there were beyond those shown, or
 * were skipped. To be called once, when `why` is to be shown. */
void list_source_sum_up(struct list_source *source);

#endif
