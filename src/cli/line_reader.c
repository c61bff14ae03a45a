/* Two buffers of a fixed size: the thread fills the shared one and waits until
 * it has been taken, so a list is never read further ahead than that. epoll
 * could not do it: it refuses regular files and says nothing of terminals that
 * other programs have made blocking. */
#include "cli/line_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/net.h"

static ssize_t read_some(int fd, char *bytes, size_t room)
{
    ssize_t got = 0;
    do {
        got = read(fd, bytes, room);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* Waits until what was read before has been taken, with the lock held. */
static void await_taken(struct line_reader *reader)
{
    while (reader->shared_length > 0) {
        pthread_cond_wait(&reader->is_taken, &reader->mutex);
    }
}

static void unlock(void *mutex)
{
    pthread_mutex_unlock(mutex);
}

/* One round of the thread: false at the end. line_reader_fini() may cancel it
 * in read(2) and in the wait. */
static bool read_round(struct line_reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
    pthread_cleanup_push(unlock, &reader->mutex);
    await_taken(reader);
    pthread_cleanup_pop(1);

    ssize_t got = read_some(reader->fd, reader->shared, LINE_READER_BYTES);
    int error = errno;

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
    return got > 0;
}

static void *reader_main(void *argument)
{
    while (read_round(argument)) {
    }
    return NULL;
}

static bool is_regular_file(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int line_reader_init(struct line_reader *reader, int fd, struct net *net)
{
    *reader = (struct line_reader){.fd = fd, .net = net, .is_regular = is_regular_file(fd)};
    reader->buffer = malloc(2 * LINE_READER_BYTES);
    if (reader->buffer == NULL) {
        return -ENOMEM;
    }
    if (reader->is_regular) {
        return 0;
    }
    reader->shared = malloc(LINE_READER_BYTES);
    if (reader->shared == NULL) {
        return -ENOMEM;
    }
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_cond_init(&reader->is_taken, NULL);
    int error = pthread_create(&reader->thread, NULL, reader_main, reader);
    if (error != 0) {
        free(reader->shared);
        reader->shared = NULL;
    }
    return -error;
}

void line_reader_fini(struct line_reader *reader)
{
    if (reader->shared != NULL) {
        pthread_cancel(reader->thread);
        pthread_join(reader->thread, NULL);
        pthread_mutex_destroy(&reader->mutex);
        pthread_cond_destroy(&reader->is_taken);
    }
    free(reader->shared);
    free(reader->buffer);
    if (reader->fd > STDERR_FILENO) {
        close(reader->fd);
    }
}

int line_reader_rewind(struct line_reader *reader)
{
    reader->start = 0;
    reader->end = 0;
    reader->is_ended = false;
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
    for (;;) {
        size_t left = reader->end - reader->start;
        const char *feed = memchr(reader->buffer + reader->start, '\n', left);
        if (feed != NULL) {
            return give(reader, (size_t)(feed - reader->buffer) - reader->start, 1, line, length);
        }
        if (left >= LINE_READER_BYTES) {
            return give(reader, LINE_READER_BYTES, 0, line, length);
        }
        if (reader->is_ended && reader->error != 0) {
            return LINE_FAILED;
        }
        if (reader->is_ended) {
            return left > 0 ? give(reader, left, 0, line, length) : LINE_END;
        }
        if (!fill(reader)) {
            return LINE_WAIT;
        }
    }
}
