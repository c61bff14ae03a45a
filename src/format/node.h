/* A tree of values: what check files and JSON objects are before they become
 * checks. Built by yaml_tree and json_tree, read by check_entry; plain data in
 * arenas, shared where a file shares it through an alias. */
#ifndef FORMAT_NODE_H
#define FORMAT_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/value.h"
#include "format/place.h"

struct node {
    struct value value;      /* of a list or mapping: its type and its place */
    struct node_item *items; /* of a list or mapping: in order, the first */
    uint32_t size;           /* YAML: nodes from here down, each alias counted in full */
    uint8_t height;          /* YAML: levels of lists and mappings from here down; 0: a scalar */
    bool is_open;            /* YAML: being built, so that an alias to it would be a circle */
    bool is_kept;            /* lives as long as the checks do: its text need not be copied */
};

/* An element of a list, or an entry of a mapping. */
struct node_item {
    struct node_item *next;
    const struct node *key;  /* of an entry; NULL in a list */
    const struct node *node; /* NULL: its problem has been reported already */
    struct place place;      /* of the value, or of the alias that stands for it */
};

/* The value as it stands here: an alias's own place, not its anchor's. */
static inline struct value node_item_value(const struct node_item *item)
{
    struct value value = item->node->value;
    value.line = item->place.line;
    value.column = item->place.column;
    return value;
}

/* Whether a scalar, quoted or not, reads so. */
static inline bool node_is_word(const struct node *node, const char *word)
{
    size_t length = strlen(word);
    return node->value.length == length && memcmp(node->value.text, word, length) == 0;
}

static inline bool node_is_text(const struct node *node)
{
    return node->value.type == VALUE_PLAIN || node->value.type == VALUE_STRING;
}

#endif
