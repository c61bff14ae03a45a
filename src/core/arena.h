/* Memory that is given out piece by piece and freed at once. One owner; not
 * for use by two threads at a time. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks;
};

void arena_init(struct arena *arena);
/* Frees every piece. The arena may be used again. */
void arena_fini(struct arena *arena);
/* The same, but for some memory that is kept for what comes. */
void arena_reset(struct arena *arena);
/* Zeroed, aligned for any type; NULL when memory is short. */
void *arena_alloc(struct arena *arena, size_t size);
/* A NUL-terminated copy; NULL when memory is short. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

#endif
