/* The checks of a file, and what else the file says. */
#ifndef FORMAT_CHECK_LIST_H
#define FORMAT_CHECK_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/limits.h"
#include "core/policy.h"

/* Where a record of every attempt goes. */
struct audit_settings {
    const char *to;   /* a file, "syslog" or "journal"; NULL: nowhere */
    bool is_required; /* without it nothing is to be checked */
};

/* The checks in the order of the file, and the memory that their strings live in. */
struct check_list {
    struct arena arena;
    struct check *checks;
    size_t count;
    size_t capacity;
    struct limits limits;        /* as far as given */
    const struct policy *policy; /* in the arena; NULL: none */
    struct audit_settings audit;
};

void check_list_init(struct check_list *list);
void check_list_fini(struct check_list *list);

/* index < list->count. */
const struct check *check_list_at(const struct check_list *list, size_t index);

/* Appends a copy. Checks move: keep no pointer to one while the list grows.
 * False: memory. */
bool check_list_add(struct check_list *list, const struct check *check);
/* Gives back what the list has grown too much. */
void check_list_trim(struct check_list *list);

#endif
