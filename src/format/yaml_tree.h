/* YAML, event by event, to trees: one element of the list of checks at a time. */
#ifndef FORMAT_YAML_TREE_H
#define FORMAT_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "core/arena.h"
#include "core/problem.h"
#include "format/check_file.h"
#include "format/node.h"
#include "format/place.h"
#include "format/yaml_anchors.h"

enum yaml_step {
    YAML_STEP_ELEMENT, /* an element of the list */
    YAML_STEP_END,     /* the file has been read to its end */
    YAML_STEP_BROKEN,  /* it cannot be read any further: the problem is reported */
};

/* A list or mapping that is open. */
struct yaml_frame {
    struct node *node;
    struct place place;
    struct node_item **tail;   /* where the next item goes */
    struct node_item *pending; /* an entry that has its key and waits for its value */
};

struct yaml_tree {
    yaml_parser_t parser;
    struct place_cursor cursor;
    struct problem_list *problems;
    const char *list_key;
    struct arena *kept;   /* what an anchor names, and what is not in the list */
    struct arena scratch; /* the element that is being read or was handed out last */
    struct yaml_anchors anchors;
    struct yaml_frame frames[CHECK_FILE_MAX_DEPTH];
    size_t depth;
    const struct node *list; /* whose elements are handed out; NULL: not met so far */
    yaml_event_t ahead;      /* read already, not taken; meaningful when has_ahead */
    bool has_ahead;
    struct node_item root;
    struct node_item element;
    bool has_document;
    bool has_element;
    bool has_ended;
    uint32_t node_count;
    uint32_t alias_node_count;
};

/* `bytes` (UTF-8) must outlive the tree; what is kept goes to `kept`. The list
 * is the top level itself, or what stands there under `list_key`; with NULL there is none, and
 * all of the file becomes one tree.
 * False: memory. Call yaml_tree_fini() in any case. */
bool yaml_tree_init(struct yaml_tree *tree, const char *bytes, size_t length, const char *list_key,
                    struct arena *kept, struct problem_list *problems);
void yaml_tree_fini(struct yaml_tree *tree);

/* The next element of the list, unless the file breaks off right behind it, which
 * may have cut it short: its node is never NULL, and both are valid until
 * the next call unless node->is_kept. The value of a broken alias
 * is reported and left out (NULL), a list as an element of itself never occurs,
 * merge keys are left as they are written. After YAML_STEP_END tree->root is
 * the top level, where the list is empty. */
enum yaml_step yaml_tree_next(struct yaml_tree *tree);

#endif
