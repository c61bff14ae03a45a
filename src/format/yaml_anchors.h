/* What the anchors of a YAML file name. */
#ifndef FORMAT_YAML_ANCHORS_H
#define FORMAT_YAML_ANCHORS_H

#include <stdbool.h>

#include "core/arena.h"
#include "format/node.h"

struct yaml_anchors {
    void *tree; /* of tsearch(3) */
    struct arena *arena;
};

/* Names are copied to the arena, which must outlive the anchors. */
void yaml_anchors_init(struct yaml_anchors *anchors, struct arena *arena);
void yaml_anchors_fini(struct yaml_anchors *anchors);

/* A name that is there already names the new node from now on, as YAML has it.
 * False: memory. */
bool yaml_anchors_set(struct yaml_anchors *anchors, const char *name, const struct node *node);
/* NULL: no such anchor so far. */
const struct node *yaml_anchors_find(const struct yaml_anchors *anchors, const char *name);

#endif
