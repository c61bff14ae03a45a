/* Pieces are cut from the front of zeroed blocks that double in size.
 *
 * Blocks and not one growing region: a piece must never move. A piece that
 * would waste much of a new block gets a block of its own, put behind the
 * current one, so that what is left of that one is still used. */
#include "core/arena.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN_BYTES ((size_t)256)
#define BLOCK_MAX_BYTES ((size_t)256 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
    arena->blocks = NULL;
}

void arena_fini(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
}

/* The latest block, where it is of the size that the first one would be. */
void arena_reset(struct arena *arena)
{
    struct arena_block *kept = arena->blocks;
    if (kept == NULL || kept->size != BLOCK_MIN_BYTES) {
        arena_fini(arena);
        return;
    }
    arena->blocks = kept->next;
    arena_fini(arena);
    memset(kept->bytes, 0, kept->used);
    kept->used = 0;
    kept->next = NULL;
    arena->blocks = kept;
}

static struct arena_block *new_block(size_t size)
{
    if (size > PTRDIFF_MAX - sizeof(struct arena_block))
        return NULL;
    struct arena_block *block = calloc(1, sizeof(*block) + size);
    if (block != NULL)
        block->size = size;
    return block;
}

/* NULL when the piece does not fit into this block. */
static void *cut(struct arena_block *block, size_t size, size_t alignment)
{
    size_t start = (block->used + alignment - 1) & ~(alignment - 1);
    if (start > block->size || size > block->size - start)
        return NULL;
    block->used = start + size;
    return block->bytes + start;
}

static void *cut_from_own_block(struct arena *arena, size_t size)
{
    struct arena_block *block = new_block(size);
    if (block == NULL)
        return NULL;
    if (arena->blocks == NULL) {
        arena->blocks = block;
    } else {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    }
    return cut(block, size, 1);
}

static void *cut_from_next_block(struct arena *arena, size_t size)
{
    size_t next_size = BLOCK_MIN_BYTES;
    if (arena->blocks != NULL && arena->blocks->size >= BLOCK_MIN_BYTES)
        next_size =
            arena->blocks->size < BLOCK_MAX_BYTES / 2 ? arena->blocks->size * 2 : BLOCK_MAX_BYTES;
    struct arena_block *block = new_block(next_size);
    if (block == NULL)
        return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    return cut(block, size, 1);
}

static void *take(struct arena *arena, size_t size, size_t alignment)
{
    void *piece = NULL;
    if (arena->blocks != NULL)
        piece = cut(arena->blocks, size, alignment);
    if (piece == NULL && size > BLOCK_MIN_BYTES / 4)
        piece = cut_from_own_block(arena, size);
    else if (piece == NULL)
        piece = cut_from_next_block(arena, size);
    return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return take(arena, size, alignof(max_align_t));
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = take(arena, length + 1, 1);
    if (copy != NULL && length > 0)
        memcpy(copy, bytes, length);
    return copy;
}
