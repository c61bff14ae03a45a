/* Every batch is written under a lock (flock(2)), and before that, what a killed run has left of a
 * line is cut off. O_APPEND alone keeps lines apart only where each write(2) is complete: not on a
 * full disk, not where a process dies in one, not over NFS. Records are not synced: a kill loses
 * none that were written, a power failure may. */
#include "cli/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/write_all.h"

/* What a batch may take; also how far back a line feed is looked for at a time. */
#define ROOM_BYTES  ((off_t)64 * 1024)
#define CHUNK_BYTES ((off_t)4096)

/* Returns 0 or an errno: EINTR once a signal has come that is to end the run. */
static int lock(int fd)
{
    while (flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR || signals_have_come()) {
            return errno;
        }
    }
    return 0;
}

/* Where the last line feed at or before `end` ends; -1: errno says why it is not known. */
static off_t find_last_line(int fd, off_t end)
{
    char chunk[CHUNK_BYTES];
    while (end > 0) {
        off_t start = end > CHUNK_BYTES ? end - CHUNK_BYTES : 0;
        ssize_t got = pread(fd, chunk, (size_t)(end - start), start);
        if (got < 0) {
            return -1;
        }
        const char *feed = memrchr(chunk, '\n', (size_t)got);
        if (feed != NULL) {
            return start + (feed - chunk) + 1;
        }
        end = start;
    }
    return 0;
}

/* Cuts off the part of a line at the end. *end is then where lines are to be added. Returns 0 or an
 * errno. */
static int cut_fragment(int fd, off_t *end)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return errno;
    }
    *end = find_last_line(fd, status.st_size);
    if (*end < 0) {
        return errno;
    }
    return *end < status.st_size && ftruncate(fd, *end) != 0 ? errno : 0;
}

/* A disk that is full already is known before the run. What is reserved lies behind the end of the
 * file and is what the next records are written to. Not every file system can do it. */
static int reserve(int fd, off_t end)
{
    int error = fallocate(fd, FALLOC_FL_KEEP_SIZE, end, ROOM_BYTES) != 0 ? errno : 0;
    return error == ENOSPC || error == EDQUOT || error == EFBIG ? error : 0;
}

static int prepare(int fd)
{
    off_t end = 0;
    int error = lock(fd);
    if (error != 0) {
        return error;
    }
    error = cut_fragment(fd, &end);
    if (error == 0) {
        error = reserve(fd, end);
    }
    flock(fd, LOCK_UN);
    return error;
}

int audit_file_open(const char *path, struct text *why)
{
    struct stat status = {0};
    /* Without O_NONBLOCK a FIFO that nobody reads would hold us here. */
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    int error = fd < 0 || fstat(fd, &status) != 0 ? errno : 0;
    if (error == 0 && !S_ISREG(status.st_mode)) {
        text_append_string(why, "is not a regular file");
    } else if (error == 0) {
        error = prepare(fd);
    }
    if (error != 0) {
        text_append_strings(why, "cannot be written: ", strerror(error), NULL);
    }
    if (why->length > 0 && fd >= 0) {
        close(fd);
    }
    return why->length > 0 ? -1 : fd;
}

int audit_file_append(int fd, const char *lines, size_t length)
{
    off_t end = 0;
    int error = lock(fd);
    if (error != 0) {
        return error;
    }
    error = cut_fragment(fd, &end);
    if (error == 0) {
        error = write_all(fd, lines, length);
        /* What cannot be cut off now is what the next run cuts off, if it is part of a line. */
        if (error != 0 && ftruncate(fd, end) != 0) {
            error = errno;
        }
    }
    flock(fd, LOCK_UN);
    return error;
}
