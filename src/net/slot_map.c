/* Plain arrays: the engine counts its slots from 0, so that none is wasted. A short queue of the
 * slots without memory had to drop what it had no room for, and whoever waited for such a slot
 * waited for his deadline. */
#include "net/slot_map.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_CAPACITY 64
#define WORD_BITS      64

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

/* ---- slots without memory --------------------------------------------- */

void slot_set_init(struct slot_set *set)
{
    *set = (struct slot_set){0};
}

void slot_set_fini(struct slot_set *set)
{
    free(set->words);
    *set = (struct slot_set){0};
}

bool slot_set_reserve(struct slot_set *set, uint32_t slot_count)
{
    uint32_t word_count = slot_count / WORD_BITS + (slot_count % WORD_BITS != 0);
    /* calloc(3), which leaves untouched what is not needed: callers may reserve for millions. */
    uint64_t *words = calloc(word_count, sizeof(*words));
    if (words == NULL)
        return false;
    free(set->words);
    set->words = words;
    set->word_count = word_count;
    return true;
}

static uint64_t bit_of(uint32_t slot)
{
    return UINT64_C(1) << slot % WORD_BITS;
}

static bool has(const struct slot_set *set, uint32_t slot)
{
    return slot / WORD_BITS < set->word_count && (set->words[slot / WORD_BITS] & bit_of(slot)) != 0;
}

void slot_set_add(struct slot_set *set, uint32_t slot)
{
    assert(slot / WORD_BITS < set->word_count);
    if (has(set, slot))
        return;
    set->words[slot / WORD_BITS] |= bit_of(slot);
    set->count++;
}

void slot_set_remove(struct slot_set *set, uint32_t slot)
{
    if (!has(set, slot))
        return;
    set->words[slot / WORD_BITS] &= ~bit_of(slot);
    set->count--;
}

bool slot_set_take(struct slot_set *set, uint32_t *slot)
{
    if (set->count == 0)
        return false;
    uint32_t word = 0;
    while (set->words[word] == 0)
        word++;
    *slot = word * WORD_BITS + (uint32_t)__builtin_ctzll(set->words[word]);
    slot_set_remove(set, *slot);
    return true;
}
