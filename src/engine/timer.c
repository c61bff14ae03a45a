/* A binary heap of pointers. Each timer knows its place in it, so that unsetting
 * needs no search: nearly every deadline is unset before it comes.
 *
 * Rejected: a timing wheel. It wins where timers are set and unset millions of
 * times a second, and pays with a granularity; a deadline here is exact. */
#include "engine/timer.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY 64

void timer_heap_init(struct timer_heap *heap)
{
    *heap = (struct timer_heap){0};
}

void timer_heap_fini(struct timer_heap *heap)
{
    free(heap->timers);
    timer_heap_init(heap);
}

int timer_heap_reserve(struct timer_heap *heap, size_t count)
{
    size_t needed = heap->reserved + count;
    size_t capacity = heap->capacity == 0 ? FIRST_CAPACITY : heap->capacity;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > heap->capacity) {
        struct timer **timers = reallocarray(heap->timers, capacity, sizeof(struct timer *));
        if (timers == NULL)
            return -ENOMEM;
        heap->timers = timers;
        heap->capacity = capacity;
    }
    heap->reserved = needed;
    return 0;
}

static bool is_before(const struct timer *a, const struct timer *b)
{
    return a->when_ns != b->when_ns ? a->when_ns < b->when_ns : a->order < b->order;
}

static struct timer *at(const struct timer_heap *heap, size_t position)
{
    return heap->timers[position - 1];
}

static void put(struct timer_heap *heap, size_t position, struct timer *timer)
{
    heap->timers[position - 1] = timer;
    timer->position = (uint32_t)position;
}

static void sift_up(struct timer_heap *heap, struct timer *timer, size_t position)
{
    while (position > 1 && is_before(timer, at(heap, position / 2))) {
        put(heap, position, at(heap, position / 2));
        position /= 2;
    }
    put(heap, position, timer);
}

static void sift_down(struct timer_heap *heap, struct timer *timer, size_t position)
{
    for (;;) {
        size_t child = position * 2;
        if (child < heap->count && is_before(at(heap, child + 1), at(heap, child)))
            child++;
        if (child > heap->count || !is_before(at(heap, child), timer))
            break;
        put(heap, position, at(heap, child));
        position = child;
    }
    put(heap, position, timer);
}

void timer_set(struct timer_heap *heap, struct timer *timer, int64_t when_ns)
{
    timer_unset(heap, timer);
    timer->when_ns = when_ns;
    timer->order = heap->next_order++;
    heap->count++;
    sift_up(heap, timer, heap->count);
}

void timer_unset(struct timer_heap *heap, struct timer *timer)
{
    size_t position = timer->position;
    if (position == 0)
        return;
    struct timer *last = at(heap, heap->count);
    heap->count--;
    timer->position = 0;
    if (last == timer)
        return;
    /* The last may belong above the gap as well as below it: it comes from another branch. */
    if (position > 1 && is_before(last, at(heap, position / 2)))
        sift_up(heap, last, position);
    else
        sift_down(heap, last, position);
}

bool timer_is_set(const struct timer *timer)
{
    return timer->position != 0;
}

int64_t timer_heap_next_ns(const struct timer_heap *heap)
{
    return heap->count == 0 ? INT64_MAX : at(heap, 1)->when_ns;
}

struct timer *timer_heap_take_due(struct timer_heap *heap, int64_t now_ns)
{
    if (timer_heap_next_ns(heap) > now_ns)
        return NULL;
    struct timer *timer = heap->count == 0 ? NULL : at(heap, 1);
    if (timer != NULL)
        timer_unset(heap, timer);
    return timer;
}
