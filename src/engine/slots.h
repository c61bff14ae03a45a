/* The numbers by which ops knows connections: handed out from 0 upwards, the one
 * given back last first, so that they stay few and dense. */
#ifndef ENGINE_SLOTS_H
#define ENGINE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

struct flight;

struct slots {
    struct flight **flights; /* by slot; NULL: free */
    uint32_t *free;          /* those given back */
    uint32_t free_count;
    uint32_t used_count; /* slots that were ever handed out: all below this */
    uint32_t capacity;
    uint32_t limit;
};

/* At most `limit` slots are taken at once. */
void slots_init(struct slots *slots, uint32_t limit);
void slots_fini(struct slots *slots);

uint32_t slots_taken(const struct slots *slots);
bool slots_are_all_taken(const struct slots *slots);
/* Not when all are taken. Returns 0 or -ENOMEM. */
int slots_take(struct slots *slots, struct flight *flight, uint32_t *slot)
    __attribute__((warn_unused_result));
void slots_give(struct slots *slots, uint32_t slot);
/* Who has this slot, or NULL. */
struct flight *slots_owner(const struct slots *slots, uint32_t slot);

#endif
