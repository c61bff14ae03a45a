/* A plain array: the engine counts its slots from 0, so that none is wasted. */
#include "net/slot_map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

void slot_map_init(struct slot_map *map)
{
    *map = (struct slot_map){0};
}

void slot_map_fini(struct slot_map *map)
{
    free(map->entries);
    *map = (struct slot_map){0};
}

static bool grow(struct slot_map *map, uint32_t slot)
{
    uint64_t capacity = map->capacity == 0 ? FIRST_CAPACITY : map->capacity;
    while (capacity <= slot)
        capacity *= 2;
    if (capacity > UINT32_MAX)
        return false;
    uint32_t *entries = reallocarray(map->entries, capacity, sizeof(*entries));
    if (entries == NULL)
        return false;
    for (uint64_t i = map->capacity; i < capacity; i++)
        entries[i] = NO_ENTRY;
    map->entries = entries;
    map->capacity = (uint32_t)capacity;
    return true;
}

bool slot_map_set(struct slot_map *map, uint32_t slot, uint32_t entry)
{
    if (slot >= map->capacity && !grow(map, slot))
        return false;
    map->entries[slot] = entry;
    return true;
}

void slot_map_unset(struct slot_map *map, uint32_t slot)
{
    if (slot < map->capacity)
        map->entries[slot] = NO_ENTRY;
}

uint32_t slot_map_get(const struct slot_map *map, uint32_t slot)
{
    return slot < map->capacity ? map->entries[slot] : NO_ENTRY;
}

void slot_queue_add(struct slot_queue *queue, uint32_t slot)
{
    if (queue->count < SLOT_QUEUE_MAX)
        queue->slots[queue->count++] = slot;
}

void slot_queue_remove(struct slot_queue *queue, uint32_t slot)
{
    for (uint32_t i = 0; i < queue->count; i++) {
        if (queue->slots[i] != slot)
            continue;
        queue->count--;
        memmove(&queue->slots[i], &queue->slots[i + 1],
                (queue->count - i) * sizeof(queue->slots[0]));
        return;
    }
}

bool slot_queue_take(struct slot_queue *queue, uint32_t *slot)
{
    if (queue->count == 0)
        return false;
    *slot = queue->slots[0];
    slot_queue_remove(queue, *slot);
    return true;
}
