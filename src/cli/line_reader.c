/* Two buffers of a fixed size: the thread fills the shared one and waits until
 * it has been taken, so a list is never read further ahead than that. epoll
 * could not do it: it refuses regular files and says nothing of terminals that
 * other programs have made blocking. */
#include "cli/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/thread.h"
#include "net/net.h"

static ssize_t read_some(int fd, char *bytes, size_t room)
{
    ssize_t got = 0;
    do {
        got = read(fd, bytes, room);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* Waits until what was read before has been taken; false: the reader ends. */
static bool await_taken(struct line_reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
    while (reader->shared_length > 0 && !reader->is_stopping) {
        pthread_cond_wait(&reader->is_taken, &reader->mutex);
    }
    bool goes_on = !reader->is_stopping;
    pthread_mutex_unlock(&reader->mutex);
    return goes_on;
}

/* Waits until there is something to read; false: the reader ends. */
static bool await_readable(const struct line_reader *reader)
{
    struct pollfd fds[] = {
        {.fd = reader->fd, .events = POLLIN},
        {.fd = reader->stop_fd, .events = POLLIN},
    };
    while (poll(fds, 2, -1) < 0 && errno == EINTR) {
    }
    return fds[1].revents == 0;
}

static void hand_over(struct line_reader *reader, ssize_t got, int error)
{
    pthread_mutex_lock(&reader->mutex);
    reader->shared_length = got > 0 ? (size_t)got : 0;
    reader->shared_is_ended = got <= 0;
    reader->shared_error = got < 0 ? error : 0;
    bool must_wake = reader->is_reader_waiting;
    reader->is_reader_waiting = false;
    pthread_mutex_unlock(&reader->mutex);
    if (must_wake) {
        net_wake(reader->net);
    }
}

static void *reader_main(void *argument)
{
    struct line_reader *reader = argument;
    ssize_t got = 1;
    while (got > 0 && await_taken(reader) && await_readable(reader)) {
        got = read_some(reader->fd, reader->shared, LINE_READER_BYTES);
        hand_over(reader, got, errno);
    }
    return NULL;
}

static bool is_regular_file(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* Returns 0 or a negative errno, and then there is no thread. */
static int start_thread(struct line_reader *reader)
{
    reader->shared = malloc(LINE_READER_BYTES);
    if (reader->shared == NULL) {
        return -ENOMEM;
    }
    reader->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (reader->stop_fd < 0) {
        return -errno;
    }
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_cond_init(&reader->is_taken, NULL);
    int error = thread_start(&reader->thread, reader_main, reader);
    reader->has_thread = error == 0;
    return error;
}

int line_reader_init(struct line_reader *reader, int fd, struct net *net)
{
    *reader = (struct line_reader){
        .fd = fd,
        .stop_fd = -1,
        .net = net,
        .is_regular = is_regular_file(fd),
    };
    return reader->is_regular ? 0 : start_thread(reader);
}

static void stop_thread(struct line_reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
    reader->is_stopping = true;
    pthread_cond_signal(&reader->is_taken);
    pthread_mutex_unlock(&reader->mutex);
    eventfd_write(reader->stop_fd, 1);
    pthread_join(reader->thread, NULL);
    pthread_mutex_destroy(&reader->mutex);
    pthread_cond_destroy(&reader->is_taken);
}

void line_reader_fini(struct line_reader *reader)
{
    if (reader->has_thread) {
        stop_thread(reader);
    }
    if (reader->stop_fd >= 0) {
        close(reader->stop_fd);
    }
    free(reader->shared);
    free(reader->buffer);
    if (reader->fd > STDERR_FILENO) {
        close(reader->fd);
    }
}

/* Of a thousand lists one is being read; the others wait, or are at their end. */
static void drop_buffer(struct line_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
    reader->start = 0;
    reader->end = 0;
}

static bool has_buffer(struct line_reader *reader)
{
    if (reader->buffer == NULL) {
        reader->buffer = malloc(2 * LINE_READER_BYTES);
    }
    return reader->buffer != NULL;
}

int line_reader_rewind(struct line_reader *reader)
{
    drop_buffer(reader);
    reader->is_ended = false;
    reader->is_skipping = false;
    return lseek(reader->fd, 0, SEEK_SET) == 0 ? 0 : -errno;
}

/* Moves what the thread has read behind what is left; false: nothing yet. */
static bool take_shared(struct line_reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
    size_t length = reader->shared_length;
    memcpy(reader->buffer + reader->end, reader->shared, length);
    reader->end += length;
    reader->shared_length = 0;
    reader->is_ended = length == 0 && reader->shared_is_ended;
    reader->error = reader->shared_error;
    bool has_news = length > 0 || reader->is_ended;
    reader->is_reader_waiting = !has_news;
    pthread_cond_signal(&reader->is_taken);
    pthread_mutex_unlock(&reader->mutex);
    return has_news;
}

static void read_file(struct line_reader *reader)
{
    ssize_t got = read_some(reader->fd, reader->buffer + reader->end, LINE_READER_BYTES);
    reader->error = got < 0 ? errno : 0;
    reader->is_ended = got <= 0;
    reader->end += got > 0 ? (size_t)got : 0;
}

/* Gets more bytes; false: there are none yet. The buffer holds less than
 * LINE_READER_BYTES when this is called, so that as many again fit in. */
static bool fill(struct line_reader *reader)
{
    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    if (!reader->is_regular) {
        return take_shared(reader);
    }
    read_file(reader);
    return true;
}

/* Forgets what is buffered of a line that was too long. */
static void skip(struct line_reader *reader)
{
    const char *bytes = reader->buffer + reader->start;
    const char *feed = memchr(bytes, '\n', reader->end - reader->start);
    reader->is_skipping = feed == NULL;
    reader->start = feed == NULL ? reader->end : reader->start + (size_t)(feed - bytes) + 1;
}

/* Gives out what is buffered up to `length` and `skip` bytes more. */
static enum line_state give(struct line_reader *reader, size_t length, size_t skip,
                            const char **line, size_t *line_length)
{
    *line = reader->buffer + reader->start;
    *line_length = length;
    reader->start += length + skip;
    return LINE_READY;
}

enum line_state line_reader_next(struct line_reader *reader, const char **line, size_t *length)
{
    if (!has_buffer(reader)) {
        reader->error = ENOMEM;
        return LINE_FAILED;
    }
    for (;;) {
        if (reader->is_skipping) {
            skip(reader);
        }
        size_t left = reader->end - reader->start;
        const char *feed = memchr(reader->buffer + reader->start, '\n', left);
        if (feed != NULL) {
            return give(reader, (size_t)(feed - reader->buffer) - reader->start, 1, line, length);
        }
        if (left >= LINE_READER_BYTES) {
            reader->is_skipping = true;
            return give(reader, LINE_READER_BYTES, 0, line, length);
        }
        if (reader->is_ended && reader->error != 0) {
            return LINE_FAILED;
        }
        if (reader->is_ended && left > 0) {
            return give(reader, left, 0, line, length);
        }
        if (reader->is_ended) {
            drop_buffer(reader);
            return LINE_END;
        }
        if (!fill(reader)) {
            return LINE_WAIT;
        }
    }
}
