/* write(2) until all is written. */
#ifndef CLI_WRITE_ALL_H
#define CLI_WRITE_ALL_H

#include <stddef.h>

/* To a descriptor that blocks. Returns 0 or an errno, and then part of it may be written. */
int write_all(int fd, const char *bytes, size_t length) __attribute__((warn_unused_result));

#endif
