/* Where results are written: standard output, or a file that appears whole or
 * not at all. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct output {
    int fd;
    const char *path; /* as given; NULL: standard output */
    char *final;      /* what `temporary` is renamed to, links followed */
    char *temporary;  /* NULL: written in place */
};

/* path NULL is standard output. `is_replaced`: a regular file is written aside
 * and takes its place at output_commit(). False: `why`. */
bool output_open(struct output *output, const char *path, bool is_replaced, struct text *why);

/* What messages call it. */
const char *output_name(const struct output *output);

/* Writes all of it. Returns 0 or an errno. */
int output_write(struct output *output, const char *bytes, size_t length)
    __attribute__((warn_unused_result));

/* False: it is a pipe, a socket or a terminal whose other side has gone, as the next write would show. */
bool output_has_reader(const struct output *output);

/* Ends well: synced and renamed where it was written aside. Returns 0 or an errno; then
 * the file is as it was before, or, where all but the last sync went well, whole and new. */
int output_commit(struct output *output) __attribute__((warn_unused_result));

/* Ends badly: what was written aside is removed. */
void output_abandon(struct output *output);

#endif
