/* A hash table of hashes: the strings themselves are not kept, since there may be as many as
 * results. Two that differ and share a hash are taken for one, which happens to nobody and
 * does no harm: an advice is missing, a label has a number too many. */
#include "format/seen.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16

void seen_init(struct seen *seen)
{
    *seen = (struct seen){0};
}

void seen_fini(struct seen *seen)
{
    free(seen->places);
    *seen = (struct seen){0};
}

void seen_clear(struct seen *seen)
{
    if (seen->places != NULL)
        memset(seen->places, 0, seen->capacity * sizeof(*seen->places));
    seen->taken = 0;
}

/* FNV-1a. */
static uint64_t hash_of(const char *bytes, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Where the hash is, or the free place where it belongs; there is one. */
static struct seen_place *find(const struct seen *seen, uint64_t hash)
{
    size_t at = (size_t)hash & (seen->capacity - 1);
    while (seen->places[at].count > 0 && seen->places[at].hash != hash)
        at = (at + 1) & (seen->capacity - 1);
    return &seen->places[at];
}

/* Keeps the table at most half full. */
static bool make_room(struct seen *seen)
{
    if (seen->taken < seen->capacity / 2)
        return true;
    struct seen grown = {.capacity = seen->capacity > 0 ? 2 * seen->capacity : CAPACITY_MIN,
                         .taken = seen->taken};
    grown.places = calloc(grown.capacity, sizeof(*grown.places));
    if (grown.places == NULL)
        return false;
    for (size_t i = 0; i < seen->capacity; i++)
        if (seen->places[i].count > 0)
            *find(&grown, seen->places[i].hash) = seen->places[i];
    free(seen->places);
    *seen = grown;
    return true;
}

uint32_t seen_count(struct seen *seen, const char *bytes, size_t length)
{
    if (!make_room(seen))
        return 0;
    uint64_t hash = hash_of(bytes, length);
    struct seen_place *place = find(seen, hash);
    seen->taken += place->count == 0;
    place->hash = hash;
    return ++place->count;
}
