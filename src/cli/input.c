/* Check files must be regular: a directory, a device or a socket named by
 * mistake is told apart at once instead of read for ever. Standard input may be
 * anything. */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP_BYTES ((size_t)64 * 1024)

const char *input_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

int input_open(const char *path, struct text *why)
{
    if (strcmp(path, "-") == 0) {
        return STDIN_FILENO;
    }
    /* Without O_NONBLOCK a FIFO that nobody writes to would hold us here. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        text_append_strings(why, "cannot be opened: ", strerror(errno), NULL);
        return -1;
    }
    struct stat status;
    if (fstat(fd, &status) != 0) {
        text_append_strings(why, "cannot be read: ", strerror(errno), NULL);
    } else if (S_ISDIR(status.st_mode)) {
        text_append_string(why, "is a directory; accepted is a regular file, or - for "
                                "standard input");
    } else if (!S_ISREG(status.st_mode)) {
        text_append_string(why, "is not a regular file; accepted is a regular file, or - for "
                                "standard input");
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

static void input_close(int fd)
{
    if (fd != STDIN_FILENO) {
        close(fd);
    }
}

/* How much to make room for at first: what the file says, or a step. */
static size_t first_capacity(int fd, size_t ceiling)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) {
        return READ_STEP_BYTES;
    }
    size_t size = (size_t)status.st_size;
    return (size > ceiling ? ceiling : size) + 2;
}

static bool make_room(char **bytes, size_t length, size_t *capacity)
{
    if (*capacity - length > 1) {
        return true;
    }
    char *grown = realloc(*bytes, *capacity + *capacity / 2 + READ_STEP_BYTES);
    if (grown == NULL) {
        return false;
    }
    *bytes = grown;
    *capacity += *capacity / 2 + READ_STEP_BYTES;
    return true;
}

/* Reads until the end or one byte beyond the ceiling; 0 or an errno. */
static int read_all(int fd, size_t ceiling, char **bytes, size_t *length)
{
    size_t capacity = first_capacity(fd, ceiling);
    *length = 0;
    *bytes = malloc(capacity);
    if (*bytes == NULL) {
        return ENOMEM;
    }
    while (*length <= ceiling) {
        if (!make_room(bytes, *length, &capacity)) {
            return ENOMEM;
        }
        size_t room = capacity - *length - 1;
        size_t left = ceiling + 1 - *length;
        ssize_t got = read(fd, *bytes + *length, room < left ? room : left);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        *length += got < 0 ? 0 : (size_t)got;
    }
    (*bytes)[*length] = '\0';
    return 0;
}

bool input_read(const char *path, size_t ceiling, char **bytes, size_t *length, struct text *why)
{
    *bytes = NULL;
    int fd = input_open(path, why);
    if (fd < 0) {
        return false;
    }
    int error = read_all(fd, ceiling, bytes, length);
    input_close(fd);
    if (error == 0) {
        return true;
    }
    free(*bytes);
    *bytes = NULL;
    text_append_strings(why, "cannot be read: ", strerror(error), NULL);
    return false;
}
