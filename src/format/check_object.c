/* A JSON object becomes a check by the same code as an entry of a check file.
 *
 * What to make of an object is told by its keys: one that has any key of an
 * entry is read as one, so that {"name": "db", "host": "db"} is told where its
 * parameters belong. */
#include "format/check_object.h"

#include "format/check_entry.h"
#include "format/complaint.h"
#include "format/encoding.h"
#include "format/json_tree.h"
#include "format/mapping.h"

static bool is_entry(const struct node *object)
{
    for (const struct node_item *entry = object->items; entry != NULL; entry = entry->next)
        for (size_t i = 0; entry_names[i] != NULL; i++)
            if (node_is_word(entry->key, entry_names[i]))
                return true;
    return false;
}

static void read_object(const struct entry_reader *reader, const struct node *object,
                        struct check *check, struct parameter_places *places)
{
    const struct node_item item = {.node = object,
                                   .place = {object->value.line, object->value.column}};
    if (is_entry(object)) {
        (void)entry_read(reader, &item, check, places);
        return;
    }
    check->line = item.place.line;
    check->column = item.place.column;
    entry_read_parameters(reader, &item, "parameters", check, places);
}

static void complete(struct check *check, const struct check *overrides,
                     const struct parameter_places *places, struct problem_list *problems)
{
    enum parameter_id at;
    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    if (overrides != NULL)
        check_override(check, overrides);
    if (!check_complete(check, &at, &why)) {
        bool is_overridden = overrides != NULL && check_has(overrides, at);
        bool has_place = !is_overridden && places->at[at].line > 0;
        struct place start = {check->line, check->column};
        complain_text(problems, has_place ? places->at[at] : start, &why);
    }
    text_fini(&why);
}

bool check_object_parse(struct check *check, struct arena *arena, const char *bytes, size_t length,
                        const struct check *overrides, const struct naming *naming,
                        struct problem_list *problems)
{
    size_t problems_before = problems->total;
    if (length > CHECK_OBJECT_MAX_BYTES) {
        complain(problems, (struct place){1, 1}, "the input is larger than 1 MiB");
        return false;
    }
    if (!encoding_check(bytes, length, problems))
        return false;
    const struct node *object = json_tree_build(bytes, length, arena, problems);
    if (object == NULL)
        return false;

    struct entry_reader reader;
    struct parameter_places places = {0};
    entry_reader_init(&reader, arena, naming, problems);
    check_init(check);
    read_object(&reader, object, check, &places);
    complete(check, overrides, &places, problems);
    return problems->total == problems_before;
}
