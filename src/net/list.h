/* Doubly linked lists whose nodes lie inside the structs that they chain. A
 * struct in a list must not move. */
#ifndef NET_LIST_H
#define NET_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *previous; /* NULL: in no list */
    struct list_node *next;
};

struct list {
    struct list_node head;
};

/* The struct whose `member` the node is. */
#define list_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list *list)
{
    list->head.previous = &list->head;
    list->head.next = &list->head;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

/* NULL: the list is empty. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.next;
}

static inline struct list_node *list_last(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.previous;
}

static inline bool list_has(const struct list_node *node)
{
    return node->previous != NULL;
}

/* The node must be in no list. */
static inline void list_append(struct list *list, struct list_node *node)
{
    node->previous = list->head.previous;
    node->next = &list->head;
    list->head.previous->next = node;
    list->head.previous = node;
}

static inline void list_prepend(struct list *list, struct list_node *node)
{
    node->previous = &list->head;
    node->next = list->head.next;
    list->head.next->previous = node;
    list->head.next = node;
}

/* Does nothing to a node that is in no list. */
static inline void list_remove(struct list_node *node)
{
    if (!list_has(node))
        return;
    node->previous->next = node->next;
    node->next->previous = node->previous;
    node->previous = NULL;
    node->next = NULL;
}

#endif
