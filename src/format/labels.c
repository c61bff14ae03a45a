/* Labels have keys of the author's own, and merge keys may bring in many more than a check may
 * have: what is there twice is found by sorting, which stays fast where comparing each with each
 * would not. */
#include "format/labels.h"

#include <stdlib.h>
#include <string.h>

#include "format/complaint.h"
#include "format/mapping.h"

/* An entry that was met, in the order of the walk. */
struct candidate {
    const struct node_item *entry;
    uint32_t run;
    uint32_t order;
    bool is_shadowed; /* by an earlier one of the same key */
};

/* The first walk counts, the second fills. */
struct label_walk {
    struct mapping_walk walk;
    struct candidate *candidates; /* NULL: only count */
    uint32_t count;
};

static void meet(struct mapping_walk *walk, const struct node_item *entry)
{
    struct label_walk *labels = (struct label_walk *)walk;
    if (labels->candidates != NULL)
        labels->candidates[labels->count] =
            (struct candidate){.entry = entry, .run = walk->run, .order = labels->count};
    labels->count++;
}

static int compare_keys(const struct value *a, const struct value *b)
{
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare(const void *a, const void *b)
{
    const struct candidate *first = *(const struct candidate *const *)a;
    const struct candidate *second = *(const struct candidate *const *)b;
    int order = compare_keys(&first->entry->key->value, &second->entry->key->value);
    return order != 0 ? order : (first->order > second->order) - (first->order < second->order);
}

static void complain_twice(const struct entry_reader *reader, const struct node *key)
{
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    text_append_string(&message, "the label ");
    text_append_quoted(&message, key->value.text, key->value.length);
    text_append_string(&message, " is there twice");
    complain_text(reader->problems, (struct place){key->value.line, key->value.column}, &message);
    text_fini(&message);
}

/* Of several with one key the first counts; two in one mapping are a mistake. */
static bool shadow(const struct entry_reader *reader, struct candidate *candidates, size_t count)
{
    struct candidate **sorted = calloc(count, sizeof(struct candidate *));
    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &candidates[i];
    qsort(sorted, count, sizeof(struct candidate *), compare);
    for (size_t i = 1; i < count; i++) {
        const struct node *key = sorted[i]->entry->key;
        if (compare_keys(&sorted[i - 1]->entry->key->value, &key->value) != 0)
            continue;
        sorted[i]->is_shadowed = true;
        if (sorted[i - 1]->run == sorted[i]->run)
            complain_twice(reader, key);
    }
    free(sorted);
    return true;
}

static bool read_label(const struct entry_reader *reader, const struct node_item *entry,
                       struct label *label)
{
    struct node_item key = {.node = entry->key,
                            .place = {entry->key->value.line, entry->key->value.column}};
    if (entry->key->value.length == 0) {
        complain(reader->problems, key.place, "the name of a label is empty");
        return false;
    }
    label->key = entry_read_text(reader, &key, "the name of a label");
    label->value = entry_read_text(reader, entry, "a label");
    return label->key != NULL && label->value != NULL;
}

static bool read_candidates(const struct entry_reader *reader, struct candidate *candidates,
                            uint32_t count, struct check *check)
{
    struct label *labels = arena_alloc(reader->context.arena, count * sizeof(*labels));
    if (labels == NULL || !shadow(reader, candidates, count))
        return false;
    check->labels = labels;
    for (uint32_t i = 0; i < count; i++)
        if (!candidates[i].is_shadowed &&
            read_label(reader, candidates[i].entry, &labels[check->label_count]))
            check->label_count++;
    return true;
}

static void complain_too_many(const struct entry_reader *reader, const struct node *labels,
                              uint32_t count)
{
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    text_append_int(&message, count);
    text_append_string(&message, " labels are too many: a check has at most ");
    text_append_int(&message, LABELS_MAX);
    complain_text(reader->problems, (struct place){labels->value.line, labels->value.column},
                  &message);
    text_fini(&message);
}

void labels_read(const struct entry_reader *reader, const struct node_item *item,
                 struct check *check)
{
    if (item->node == NULL)
        return;
    if (item->node->value.type != VALUE_MAPPING) {
        struct value value = node_item_value(item);
        complain_value(reader->problems, &value, "labels", "a mapping of strings");
        return;
    }
    struct label_walk walk = {.walk = {.visit = meet, .problems = reader->problems}};
    mapping_visit(&walk.walk, item->node);
    if (walk.count > LABELS_MAX)
        complain_too_many(reader, item->node, walk.count);
    if (walk.count == 0 || walk.count > LABELS_MAX)
        return;
    walk.candidates = calloc(walk.count, sizeof(*walk.candidates));
    walk.count = 0;
    walk.walk.run = 0;
    if (walk.candidates != NULL)
        mapping_visit(&walk.walk, item->node);
    if (walk.candidates == NULL || !read_candidates(reader, walk.candidates, walk.count, check))
        complain_memory(reader->problems);
    free(walk.candidates);
}
