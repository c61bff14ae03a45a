/* Records are gathered and written many at a time. Text was rejected: to format it would
 * cost more than to answer a SYN. */
#include "event_log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(struct event_record) == 64, "as the header promises");

static void write_all(struct event_log *log, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0 && log->fd >= 0 && log->error == 0) {
        ssize_t written = write(log->fd, at, length);
        if (written < 0 && errno != EINTR)
            log->error = errno;
        if (written > 0) {
            at += written;
            length -= (size_t)written;
        }
    }
}

void event_log_init(struct event_log *log, int fd)
{
    static const char names[] =
#define X(id, name) name " "
        EVENTS(X)
#undef X
            "\n";
    log->fd = fd;
    log->error = 0;
    log->count = 0;
    write_all(log, names, sizeof(names) - 1);
}

void event_log_flush(struct event_log *log)
{
    write_all(log, log->records, log->count * sizeof(log->records[0]));
    log->count = 0;
}

void event_log_add(struct event_log *log, const struct event_record *record)
{
    log->records[log->count++] = *record;
    if (log->count == EVENT_LOG_BUFFERED)
        event_log_flush(log);
}

int event_log_fini(struct event_log *log)
{
    event_log_flush(log);
    if (log->fd >= 0 && close(log->fd) != 0 && log->error == 0)
        log->error = errno;
    log->fd = -1;
    return log->error;
}
