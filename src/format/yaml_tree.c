/* From libyaml's events to nodes, with the ceilings that make hostile files harmless.
 *
 * Only one element of the list of checks exists as a tree at any time: a file
 * of 100,000 checks needs no more memory than its checks. What an anchor names
 * is built in an arena that stays, so that an alias is a pointer to it and
 * nothing is copied. libyaml's own tree of a whole document was rejected for
 * its memory, and because it follows aliases without counting. */
#include "format/yaml_tree.h"

#include <string.h>

#include "format/complaint.h"
#include "format/yaml_error.h"
#include "format/yaml_tag.h"

/* A sum that says: 10 million at most. */
_Static_assert(CHECK_FILE_MAX_NODES < UINT32_MAX / 2, "sizes of nodes are added in 32 bits");

bool yaml_tree_init(struct yaml_tree *tree, const char *bytes, size_t length, const char *list_key,
                    struct arena *kept, struct problem_list *problems)
{
    *tree = (struct yaml_tree){.list_key = list_key, .kept = kept, .problems = problems};
    arena_init(&tree->scratch);
    yaml_anchors_init(&tree->anchors, kept);
    place_cursor_init(&tree->cursor, bytes, length);
    if (!yaml_parser_initialize(&tree->parser))
        return false;
    /* Told the encoding, libyaml looks for no byte-order mark, and would take one for a
     * character of the first line: the cursor has passed it. */
    yaml_parser_set_encoding(&tree->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&tree->parser, (const unsigned char *)tree->cursor.bytes,
                                 tree->cursor.length);
    return true;
}

static struct place place_of(struct yaml_tree *tree, const yaml_event_t *event)
{
    return place_of_character(&tree->cursor, event->start_mark.index);
}

/* Reports and ends the reading. */
static bool give_up(struct yaml_tree *tree, struct place place, const char *message)
{
    complain(tree->problems, place, message);
    return false;
}

static bool lack_memory(struct yaml_tree *tree)
{
    complain_memory(tree->problems);
    return false;
}

static struct yaml_frame *top(struct yaml_tree *tree)
{
    return tree->depth > 0 ? &tree->frames[tree->depth - 1] : NULL;
}

/* Whether what comes next stays even without an anchor of its own. */
static bool is_inside_kept(struct yaml_tree *tree)
{
    const struct yaml_frame *frame = top(tree);
    return frame == NULL || (frame->node != tree->list && frame->node->is_kept);
}

static struct arena *arena_for(struct yaml_tree *tree, const struct node *node)
{
    return node->is_kept ? tree->kept : &tree->scratch;
}

/* A node at the event's place, named by its anchor if it has one. NULL:
 * the file is given up. */
static struct node *new_node(struct yaml_tree *tree, const yaml_event_t *event,
                             const yaml_char_t *anchor)
{
    struct place place = place_of(tree, event);
    if (tree->node_count == CHECK_FILE_MAX_NODES) {
        (void)give_up(tree, place, "more than 10,000,000 values in one file are not accepted");
        return NULL;
    }
    tree->node_count++;

    bool is_kept = anchor != NULL || is_inside_kept(tree);
    struct node *node = arena_alloc(is_kept ? tree->kept : &tree->scratch, sizeof(*node));
    if (node == NULL ||
        (anchor != NULL && !yaml_anchors_set(&tree->anchors, (const char *)anchor, node))) {
        (void)lack_memory(tree);
        return NULL;
    }
    node->value.line = place.line;
    node->value.column = place.column;
    node->value.text = ""; /* what lists and mappings keep */
    node->size = 1;
    node->is_kept = is_kept;
    return node;
}

/* A list or mapping is as large and as high as what is in it. NULL: what was left out. */
static void grow(struct node *node, const struct node *child)
{
    if (child == NULL)
        return;
    node->size += child->size;
    if (node->height <= child->height)
        node->height = (uint8_t)(child->height + 1);
}

