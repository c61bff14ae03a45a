/* A binary heap from which only the first is taken: what was called off stays until its moment, and
 * who takes it sees that it is void. That is simpler than to look for it. The engine's own
 * heap would have done as well, but a test should not believe what it tests. */
#include "agenda.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

void agenda_init(struct agenda *agenda)
{
    *agenda = (struct agenda){0};
}

void agenda_fini(struct agenda *agenda)
{
    free(agenda->items);
    agenda_init(agenda);
}

static bool is_before(const struct agenda_item *a, const struct agenda_item *b)
{
    return a->when_ns != b->when_ns ? a->when_ns < b->when_ns : a->order < b->order;
}

void agenda_add(struct agenda *agenda, struct agenda_item item)
{
    if (agenda->count == agenda->capacity) {
        agenda->capacity = agenda->capacity == 0 ? 64 : agenda->capacity * 2;
        agenda->items = reallocarray(agenda->items, agenda->capacity, sizeof(*agenda->items));
        assert_non_null(agenda->items);
    }
    uint32_t place = agenda->count++;
    while (place > 0 && is_before(&item, &agenda->items[(place - 1) / 2])) {
        agenda->items[place] = agenda->items[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    agenda->items[place] = item;
}

const struct agenda_item *agenda_first(const struct agenda *agenda)
{
    return agenda->count == 0 ? NULL : &agenda->items[0];
}

void agenda_drop_first(struct agenda *agenda)
{
    assert_true(agenda->count > 0);
    const struct agenda_item last = agenda->items[--agenda->count];
    uint32_t place = 0;
    for (;;) {
        uint32_t child = place * 2 + 1;
        if (child + 1 < agenda->count &&
            is_before(&agenda->items[child + 1], &agenda->items[child]))
            child++;
        if (child >= agenda->count || !is_before(&agenda->items[child], &last))
            break;
        agenda->items[place] = agenda->items[child];
        place = child;
    }
    agenda->items[place] = last;
}
