/* What is going to happen in a virtual network, the next first: by moment, and of one moment what was
 * started first. */
#ifndef AGENDA_H
#define AGENDA_H

#include <stdbool.h>
#include <stdint.h>

struct agenda_item {
    int64_t when_ns;
    uint64_t order; /* names what was started; never used twice */
    uint32_t slot;
    bool is_lookup;
};

struct agenda {
    struct agenda_item *items; /* a binary heap */
    uint32_t count;
    uint32_t capacity;
};

void agenda_init(struct agenda *agenda);
void agenda_fini(struct agenda *agenda);

void agenda_add(struct agenda *agenda, struct agenda_item item);
/* The next item, or NULL; until the agenda changes. */
const struct agenda_item *agenda_first(const struct agenda *agenda);
void agenda_drop_first(struct agenda *agenda);

#endif
