/* A table and a stack of the free. Nothing is allocated before it is needed: the limit may be
 * that of the descriptors, a million and more. */
#include "engine/slots.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY 64

void slots_init(struct slots *slots, uint32_t limit)
{
    *slots = (struct slots){.limit = limit};
}

void slots_fini(struct slots *slots)
{
    free(slots->flights);
    free(slots->free);
    *slots = (struct slots){0};
}

uint32_t slots_taken(const struct slots *slots)
{
    return slots->used_count - slots->free_count;
}

bool slots_are_all_taken(const struct slots *slots)
{
    return slots_taken(slots) >= slots->limit;
}

/* Both tables, or neither as far as `capacity` goes: a longer one alone does no harm. */
static int grow(struct slots *slots)
{
    uint32_t capacity = slots->capacity == 0 ? FIRST_CAPACITY : slots->capacity * 2;
    struct flight **flights = reallocarray(slots->flights, capacity, sizeof(struct flight *));
    if (flights == NULL)
        return -ENOMEM;
    slots->flights = flights;
    uint32_t *free_slots = reallocarray(slots->free, capacity, sizeof(uint32_t));
    if (free_slots == NULL)
        return -ENOMEM;
    slots->free = free_slots;
    slots->capacity = capacity;
    return 0;
}

int slots_take(struct slots *slots, struct flight *flight, uint32_t *slot)
{
    if (slots->free_count > 0) {
        *slot = slots->free[--slots->free_count];
    } else {
        if (slots->used_count == slots->capacity && grow(slots) < 0)
            return -ENOMEM;
        *slot = slots->used_count++;
    }
    slots->flights[*slot] = flight;
    return 0;
}

void slots_give(struct slots *slots, uint32_t slot)
{
    slots->flights[slot] = NULL;
    slots->free[slots->free_count++] = slot;
}

struct flight *slots_owner(const struct slots *slots, uint32_t slot)
{
    return slot < slots->used_count ? slots->flights[slot] : NULL;
}
