/* A line on standard error that shows how far a long run has come. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "core/tally.h"

struct progress {
    bool is_enabled;
    bool is_visible;
    uint64_t expected; /* results in all; 0: not known */
    int64_t started_ns;
    int64_t due_ns;
};

/* Shown where `when` says so: auto is on a terminal. `expected` as above; times
 * are monotonic. */
void progress_init(struct progress *progress, enum when when, uint64_t expected, int64_t now_ns);

/* When it is to be drawn next; INT64_MAX: never. */
int64_t progress_next_ns(const struct progress *progress);

/* Draws it if that is due. */
void progress_show(struct progress *progress, const struct tally *tally, int64_t now_ns);

/* Says the same once, as a line of its own, whether it is shown or not. From any thread: what it
 * reads of `progress` does not change. */
void progress_report(const struct progress *progress, const char *program,
                     const struct tally *tally, int64_t now_ns);

/* Takes it off the screen, for something else to be written there. */
void progress_hide(struct progress *progress);

#endif
