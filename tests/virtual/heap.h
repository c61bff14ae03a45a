/* How much memory a test has. A program that links this puts it in place of malloc(3) and its like
 * (--wrap): see meson.build. One thread. */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>

/* Bytes that are allocated now, and the most that were since the program began. */
size_t heap_bytes(void);
size_t heap_most_bytes(void);
/* The most is counted anew from here. */
void heap_forget_most(void);

#endif
