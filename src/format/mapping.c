/* Entries are looked up while they are walked, and no merged mapping is ever
 * made: a merge key costs no memory, and what it brings in is reported
 * where it is written. */
#include "format/mapping.h"

#include <string.h>

#include "core/suggest.h"
#include "format/complaint.h"

static void visit_own(struct mapping_walk *walk, const struct node *mapping);
static void visit_merged(struct mapping_walk *walk, const struct node *mapping);

/* As in YAML 1.1: in quotes it is a key like any other. */
static bool is_merge(const struct node *key)
{
    return key != NULL && key->value.type == VALUE_PLAIN && node_is_word(key, "<<");
}

static struct place place_of(const struct node *node)
{
    return (struct place){node->value.line, node->value.column};
}

void mapping_visit(struct mapping_walk *walk, const struct node *mapping)
{
    walk->run++;
    visit_own(walk, mapping);
    visit_merged(walk, mapping);
}

static void visit_own(struct mapping_walk *walk, const struct node *mapping)
{
    for (const struct node_item *entry = mapping->items; entry != NULL; entry = entry->next) {
        const struct node *key = entry->key;
        if (key == NULL || is_merge(key))
            continue;
        if (key->value.type == VALUE_SEQUENCE || key->value.type == VALUE_MAPPING)
            complain_value(walk->problems, &key->value, "a key", "a word");
        else
            walk->visit(walk, entry);
    }
}

static void merge(struct mapping_walk *walk, const struct node_item *item)
{
    if (item->node == NULL)
        return;
    if (item->node->value.type == VALUE_MAPPING) {
        mapping_visit(walk, item->node);
        return;
    }
    struct value value = node_item_value(item);
    complain_value(walk->problems, &value, "'<<'", "a mapping or a list of mappings");
}

static void visit_merged(struct mapping_walk *walk, const struct node *mapping)
{
    for (const struct node_item *entry = mapping->items; entry != NULL; entry = entry->next) {
        if (!is_merge(entry->key))
            continue;
        if (entry->node == NULL || entry->node->value.type != VALUE_SEQUENCE) {
            merge(walk, entry);
            continue;
        }
        for (const struct node_item *item = entry->node->items; item != NULL; item = item->next)
            merge(walk, item);
    }
}

struct key_search {
    struct mapping_walk walk;
    const struct mapping_keys *keys;
    const struct node_item **found;
    uint32_t run;
    uint32_t found_in_run; /* 1 << index */
};

static bool is_word_of(const char *const *words, const struct node *key)
{
    for (; words != NULL && *words != NULL; words++)
        if (node_is_word(key, *words))
            return true;
    return false;
}

static void append_names(struct text *message, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        bool is_last = names[i + 1] == NULL;
        text_append_strings(message, i == 0 ? "" : is_last ? " and " : ", ", names[i], NULL);
    }
}

/* What to do about an unknown key. */
static void append_advice(struct text *message, const struct mapping_keys *keys,
                          const struct node *key)
{
    if (is_word_of(keys->strays, key)) {
        text_append_strings(message, ": it belongs ", keys->strays_belong, NULL);
        return;
    }
    const char *nearest = suggest_nearest(keys->names, key->value.text, key->value.length);
    if (nearest != NULL) {
        complaint_append_suggestion(message, nearest);
        return;
    }
    text_append_string(message, ": accepted are ");
    append_names(message, keys->names);
}

static void complain_unknown(const struct key_search *search, const struct node *key)
{
    struct problem_list *problems = search->walk.problems;
    /* Ten million of them must not take minutes: what is only counted needs no words. */
    if (!problem_list_has_room(problems, key->value.line, key->value.column)) {
        problem_add(problems, key->value.line, key->value.column, "");
        return;
    }
    if (complaint_is_at(problems, place_of(key)))
        return;
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    text_append_string(&message, "unknown key ");
    text_append_quoted(&message, key->value.text, key->value.length);
    text_append_strings(&message, " in ", search->keys->owner, NULL);
    append_advice(&message, search->keys, key);
    complain_text(problems, place_of(key), &message);
    text_fini(&message);
}

static void complain_repeated(const struct key_search *search, const struct node *key)
{
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    text_append_string(&message, "the key ");
    text_append_quoted(&message, key->value.text, key->value.length);
    text_append_strings(&message, " is there twice in ", search->keys->owner, NULL);
    complain_text(search->walk.problems, place_of(key), &message);
    text_fini(&message);
}

static void look_up(struct mapping_walk *walk, const struct node_item *entry)
{
    struct key_search *search = (struct key_search *)walk;
    if (search->run != walk->run) {
        search->run = walk->run;
        search->found_in_run = 0;
    }
    for (size_t i = 0; search->keys->names[i] != NULL; i++) {
        if (!node_is_word(entry->key, search->keys->names[i]))
            continue;
        if ((search->found_in_run >> i & 1) != 0)
            complain_repeated(search, entry->key);
        search->found_in_run |= UINT32_C(1) << i;
        if (search->found[i] == NULL)
            search->found[i] = entry;
        return;
    }
    complain_unknown(search, entry->key);
}

void mapping_find(const struct node *mapping, const struct mapping_keys *keys,
                  const struct node_item **found, struct problem_list *problems)
{
    struct key_search search = {
        .walk = {.visit = look_up, .problems = problems}, .keys = keys, .found = found};
    for (size_t i = 0; keys->names[i] != NULL; i++)
        found[i] = NULL;
    mapping_visit(&search.walk, mapping);
}
