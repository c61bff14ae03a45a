/* Inputs as bytes: whole files, and descriptors for who reads on his own. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

/* "-" is standard input, shown as "<stdin>" in messages. */
const char *input_name(const char *path);

/* Opens a regular file, or standard input whatever it is. Returns the
 * descriptor, or -1, and `why` says why not. */
int input_open(const char *path, struct text *why);

/* Reads all of it. `bytes` is the caller's to free(3), with a NUL behind it
 * that does not count. False, and `why` says why: unreadable, memory, or longer
 * than `ceiling`, which is left to the parser to reject: then length is
 * ceiling + 1. */
bool input_read(const char *path, size_t ceiling, char **bytes, size_t *length, struct text *why);

#endif
