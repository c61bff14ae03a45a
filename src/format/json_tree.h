/* JSON text to a tree of values. */
#ifndef FORMAT_JSON_TREE_H
#define FORMAT_JSON_TREE_H

#include <stddef.h>

#include "core/arena.h"
#include "core/problem.h"
#include "format/node.h"

#define JSON_TREE_MAX_DEPTH 32

/* The object that the text is; numbers keep the text they were written as, and
 * every value has its place. Nodes go to `arena`. NULL: it is no such thing,
 * which is reported. Bytes must be UTF-8. */
const struct node *json_tree_build(const char *bytes, size_t length, struct arena *arena,
                                   struct problem_list *problems);

#endif
