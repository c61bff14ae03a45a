/* Checks out of a plain list of targets, read as they are needed. */
#ifndef CLI_LIST_SOURCE_H
#define CLI_LIST_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/line_reader.h"
#include "core/check.h"
#include "core/parameter.h"
#include "core/text.h"
#include "engine/source.h"

struct filter;

struct list_source {
    struct check_source base; /* first, so that a source is its list */
    struct line_reader reader;
    const char *path;
    const struct check *overrides;
    const struct naming *naming;
    const struct filter *filter;
    uint32_t line;
    bool is_stopped;        /* ended early by its owner */
    bool is_ended;          /* read to its end */
    int exit_code;          /* EXIT_OK, or why there is no more: a bad line, a failure to read */
    uint64_t problem_count; /* bad lines */
    struct text why;        /* what was wrong, as lines for stderr */
};

struct list_source_options {
    const struct check *overrides;
    const struct naming *naming;
    const struct filter *filter;
};

/* Opens the list. A regular file is read once to its end first, so that a bad
 * line stops the run before it starts; from anything else a bad line ends the
 * source when it is met. `net` is woken when a list that is not a file has
 * more. What it is given outlives it. Returns source->exit_code; list_source_close() is
 * needed either way. */
int list_source_open(struct list_source *source, const char *path,
                     const struct list_source_options *options, struct net *net)
    __attribute__((warn_unused_result));
void list_source_close(struct list_source *source);

#endif
