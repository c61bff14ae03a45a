/* jansson says whether a text is JSON and what its strings mean; but it forgets
 * where a value stood, and that a number was written 80.0 or 1e3. So the text is
 * walked once more, beside jansson's values, which come in the order of the
 * text. All is known to be well formed by then: the walk judges nothing.
 *
 * A parser of our own would have been little longer, and would have been ours to
 * defend against every escape and surrogate that there is. */
#include "format/json_tree.h"

#include <jansson.h>
#include <string.h>

#include "format/complaint.h"
#include "format/place.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* `at` never passes the object's last bracket, where every search below stops: the
 * bytes need no NUL behind them. */
struct json_walk {
    const char *bytes;
    size_t length;
    size_t at;
    struct place_cursor cursor;
    struct arena *arena;
    struct problem_list *problems;
};

static struct node *build(struct json_walk *walk, const json_t *json, int depth);

/* ---- what is no JSON -------------------------------------------------- */

/* How long the piece of text is that jansson stopped behind: it says "near 'x'". */
static size_t length_of_near(const char *bytes, size_t position, const char *message)
{
    static const char near[] = " near '";
    const char *found = strstr(message, near);
    if (found == NULL)
        return 0;
    found += strlen(near);
    size_t length = strlen(found);
    length -= length > 0; /* the closing quote */
    bool is_there = length <= position && memcmp(bytes + position - length, found, length) == 0;
    return is_there ? length : 0;
}

static void append_error(struct text *message, const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        const char *message;
    } messages[] = {
        {json_error_null_character, "a NUL character in a string is not accepted"},
        {json_error_null_byte_in_key, "a NUL character in a string is not accepted"},
        {json_error_duplicate_key, "the key is there twice in one object"},
        {json_error_stack_overflow, "nesting deeper than 32 levels is not accepted"},
        {json_error_end_of_input_expected, "the text goes on after the end of the object"},
        {json_error_numeric_overflow, "the number is too large"},
    };
    for (size_t i = 0; i < COUNT(messages); i++) {
        if (messages[i].code == json_error_code(error)) {
            text_append_string(message, messages[i].message);
            return;
        }
    }
    text_append_strings(message, "not JSON: ", error->text, NULL);
}

static void complain_error(struct json_walk *walk, const json_error_t *error)
{
    if (json_error_code(error) == json_error_out_of_memory) {
        complain_memory(walk->problems);
        return;
    }
    size_t position = error->position > 0 ? (size_t)error->position : 0;
    if (position > walk->length)
        position = walk->length;
    position -= length_of_near(walk->bytes, position, error->text);
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    append_error(&message, error);
    complain_text(walk->problems, place_of_byte(&walk->cursor, position), &message);
    text_fini(&message);
}

/* ---- the walk --------------------------------------------------------- */

/* Blanks, commas and colons: what stands between one value or key and the next. */
static void skip_between(struct json_walk *walk)
{
    walk->at += strspn(walk->bytes + walk->at, " \t\r\n,:");
}

/* Numbers, true, false, null: up to what can end them. */
static void skip_word(struct json_walk *walk)
{
    walk->at += strcspn(walk->bytes + walk->at, " \t\r\n,:]}");
}

static void skip_string(struct json_walk *walk)
{
    for (walk->at++; walk->bytes[walk->at] != '"'; walk->at++)
        walk->at += walk->bytes[walk->at] == '\\';
    walk->at++;
}

static struct node *lack_memory(struct json_walk *walk)
{
    complain_memory(walk->problems);
    return NULL;
}

/* A node of what stands here. */
static struct node *new_node(struct json_walk *walk, enum value_type type)
{
    struct node *node = arena_alloc(walk->arena, sizeof(*node));
    if (node == NULL)
        return lack_memory(walk);
    struct place place = place_of_byte(&walk->cursor, walk->at);
    node->value =
        (struct value){.type = type, .line = place.line, .column = place.column, .text = ""};
    node->size = 1;
    node->is_kept = true;
    return node;
}

static struct node *set_text(struct json_walk *walk, struct node *node, const char *text,
                             size_t length)
{
    node->value.text = arena_copy(walk->arena, text, length);
    node->value.length = length;
    return node->value.text != NULL ? node : lack_memory(walk);
}

static struct node *build_string(struct json_walk *walk, const char *text, size_t length)
{
    struct node *node = new_node(walk, VALUE_STRING);
    skip_string(walk);
    return node != NULL ? set_text(walk, node, text, length) : NULL;
}

