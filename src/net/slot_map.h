/* Slots of the engine's choosing to entries of ours. */
#ifndef NET_SLOT_MAP_H
#define NET_SLOT_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define NO_ENTRY       UINT32_MAX
#define SLOT_QUEUE_MAX 64

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

/* Slots for which there was no memory, until their owner has been told. Needs
 * none itself. One that finds no room is told when its owner cancels it. */
struct slot_queue {
    uint32_t slots[SLOT_QUEUE_MAX];
    uint32_t count;
};

void slot_queue_add(struct slot_queue *queue, uint32_t slot);
void slot_queue_remove(struct slot_queue *queue, uint32_t slot);
/* False: empty. */
bool slot_queue_take(struct slot_queue *queue, uint32_t *slot);

#endif
