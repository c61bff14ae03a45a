/* Timers in a binary heap, inside the structs that own them. Timers for the same moment fire in the
 * order in which they were set. */
#ifndef ENGINE_TIMER_H
#define ENGINE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a timer is for; its owner is found by that. */
enum timer_kind {
    TIMER_DEADLINE, /* of a run's attempt */
    TIMER_NEXT,     /* of a run: its next attempt, or the next address of this one */
    TIMER_LANE,     /* of a flight: its host's rate lets it start */
    TIMER_HOLD,     /* of a flight: it has been held for long enough */
    TIMER_RUNWAY,   /* of the tower: the total rate lets the next flight start */
    TIMER_SHORTAGE, /* of the tower: descriptors may have become free elsewhere */
    TIMER_ADMIT,    /* of the engine: memory was short, and may not be any more */
};

struct timer {
    enum timer_kind kind; /* the owner's, who also zeroes the rest before the first use */
    uint32_t position;    /* in the heap, from 1; 0: not set */
    int64_t when_ns;
    uint64_t order;
};

struct timer_heap {
    struct timer **timers;
    size_t count;
    size_t reserved;
    size_t capacity;
    uint64_t next_order;
};

void timer_heap_init(struct timer_heap *heap);
void timer_heap_fini(struct timer_heap *heap);
/* Room for `count` timers more than before, so that setting one cannot fail. Returns 0 or
 * -ENOMEM. */
int timer_heap_reserve(struct timer_heap *heap, size_t count) __attribute__((warn_unused_result));
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