static struct node *build_word(struct json_walk *walk, enum value_type type)
{
    const char *text = walk->bytes + walk->at;
    struct node *node = new_node(walk, type);
    skip_word(walk);
    size_t length = (size_t)(walk->bytes + walk->at - text);
    return node != NULL ? set_text(walk, node, text, length) : NULL;
}

static struct node_item *add_item(struct json_walk *walk, struct node_item ***tail,
                                  const struct node *key, const struct node *node)
{
    struct node_item *item = node != NULL ? arena_alloc(walk->arena, sizeof(*item)) : NULL;
    if (item == NULL)
        return NULL;
    *item = (struct node_item){
        .key = key, .node = node, .place = {node->value.line, node->value.column}};
    **tail = item;
    *tail = &item->next;
    return item;
}

static bool build_entries(struct json_walk *walk, const json_t *json, struct node *mapping,
                          int depth)
{
    struct node_item **tail = &mapping->items;
    json_t *object = (json_t *)json; /* iterators want it so; nothing is changed */
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        skip_between(walk);
        const char *name = json_object_iter_key(at);
        const struct node *key = build_string(walk, name, strlen(name));
        skip_between(walk);
        const struct node *node =
            key != NULL ? build(walk, json_object_iter_value(at), depth) : NULL;
        if (add_item(walk, &tail, key, node) == NULL)
            return false;
    }
    return true;
}

static bool build_elements(struct json_walk *walk, const json_t *json, struct node *list, int depth)
{
    struct node_item **tail = &list->items;
    for (size_t i = 0; i < json_array_size(json); i++) {
        skip_between(walk);
        if (add_item(walk, &tail, NULL, build(walk, json_array_get(json, i), depth)) == NULL)
            return false;
    }
    return true;
}

static struct node *build_collection(struct json_walk *walk, const json_t *json,
                                     enum value_type type, int depth)
{
    struct node *node = new_node(walk, type);
    if (node == NULL)
        return NULL;
    if (depth == JSON_TREE_MAX_DEPTH) {
        complain(walk->problems, (struct place){node->value.line, node->value.column},
                 "nesting deeper than 32 levels is not accepted");
        return NULL;
    }
    walk->at++;
    bool is_built = type == VALUE_MAPPING ? build_entries(walk, json, node, depth + 1)
                                          : build_elements(walk, json, node, depth + 1);
    skip_between(walk);
    walk->at++;
    return is_built ? node : NULL;
}

static struct node *build(struct json_walk *walk, const json_t *json, int depth)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT: return build_collection(walk, json, VALUE_MAPPING, depth);
    case JSON_ARRAY: return build_collection(walk, json, VALUE_SEQUENCE, depth);
    case JSON_STRING: return build_string(walk, json_string_value(json), json_string_length(json));
    case JSON_INTEGER:
    case JSON_REAL: return build_word(walk, VALUE_NUMBER);
    case JSON_TRUE:
    case JSON_FALSE: return build_word(walk, VALUE_BOOLEAN);
    case JSON_NULL: return build_word(walk, VALUE_NULL);
    }
    return NULL;
}

/* ---- the whole -------------------------------------------------------- */

/* jansson would say of `5` that '[' or '{' was expected. */
static bool is_object(struct json_walk *walk)
{
    while (walk->at < walk->length && strchr(" \t\r\n", walk->bytes[walk->at]) != NULL &&
           walk->bytes[walk->at] != '\0')
        walk->at++;
    bool is_empty = walk->at == walk->length;
    if (!is_empty && walk->bytes[walk->at] == '{')
        return true;
    complain(walk->problems, place_of_byte(&walk->cursor, walk->at),
             is_empty ? "there is nothing: accepted is a JSON object of parameters"
                      : "accepted is a JSON object: {\"host\": \"db\", \"port\": 5432}");
    return false;
}

const struct node *json_tree_build(const char *bytes, size_t length, struct arena *arena,
                                   struct problem_list *problems)
{
    struct json_walk walk = {.arena = arena, .problems = problems};
    place_cursor_init(&walk.cursor, bytes, length);
    walk.bytes = walk.cursor.bytes;
    walk.length = walk.cursor.length;
    if (!is_object(&walk))
        return NULL;

    json_error_t error;
    json_t *json = json_loadb(walk.bytes, walk.length,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    const struct node *root = NULL;
    if (json == NULL)
        complain_error(&walk, &error);
    else
        root = build(&walk, json, 0);
    json_decref(json);
    return root;
}
