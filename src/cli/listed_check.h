/* Checks of lists, each with memory of its own that serves the next one when it is released: a
 * list of a million lines takes as much as is under way at once. */
#ifndef CLI_LISTED_CHECK_H
#define CLI_LISTED_CHECK_H

#include <stdatomic.h>

#include "core/arena.h"
#include "core/check.h"

struct listed_check {
    struct check check; /* first, so that a check is its listed_check */
    struct arena arena; /* of what the check points to */
    struct listed_check *next;
};

/* Stays where it is. */
struct listed_pool {
    struct listed_check *spare;
    _Atomic(struct listed_check *) released;
};

void listed_pool_init(struct listed_pool *pool);
/* All checks have been released. */
void listed_pool_fini(struct listed_pool *pool);

/* One whose check is to be filled in and whose arena is empty; NULL when memory is short. One
 * thread. */
struct listed_check *listed_pool_take(struct listed_pool *pool);
/* From any thread. */
void listed_pool_release(struct listed_pool *pool, struct listed_check *listed);

#endif
