/* Timers in a binary heap, inside the structs that own them. Timers for the same moment fire in the
 * order in which they were set. */
#ifndef ENGINE_TIMER_H
#define ENGINE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t when_ns;
    uint64_t order;
    uint32_t position; /* in the heap, from 1; 0: not set */
};

struct timer_heap {
    struct timer **timers;
    size_t count;
    size_t capacity;
    uint64_t next_order;
};

void timer_heap_init(struct timer_heap *heap);
void timer_heap_fini(struct timer_heap *heap);
/* Room for `count` timers set at once, so that setting one cannot fail. Returns 0 or -ENOMEM. */
int timer_heap_reserve(struct timer_heap *heap, size_t count)
    __attribute__((warn_unused_result));
/* Sets it, or sets it anew. Needs reserved room. */
void timer_set(struct timer_heap *heap, struct timer *timer, int64_t when_ns);
/* Does nothing to a timer that is not set. */
void timer_unset(struct timer_heap *heap, struct timer *timer);
bool timer_is_set(const struct timer *timer);
/* The moment of the first timer, or INT64_MAX. */
int64_t timer_heap_next_ns(const struct timer_heap *heap);
/* Takes out the first timer if it is due, or NULL. */
struct timer *timer_heap_take_due(struct timer_heap *heap, int64_t now_ns);

#endif