/* An element, or the key of an entry. */
static bool add_item(struct yaml_tree *tree, struct yaml_frame *frame, const struct node *node,
                     struct place place)
{
    struct node_item *item = arena_alloc(arena_for(tree, frame->node), sizeof(*item));
    if (item == NULL)
        return lack_memory(tree);
    *frame->tail = item;
    frame->tail = &item->next;
    if (frame->node->value.type == VALUE_MAPPING) {
        item->key = node;
        frame->pending = item;
    } else {
        item->node = node;
        item->place = place;
    }
    return true;
}

/* Puts a finished value where it belongs. NULL: one that is left out. */
static bool attach(struct yaml_tree *tree, const struct node *node, struct place place)
{
    struct yaml_frame *frame = top(tree);
    if (frame == NULL) {
        tree->root = (struct node_item){.node = node, .place = place};
        return true;
    }
    if (frame->node == tree->list) {
        tree->element = (struct node_item){.node = node, .place = place};
        tree->has_element = node != NULL;
        return true;
    }
    grow(frame->node, node);
    if (frame->pending == NULL)
        return add_item(tree, frame, node, place);
    frame->pending->node = node;
    frame->pending->place = place;
    frame->pending = NULL;
    return true;
}

/* Strings end at a NUL for whoever comes after. */
static size_t length_before_nul(struct yaml_tree *tree, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    const char *nul = memchr(text, '\0', length);
    if (nul == NULL)
        return length;
    complain(tree->problems, place_of(tree, event), "a NUL character in a string is not accepted");
    return (size_t)(nul - text);
}

static bool take_scalar(struct yaml_tree *tree, const yaml_event_t *event)
{
    struct node *node = new_node(tree, event, event->data.scalar.anchor);
    if (node == NULL)
        return false;
    struct place place = {node->value.line, node->value.column};
    node->value.length = length_before_nul(tree, event);
    node->value.text = arena_copy(arena_for(tree, node), (const char *)event->data.scalar.value,
                                  node->value.length);
    if (node->value.text == NULL)
        return lack_memory(tree);

    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    bool is_typed = yaml_tag_scalar(event, &node->value.type, &why);
    if (!is_typed)
        complain_text(tree->problems, place, &why);
    text_fini(&why);
    return attach(tree, is_typed ? node : NULL, place);
}

/* Whether a list that starts here is the one whose elements are handed out. */
static bool is_at_list(struct yaml_tree *tree)
{
    const struct yaml_frame *frame = top(tree);
    if (frame == NULL || tree->list_key == NULL)
        return tree->list_key != NULL;
    const struct node *key = frame->pending != NULL ? frame->pending->key : NULL;
    return tree->depth == 1 && key != NULL && node_is_text(key) &&
           node_is_word(key, tree->list_key);
}

static bool open_collection(struct yaml_tree *tree, const yaml_event_t *event, enum value_type type,
                            const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (tree->depth == CHECK_FILE_MAX_DEPTH)
        return give_up(tree, place_of(tree, event),
                       "nesting deeper than 32 levels is not accepted");
    bool is_list = type == VALUE_SEQUENCE && is_at_list(tree);
    struct node *node = new_node(tree, event, anchor);
    if (node == NULL)
        return false;
    struct place place = {node->value.line, node->value.column};

    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    if (!yaml_tag_collection((const char *)tag, type, &why))
        complain_text(tree->problems, place, &why);
    text_fini(&why);

    node->value.type = type;
    node->height = 1;
    node->is_open = true;
    if (is_list)
        tree->list = node;
    tree->frames[tree->depth++] =
        (struct yaml_frame){.node = node, .place = place, .tail = &node->items};
    return true;
}

static bool close_collection(struct yaml_tree *tree)
{
    struct yaml_frame frame = *top(tree);
    tree->depth--;
    /* The list's elements are gone: an alias to it must not find it empty. */
    frame.node->is_open = frame.node == tree->list;
    return attach(tree, frame.node, frame.place);
}

/* An alias to what is still open would be a circle. */
static void complain_open(struct yaml_tree *tree, struct place place, const struct node *node)
{
    bool is_inside = false;
    for (size_t i = 0; i < tree->depth; i++)
        is_inside = is_inside || tree->frames[i].node == node;
    complain(tree->problems, place,
             is_inside ? "this alias stands inside what it names"
                       : "the whole list of checks cannot be repeated by an alias");
}

