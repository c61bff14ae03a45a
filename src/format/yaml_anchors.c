/* Anchors in the C library's balanced tree.
 *
 * A hash table was rejected: without a secret seed, which parsing has no
 * business to fetch, a file of a million anchors that collide takes hours. */
#include "format/yaml_anchors.h"

#include <search.h>
#include <stddef.h>
#include <string.h>

struct yaml_anchor {
    const char *name;
    const struct node *node;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct yaml_anchor *)a)->name, ((const struct yaml_anchor *)b)->name);
}

/* They belong to the arena. */
static void leave_alone(void *anchor)
{
    (void)anchor;
}

void yaml_anchors_init(struct yaml_anchors *anchors, struct arena *arena)
{
    *anchors = (struct yaml_anchors){.arena = arena};
}

void yaml_anchors_fini(struct yaml_anchors *anchors)
{
    tdestroy(anchors->tree, leave_alone);
    anchors->tree = NULL;
}

static struct yaml_anchor *find(const struct yaml_anchors *anchors, const char *name)
{
    const struct yaml_anchor wanted = {.name = name};
    struct yaml_anchor **found = tfind(&wanted, &anchors->tree, compare);
    return found != NULL ? *found : NULL;
}

bool yaml_anchors_set(struct yaml_anchors *anchors, const char *name, const struct node *node)
{
    struct yaml_anchor *anchor = find(anchors, name);
    if (anchor != NULL) {
        anchor->node = node;
        return true;
    }
    anchor = arena_alloc(anchors->arena, sizeof(*anchor));
    if (anchor == NULL)
        return false;
    anchor->name = arena_copy(anchors->arena, name, strlen(name));
    anchor->node = node;
    return anchor->name != NULL && tsearch(anchor, &anchors->tree, compare) != NULL;
}

const struct node *yaml_anchors_find(const struct yaml_anchors *anchors, const char *name)
{
    const struct yaml_anchor *anchor = find(anchors, name);
    return anchor != NULL ? anchor->node : NULL;
}
