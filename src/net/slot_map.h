/* Slots of the engine's choosing to entries of ours. */
#ifndef NET_SLOT_MAP_H
#define NET_SLOT_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define NO_ENTRY UINT32_MAX

struct slot_map {
    uint32_t *entries;
    uint32_t capacity;
};

void slot_map_init(struct slot_map *map);
void slot_map_fini(struct slot_map *map);
/* False: memory. */
bool slot_map_set(struct slot_map *map, uint32_t slot, uint32_t entry)
    __attribute__((warn_unused_result));
void slot_map_unset(struct slot_map *map, uint32_t slot);
/* NO_ENTRY: the slot is free. */
uint32_t slot_map_get(const struct slot_map *map, uint32_t slot);

/* Slots for which there was no memory, until their owner has been told. Needs none itself: the
 * room is reserved in advance. */
struct slot_set {
    uint64_t *words; /* a bit for each slot */
    uint32_t word_count;
    uint32_t count;
};

void slot_set_init(struct slot_set *set);
void slot_set_fini(struct slot_set *set);
/* Room for the slots below slot_count, so that adding one of them cannot fail; once, while it is
 * empty. False: memory. */
bool slot_set_reserve(struct slot_set *set, uint32_t slot_count)
    __attribute__((warn_unused_result));
/* Needs reserved room. */
void slot_set_add(struct slot_set *set, uint32_t slot);
/* Does nothing where it is not in. */
void slot_set_remove(struct slot_set *set, uint32_t slot);
/* The lowest. False: empty. */
bool slot_set_take(struct slot_set *set, uint32_t *slot);

#endif
