/* What the programs say of themselves: one line on stderr. */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stddef.h>

/* "PROGRAM: " and the strings (the last is NULL), escaped for a terminal, and
 * a line feed, in one write(2). */
void say(const char *program, ...) __attribute__((sentinel));

/* Bytes as they are: what was composed and escaped before. */
void say_bytes(const char *bytes, size_t length);

#endif
