/* Lines of a descriptor, without ever waiting for it: a pipe or a terminal is
 * read by a thread of its own. */
#ifndef CLI_LINE_READER_H
#define CLI_LINE_READER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct net;

enum line_state { LINE_READY, LINE_WAIT, LINE_END, LINE_FAILED };

#define LINE_READER_BYTES ((size_t)64 * 1024)

struct line_reader {
    int fd;
    bool is_regular;
    struct net *net;

    /* What was read and not given out yet. */
    char *buffer;
    size_t start;
    size_t end;
    bool is_ended;
    bool is_skipping; /* the rest of a line that was too long */
    int error;

    /* With a thread: what it has read goes through here. */
    bool has_thread;
    bool is_stopping;
    int stop_fd; /* readable: the thread is to end */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t is_taken;
    char *shared;
    size_t shared_length; /* 0: the thread may read */
    bool shared_is_ended;
    int shared_error;
    bool is_reader_waiting; /* next() found nothing: wake the net */
};

/* Takes over the descriptor, unless it is standard input. Returns 0 or a negative errno. */
int line_reader_init(struct line_reader *reader, int fd, struct net *net)
    __attribute__((warn_unused_result));
void line_reader_fini(struct line_reader *reader);

/* Back to the first line; only where is_regular. Returns 0 or a negative errno. */
int line_reader_rewind(struct line_reader *reader) __attribute__((warn_unused_result));

/* The next line, without its line feed, valid until the next call. Of a line
 * longer than LINE_READER_BYTES the rest is skipped. LINE_WAIT: none yet, the
 * net is woken when there is. LINE_FAILED: reader->error says why. */
enum line_state line_reader_next(struct line_reader *reader, const char **line, size_t *length);

#endif
