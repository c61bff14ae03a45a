/* A stat(2) a look is what the C library pays too; inotify would cost a descriptor, and misses
 * what is mounted over a file. */
#include "net/system_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_BYTES ((size_t)16 * 1024)

/* Reads to the end; 0 or a negative errno. */
static int read_all(int fd, char **bytes, size_t *length)
{
    size_t capacity = 0;
    while (*length < SYSTEM_FILE_MAX_BYTES) {
        if (capacity - *length < 2) {
            capacity += capacity + STEP_BYTES;
            char *grown = realloc(*bytes, capacity);
            if (grown == NULL)
                return -ENOMEM;
            *bytes = grown;
        }
        ssize_t got = read(fd, *bytes + *length, capacity - *length - 1);
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return -errno;
        *length += got > 0 ? (size_t)got : 0;
    }
    (*bytes)[*length] = '\0';
    return 0;
}

int system_file_read(const char *path, char **bytes, size_t *length)
{
    struct stat status;
    int error = -EINVAL;
    *bytes = NULL;
    *length = 0;
    /* A FIFO in a file's place must not hold us up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) < 0)
        error = -errno;
    else if (S_ISREG(status.st_mode))
        error = read_all(fd, bytes, length);
    close(fd);
    if (error != 0) {
        free(*bytes);
        *bytes = NULL;
    }
    return error;
}

bool system_file_is_shortage(int error)
{
    return error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -EIO;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same(const struct system_file_stamp *a, const struct system_file_stamp *b)
{
    return a->was_looked_at == b->was_looked_at && a->exists == b->exists &&
           a->device == b->device && a->inode == b->inode && a->size == b->size &&
           is_same_time(&a->modified, &b->modified) && is_same_time(&a->changed, &b->changed);
}

bool system_file_has_changed(const char *path, struct system_file_stamp *stamp)
{
    struct stat status;
    struct system_file_stamp now = {.was_looked_at = true};
    if (stat(path, &status) == 0) {
        now.exists = true;
        now.device = status.st_dev;
        now.inode = status.st_ino;
        now.size = status.st_size;
        now.modified = status.st_mtim;
        now.changed = status.st_ctim;
    }
    if (is_same(&now, stamp))
        return false;
    *stamp = now;
    return true;
}
