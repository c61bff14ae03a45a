/* A file that records are appended to by any number of runs at once. */
#ifndef CLI_AUDIT_FILE_H
#define CLI_AUDIT_FILE_H

#include <stddef.h>

#include "core/text.h"

/* Opens or makes (0600) a regular file, cuts off what is behind its last line feed, and sees
 * whether the disk has room. Waits while another run writes. Returns the descriptor, or -1 and
 * `why`. */
int audit_file_open(const char *path, struct text *why);

/* Appends whole lines; they never mix with another run's. On failure none of them is there.
 * Returns 0 or an errno. */
int audit_file_append(int fd, const char *lines, size_t length) __attribute__((warn_unused_result));

#endif
