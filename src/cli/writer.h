/* The thread that turns results into bytes and writes them, so that an output
 * that blocks never holds up a connection. */
#ifndef CLI_WRITER_H
#define CLI_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/audit.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/runner.h"
#include "core/run_times.h"
#include "core/tally.h"
#include "format/report.h"

#define WRITER_QUEUE_MAX 1024

struct writer {
    struct sink sink; /* first, so that a sink is its writer */
    const struct report_format *format;
    struct report_context context;
    struct output *output;
    struct check_source *source;
    struct net *net;
    struct progress *progress;
    struct audit *audit;
    int64_t started_ns;

    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t has_news; /* results came, or is_closed */
    struct result *queue[WRITER_QUEUE_MAX];
    uint32_t head;
    uint32_t count;
    bool is_closed;
    bool is_wanted;     /* not all that was offered was taken: wake the net when there is room */
    bool must_end;      /* an audit that is required has failed */
    struct tally known; /* `tally` as it was when the thread last wrote */
    int error;          /* errno of the write that failed; 0: none */

    /* The thread's own. */
    struct tally tally;
    struct run_times *times; /* NULL: nobody wants to know */
    struct report_memory memory;
    struct text text;
    struct result **held; /* held formats: all results */
    size_t held_count;
    size_t held_capacity;
    uint64_t written;
};

/* What it works with; all of it outlives the writer. */
struct writer_parts {
    const struct report_format *format;
    const struct report_context *context; /* context->tally is the writer's to set */
    struct output *output;
    struct check_source *source;
    struct net *net;
    struct progress *progress;
    struct audit *audit;
    struct run_times *times; /* zeroed; NULL: not wanted */
};

/* Starts the thread. Returns 0 or a negative errno. */
int writer_start(struct writer *writer, const struct writer_parts *parts)
    __attribute__((warn_unused_result));

/* There is nothing more to be written, and what was is not whole: `error` says why. */
void writer_fail(struct writer *writer, int error);

/* No more results will be offered: writes what is left, commits the output (or
 * abandons it after a failure) and ends the thread. Returns 0 or the errno of
 * the failure; then writer->tally is complete either way. */
int writer_finish(struct writer *writer) __attribute__((warn_unused_result));

#endif
