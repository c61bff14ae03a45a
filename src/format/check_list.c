/* One array, so that a check has a number and 100,000 of them have no overhead.
 *
 * It grows by half: what realloc() may have to hold twice for a moment, and what
 * stands empty at the end, is part of the 64 MiB that a large file may cost. */
#include "format/check_list.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST_CAPACITY ((size_t)16)

void check_list_init(struct check_list *list)
{
    *list = (struct check_list){0};
    arena_init(&list->arena);
}

void check_list_fini(struct check_list *list)
{
    free(list->checks);
    arena_fini(&list->arena);
    check_list_init(list);
}

const struct check *check_list_at(const struct check_list *list, size_t index)
{
    return &list->checks[index];
}

static bool set_capacity(struct check_list *list, size_t capacity)
{
    struct check *checks = reallocarray(list->checks, capacity, sizeof(*checks));
    if (checks == NULL)
        return false;
    list->checks = checks;
    list->capacity = capacity;
    return true;
}

bool check_list_add(struct check_list *list, const struct check *check)
{
    size_t more = list->capacity + list->capacity / 2;
    if (list->count == list->capacity &&
        !set_capacity(list, more > FIRST_CAPACITY ? more : FIRST_CAPACITY))
        return false;
    list->checks[list->count++] = *check;
    return true;
}

void check_list_trim(struct check_list *list)
{
    if (list->count > 0)
        (void)set_capacity(list, list->count);
}