static void complain_undefined(struct yaml_tree *tree, struct place place, const char *name)
{
    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    text_append_string(&why, "there is no anchor of the name ");
    text_append_quoted(&why, name, strlen(name));
    text_append_string(&why, " above this alias");
    complain_text(tree->problems, place, &why);
    text_fini(&why);
}

static bool count_alias(struct yaml_tree *tree, struct place place, const struct node *node)
{
    if (node->size > CHECK_FILE_MAX_ALIAS_NODES - tree->alias_node_count)
        return give_up(tree, place,
                       "more than 1,000,000 values repeated by aliases are not accepted");
    if (node->size > CHECK_FILE_MAX_NODES - tree->node_count)
        return give_up(tree, place, "more than 10,000,000 values in one file are not accepted");
    tree->alias_node_count += node->size;
    tree->node_count += node->size;
    if (tree->depth + node->height > CHECK_FILE_MAX_DEPTH)
        return give_up(tree, place, "nesting deeper than 32 levels is not accepted");
    return true;
}

static bool take_alias(struct yaml_tree *tree, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct place place = place_of(tree, event);
    const struct node *node = yaml_anchors_find(&tree->anchors, name);
    if (node == NULL) {
        complain_undefined(tree, place, name);
    } else if (node->is_open) {
        complain_open(tree, place, node);
        node = NULL;
    } else if (!count_alias(tree, place, node)) {
        return false;
    }
    return attach(tree, node, place);
}

static bool start_document(struct yaml_tree *tree, const yaml_event_t *event)
{
    if (tree->has_document)
        return give_up(tree, place_of(tree, event),
                       "a second document starts here: a check file is one document");
    tree->has_document = true;
    return true;
}

static bool end_stream(struct yaml_tree *tree)
{
    tree->has_ended = true;
    if (!tree->has_document)
        return give_up(tree, (struct place){1, 1},
                       tree->list_key == NULL
                           ? "there is nothing but comments and blank lines: accepted is a "
                             "mapping ('{}' if it says nothing)"
                           : "there is nothing but comments and blank lines: accepted is a list of "
                             "checks ('[]' if there are none)");
    return true;
}

/* False: the file cannot be read any further. */
static bool take_event(struct yaml_tree *tree, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT: return true;
    case YAML_STREAM_END_EVENT: return end_stream(tree);
    case YAML_DOCUMENT_START_EVENT: return start_document(tree, event);
    case YAML_ALIAS_EVENT: return take_alias(tree, event);
    case YAML_SCALAR_EVENT: return take_scalar(tree, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(tree, event, VALUE_SEQUENCE, event->data.sequence_start.anchor,
                               event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_collection(tree, event, VALUE_MAPPING, event->data.mapping_start.anchor,
                               event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_collection(tree);
    }
    return true;
}

/* Makes sure that there is an event to take. False: the file is broken here. */
static bool look_ahead(struct yaml_tree *tree)
{
    if (!tree->has_ahead && !yaml_parser_parse(&tree->parser, &tree->ahead)) {
        yaml_error_complain(&tree->parser, &tree->cursor, tree->problems);
        return false;
    }
    tree->has_ahead = true;
    return true;
}

static void drop_ahead(struct yaml_tree *tree)
{
    if (tree->has_ahead)
        yaml_event_delete(&tree->ahead);
    tree->has_ahead = false;
}

void yaml_tree_fini(struct yaml_tree *tree)
{
    drop_ahead(tree);
    yaml_parser_delete(&tree->parser);
    yaml_anchors_fini(&tree->anchors);
    arena_fini(&tree->scratch);
}

enum yaml_step yaml_tree_next(struct yaml_tree *tree)
{
    arena_fini(&tree->scratch);
    tree->has_element = false;
    while (!tree->has_ended) {
        bool is_readable = look_ahead(tree) && take_event(tree, &tree->ahead);
        drop_ahead(tree);
        if (!is_readable)
            return YAML_STEP_BROKEN;
        if (tree->has_element)
            return look_ahead(tree) ? YAML_STEP_ELEMENT : YAML_STEP_BROKEN;
    }
    return YAML_STEP_END;
}
