/* From a tree to a check: the same code for YAML and JSON, so that both accept
 * the same and complain alike.
 *
 * Every key is looked at even after one was wrong: a person who runs `lint` wants
 * to hear of all mistakes at once. */
#include "format/check_entry.h"

#include <string.h>

#include "format/complaint.h"
#include "format/labels.h"

#define PLUGIN "check_tcp_connection"

enum entry_key {
    ENTRY_NAME,
    ENTRY_PLUGIN,
    ENTRY_PARAMETERS,
    ENTRY_DESCRIPTION,
    ENTRY_LABELS,
    ENTRY_KEY_COUNT
};

const char *const entry_names[] = {"name", "plugin", "parameters", "description", "labels", NULL};

void entry_reader_init(struct entry_reader *reader, struct arena *arena,
                       const struct naming *naming, struct problem_list *problems)
{
    *reader = (struct entry_reader){.context = {arena, naming}, .problems = problems};
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        reader->parameter_names[i] = parameters[i].name;
}

/* "NAME must be WHAT, found ..." */
static void complain_item(const struct entry_reader *reader, const struct node_item *item,
                          const char *name, const char *what)
{
    struct value value = node_item_value(item);
    complain_value(reader->problems, &value, name, what);
}

const char *entry_read_text(const struct entry_reader *reader, const struct node_item *item,
                            const char *name)
{
    const struct node *node = item->node;
    if (node == NULL)
        return NULL;
    if (!node_is_text(node)) {
        complain_item(reader, item, name, "a string");
        return NULL;
    }
    if (node->is_kept)
        return node->value.text;
    const char *text = arena_copy(reader->context.arena, node->value.text, node->value.length);
    if (text == NULL)
        complain_memory(reader->problems);
    return text;
}

static void read_name(const struct entry_reader *reader, const struct node_item *item,
                      struct check *check)
{
    check->name = entry_read_text(reader, item, "name");
    if (check->name != NULL && check->name[0] == '\0')
        complain(reader->problems, item->place, "name is empty: accepted is any other text");
}

static void check_plugin(const struct entry_reader *reader, const struct node_item *item)
{
    if (item->node != NULL && !node_is_word(item->node, PLUGIN))
        complain_item(reader, item, "plugin", PLUGIN);
}

/* A parameter that is there and wrong must not be missing as well. */
static void put_stand_in(struct check *check, enum parameter_id id)
{
    if (id == PARAM_HOST) {
        check->host = "localhost";
        check->host_kind = HOST_NAME;
        check->literal = (struct address){.family = FAMILY_ANY};
    } else if (id == PARAM_PORT) {
        check->port = 1;
    } else {
        return;
    }
    check->given |= UINT32_C(1) << id;
}

static void set_parameter(const struct entry_reader *reader, const struct parameter *parameter,
                          const struct node_item *item, struct check *check)
{
    if (item->node == NULL || complaint_is_at(reader->problems, item->place)) {
        put_stand_in(check, parameter->id);
        return;
    }
    struct value value = node_item_value(item);
    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    if (!parameter_set(check, parameter, &value, &reader->context, &why)) {
        complain_text(reader->problems, item->place, &why);
        put_stand_in(check, parameter->id);
    }
    text_fini(&why);
}

void entry_read_parameters(const struct entry_reader *reader, const struct node_item *item,
                           const char *name, struct check *check, struct parameter_places *places)
{
    const struct mapping_keys keys = {name, reader->parameter_names, entry_names,
                                      "in the check, beside 'parameters'"};
    if (item->node == NULL || item->node->value.type != VALUE_MAPPING) {
        if (item->node != NULL)
            complain_item(reader, item, name, "a mapping ('host: db', 'port: 5432', ...)");
        put_stand_in(check, PARAM_HOST);
        put_stand_in(check, PARAM_PORT);
        return;
    }
    const struct node_item *found[PARAMETER_COUNT];
    mapping_find(item->node, &keys, found, reader->problems);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (found[i] == NULL)
            continue;
        places->at[i] = found[i]->place;
        set_parameter(reader, &parameters[i], found[i], check);
    }
}

static void complain_missing(const struct entry_reader *reader, const struct node_item *item,
                             const struct node_item *const *found)
{
    if (found[ENTRY_NAME] == NULL)
        complain(reader->problems, item->place, "name is missing: every check has one");
    if (found[ENTRY_PLUGIN] == NULL)
        complain(reader->problems, item->place, "plugin is missing: accepted is " PLUGIN);
}

bool entry_read(const struct entry_reader *reader, const struct node_item *item,
                struct check *check, struct parameter_places *places)
{
    const struct mapping_keys keys = {"a check", entry_names, reader->parameter_names,
                                      "under 'parameters'"};
    if (item->node->value.type != VALUE_MAPPING) {
        complain_item(reader, item, "a check", "a mapping with name, plugin and parameters");
        return false;
    }
    check_init(check);
    check->line = item->place.line;
    check->column = item->place.column;

    const struct node_item *found[ENTRY_KEY_COUNT];
    mapping_find(item->node, &keys, found, reader->problems);
    complain_missing(reader, item, found);
    if (found[ENTRY_NAME] != NULL)
        read_name(reader, found[ENTRY_NAME], check);
    if (found[ENTRY_PLUGIN] != NULL)
        check_plugin(reader, found[ENTRY_PLUGIN]);
    if (found[ENTRY_DESCRIPTION] != NULL)
        check->description = entry_read_text(reader, found[ENTRY_DESCRIPTION], "description");
    if (found[ENTRY_LABELS] != NULL)
        labels_read(reader, found[ENTRY_LABELS], check);
    if (found[ENTRY_PARAMETERS] != NULL)
        entry_read_parameters(reader, found[ENTRY_PARAMETERS], "parameters", check, places);
    return true;
}
