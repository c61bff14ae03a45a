/* The text files of the system: /etc/services, /etc/hosts, /etc/resolv.conf. Read whole, and again
 * when they have changed. */
#ifndef NET_SYSTEM_FILE_H
#define NET_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#define SYSTEM_FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* Reads at most SYSTEM_FILE_MAX_BYTES. `*bytes` is the caller's to free(3) and has a NUL behind it
 * that does not count. Returns 0 or a negative errno (-EINVAL: not a regular file), and then
 * *bytes is NULL. */
int system_file_read(const char *path, char **bytes, size_t *length)
    __attribute__((warn_unused_result));
/* Whether an error of system_file_read() says nothing of the file: we are short of memory or
 * descriptors, or the disk fails. */
bool system_file_is_shortage(int error);

/* What a file looked like. All zero: never looked at. */
struct system_file_stamp {
    bool was_looked_at;
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

/* Looks anew. True: the file differs from what *stamp remembers, which now remembers the new
 * look. */
bool system_file_has_changed(const char *path, struct system_file_stamp *stamp);

#endif
