/* A binary heap of indices. Its tail holds the free places, so one array serves both. A timer
 * wheel was rejected: its ticks would be the error of every time measured against the log. */
#include "agenda.h"

#include <stdlib.h>
#include <string.h>

bool agenda_init(struct agenda *agenda, uint32_t capacity)
{
    *agenda = (struct agenda){
        .places = calloc(capacity, sizeof(*agenda->places)),
        .heap = malloc(capacity * sizeof(*agenda->heap)),
        .capacity = capacity,
    };
    if (agenda->places == NULL || agenda->heap == NULL) {
        agenda_fini(agenda);
        return false;
    }
    for (uint32_t i = 0; i < capacity; i++)
        agenda->heap[i] = i;
    return true;
}

void agenda_fini(struct agenda *agenda)
{
    free(agenda->places);
    free(agenda->heap);
    *agenda = (struct agenda){0};
}

static bool is_before(const struct agenda *agenda, uint32_t a, uint32_t b)
{
    const struct appointment *first = &agenda->places[agenda->heap[a]];
    const struct appointment *second = &agenda->places[agenda->heap[b]];
    return first->errand.due_ns != second->errand.due_ns
               ? first->errand.due_ns < second->errand.due_ns
               : first->order < second->order;
}

static void swap(struct agenda *agenda, uint32_t a, uint32_t b)
{
    uint32_t kept = agenda->heap[a];
    agenda->heap[a] = agenda->heap[b];
    agenda->heap[b] = kept;
}

static void sift_up(struct agenda *agenda, uint32_t at)
{
    while (at > 0 && is_before(agenda, at, (at - 1) / 2)) {
        swap(agenda, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct agenda *agenda, uint32_t at)
{
    for (;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < agenda->count; child++)
            if (is_before(agenda, child, least))
                least = child;
        if (least == at)
            return;
        swap(agenda, at, least);
        at = least;
    }
}

bool agenda_add(struct agenda *agenda, const struct errand *errand, const struct segment *segment)
{
    if (agenda->count == agenda->capacity)
        return false;
    struct appointment *added = &agenda->places[agenda->heap[agenda->count]];
    size_t length = segment->packet_length;
    if (length > AGENDA_PACKET_MAX)
        length = AGENDA_PACKET_MAX;
    added->order = agenda->next_order++;
    added->errand = *errand;
    added->packet_length = (uint16_t)length;
    memcpy(added->packet, segment->packet, length);
    sift_up(agenda, agenda->count++);
    return true;
}

int64_t agenda_due_ns(const struct agenda *agenda)
{
    return agenda->count == 0 ? INT64_MAX : agenda->places[agenda->heap[0]].errand.due_ns;
}

const struct appointment *agenda_take(struct agenda *agenda)
{
    if (agenda->count == 0)
        return NULL;
    swap(agenda, 0, --agenda->count);
    sift_down(agenda, 0);
    return &agenda->places[agenda->heap[agenda->count]];
}
