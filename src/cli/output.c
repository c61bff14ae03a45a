/* A reader of the file must never see half a document: it is written beside its
 * place, synced, and renamed over it. What is not a regular file (a device, a
 * FIFO) is written in place, as are the formats that are read as they grow. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/write_all.h"
#include "core/number.h"

static bool fail(struct text *why, int error)
{
    text_append_strings(why, "cannot be written: ", strerror(error), NULL);
    return false;
}

/* The permissions of the file that is replaced, or those of a new one. */
static mode_t final_mode(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0) {
        return status.st_mode & 07777;
    }
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool open_in_place(struct output *output, struct text *why)
{
    output->fd = open(output->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return output->fd >= 0 || fail(why, errno);
}

static bool open_aside(struct output *output, struct text *why)
{
    char resolved[PATH_MAX];
    const char *final = realpath(output->path, resolved) != NULL ? resolved : output->path;
    output->final = strdup(final);
    char *temporary = NULL;
    if (output->final == NULL || asprintf(&temporary, "%s.XXXXXX", final) < 0) {
        return fail(why, ENOMEM);
    }
    output->fd = mkostemp(temporary, O_CLOEXEC);
    if (output->fd < 0) {
        int error = errno;
        free(temporary);
        return fail(why, error);
    }
    output->temporary = temporary;
    return fchmod(output->fd, final_mode(final)) == 0 || fail(why, errno);
}

static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* The number of a descriptor that a path names ("/dev/stdout", "/dev/fd/3"), or -1. What is open
 * already is written on, not opened anew: that would cut off what others wrote there. */
static int named_descriptor(const char *path)
{
    static const char prefix[] = "/dev/fd/";
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0) {
        return STDOUT_FILENO;
    }
    if (strcmp(path, "/dev/stderr") == 0) {
        return STDERR_FILENO;
    }
    int64_t number = -1;
    if (strncmp(path, prefix, sizeof prefix - 1) == 0) {
        const char *digits = path + sizeof prefix - 1;
        if (number_parse_int(digits, strlen(digits), 0, INT32_MAX, &number) != NUMBER_OK) {
            return -1;
        }
    }
    return (int)number;
}

bool output_open(struct output *output, const char *path, bool is_replaced, struct text *why)
{
    *output = (struct output){.fd = STDOUT_FILENO, .path = path};
    if (path == NULL) {
        return true;
    }
    int descriptor = named_descriptor(path);
    if (descriptor >= 0) {
        output->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        return output->fd >= 0 || fail(why, errno);
    }
    output->fd = -1;
    bool is_open =
        is_replaced && !is_special(path) ? open_aside(output, why) : open_in_place(output, why);
    if (!is_open) {
        output_abandon(output);
    }
    return is_open;
}

const char *output_name(const struct output *output)
{
    return output->path == NULL ? "standard output" : output->path;
}

int output_write(struct output *output, const char *bytes, size_t length)
{
    return write_all(output->fd, bytes, length);
}

bool output_has_reader(const struct output *output)
{
    struct pollfd other_side = {.fd = output->fd};
    return poll(&other_side, 1, 0) <= 0 || (other_side.revents & (POLLERR | POLLHUP)) == 0;
}

static void close_file(struct output *output)
{
    if (output->path != NULL && output->fd >= 0) {
        close(output->fd);
    }
    output->fd = -1;
    free(output->final);
    free(output->temporary);
    output->final = NULL;
    output->temporary = NULL;
}

/* A rename is durable once its directory is. */
static int sync_directory(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL) {
        return ENOMEM;
    }
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = 0;
    /* In a directory that one may only write to, the kernel has to be trusted. */
    if (fd >= 0) {
        /* Some file systems cannot sync a directory and say EINVAL. */
        error = fsync(fd) != 0 && errno != EINVAL ? errno : 0;
        close(fd);
    }
    free(copy);
    return error;
}

int output_commit(struct output *output)
{
    int error = 0;
    if (output->temporary != NULL) {
        if (fsync(output->fd) != 0 || rename(output->temporary, output->final) != 0) {
            error = errno;
            output_abandon(output);
            return error;
        }
        error = sync_directory(output->final);
    } else if (output->path != NULL) {
        /* Some file systems report a full disk only here. */
        error = close(output->fd) != 0 ? errno : 0;
        output->fd = -1;
    }
    close_file(output);
    return error;
}

void output_abandon(struct output *output)
{
    if (output->temporary != NULL) {
        unlink(output->temporary);
    }
    close_file(output);
}
