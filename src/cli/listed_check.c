/* Two stacks. Whoever releases puts on the shared one; whoever takes has one of his own, and when
 * that is empty takes all of the shared one at once. Since nobody takes one alone from there, it
 * needs no lock, nor a count against the same check coming back in between.
 *
 * Rejected: malloc(3) and free(3) for each. Checks are made on one thread and released on another,
 * where free(3) waits for the lock that malloc(3) holds. */
#include "cli/listed_check.h"

#include <stdlib.h>

void listed_pool_init(struct listed_pool *pool)
{
    pool->spare = NULL;
    atomic_init(&pool->released, NULL);
}

static void free_all(struct listed_check *listed)
{
    while (listed != NULL) {
        struct listed_check *next = listed->next;
        arena_fini(&listed->arena);
        free(listed);
        listed = next;
    }
}

void listed_pool_fini(struct listed_pool *pool)
{
    free_all(pool->spare);
    free_all(atomic_load(&pool->released));
    listed_pool_init(pool);
}

static struct listed_check *make(void)
{
    struct listed_check *listed = malloc(sizeof *listed);
    if (listed != NULL) {
        arena_init(&listed->arena);
    }
    return listed;
}

struct listed_check *listed_pool_take(struct listed_pool *pool)
{
    if (pool->spare == NULL) {
        pool->spare = atomic_exchange(&pool->released, NULL);
    }
    struct listed_check *listed = pool->spare;
    if (listed == NULL) {
        return make();
    }
    pool->spare = listed->next;
    arena_reset(&listed->arena);
    return listed;
}

void listed_pool_release(struct listed_pool *pool, struct listed_check *listed)
{
    listed->next = atomic_load_explicit(&pool->released, memory_order_relaxed);
    while (!atomic_compare_exchange_weak(&pool->released, &listed->next, listed)) {
    }
}
