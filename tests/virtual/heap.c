/* Sizes are asked of the allocator, which sanitizers answer for too. mallinfo2(3) was rejected: it
 * says nothing under them. */
#include "heap.h"

#include <malloc.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t items, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t items, size_t size);
void __real_free(void *memory);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t items, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t items, size_t size);
void __wrap_free(void *memory);

struct heap {
    size_t bytes;
    size_t most_bytes;
};

static struct heap heap;

size_t heap_bytes(void)
{
    return heap.bytes;
}

size_t heap_most_bytes(void)
{
    return heap.most_bytes;
}

void heap_forget_most(void)
{
    heap.most_bytes = heap.bytes;
}

static void *count(void *memory)
{
    heap.bytes += malloc_usable_size(memory);
    if (heap.bytes > heap.most_bytes)
        heap.most_bytes = heap.bytes;
    return memory;
}

/* Of what was replaced, or stays as it is when there is no other. */
static void *count_instead(void *memory, size_t old_bytes)
{
    if (memory != NULL)
        heap.bytes -= old_bytes;
    return count(memory);
}

void *__wrap_malloc(size_t size)
{
    return count(__real_malloc(size));
}

void *__wrap_calloc(size_t items, size_t size)
{
    return count(__real_calloc(items, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    size_t old_bytes = malloc_usable_size(memory);
    return count_instead(__real_realloc(memory, size), old_bytes);
}

void *__wrap_reallocarray(void *memory, size_t items, size_t size)
{
    size_t old_bytes = malloc_usable_size(memory);
    return count_instead(__real_reallocarray(memory, items, size), old_bytes);
}

void __wrap_free(void *memory)
{
    heap.bytes -= malloc_usable_size(memory);
    __real_free(memory);
}
