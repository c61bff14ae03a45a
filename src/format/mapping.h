/* Reading mappings: merge keys carried out, keys looked up. */
#ifndef FORMAT_MAPPING_H
#define FORMAT_MAPPING_H

#include <stddef.h>
#include <stdint.h>

#include "core/problem.h"
#include "format/node.h"

/* A walk over the entries of a mapping and then of the mappings that its merge
 * keys (<<) name, the strongest first: of two entries of one key the one that is
 * visited first counts. Make it the first member of a struct that knows more. */
struct mapping_walk {
    /* For each entry whose key is a scalar; its node may be NULL. */
    void (*visit)(struct mapping_walk *walk, const struct node_item *entry);
    struct problem_list *problems;
    uint32_t run; /* entries that stand in the file as one mapping have one number */
};

/* What is no key, or nothing to merge, is reported. */
void mapping_visit(struct mapping_walk *walk, const struct node *mapping);

#define MAPPING_KEYS_MAX 31

/* The keys that one kind of mapping takes. */
struct mapping_keys {
    const char *owner;         /* "a check": for messages */
    const char *const *names;  /* at most MAPPING_KEYS_MAX; the last is NULL */
    const char *const *strays; /* keys that belong in another mapping; NULL: none */
    const char *strays_belong; /* "under 'parameters'" */
};

/* Finds the entry that counts for each name: found[i] belongs to names[i], NULL
 * where there is none. Unknown and repeated keys are reported. */
void mapping_find(const struct node *mapping, const struct mapping_keys *keys,
                  const struct node_item **found, struct problem_list *problems);

#endif
