/* An audit is required unless the file says otherwise: one that is asked for and quietly missing is
 * worse than none. */
#include "format/audit_section.h"

#include "format/complaint.h"
#include "format/mapping.h"

enum audit_key { AUDIT_FILE, AUDIT_REQUIRED, AUDIT_KEY_COUNT };
static const char *const audit_names[] = {"file", "required", NULL};

static void refuse(struct problem_list *problems, const struct node_item *item, const char *name,
                   const char *accepted)
{
    struct value value = node_item_value(item);
    complain_value(problems, &value, name, accepted);
}

static void read_file(const struct node_item *item, struct arena *arena,
                      struct problem_list *problems, struct audit_settings *settings)
{
    if (item->node == NULL)
        return;
    const struct value *value = &item->node->value;
    if (!node_is_text(item->node) || value->length == 0) {
        refuse(problems, item, "file", "the name of a file, syslog or journal");
        return;
    }
    settings->to = arena_copy(arena, value->text, value->length);
    if (settings->to == NULL)
        complain_memory(problems);
}

static void read_required(const struct node_item *item, struct problem_list *problems,
                          struct audit_settings *settings)
{
    if (item->node == NULL)
        return;
    bool is_plain = item->node->value.type == VALUE_PLAIN;
    settings->is_required = is_plain && node_is_word(item->node, "true");
    if (!settings->is_required && !(is_plain && node_is_word(item->node, "false")))
        refuse(problems, item, "required", "true or false");
}

void audit_section_read(const struct node_item *item, struct arena *arena,
                        struct problem_list *problems, struct audit_settings *settings)
{
    static const struct mapping_keys keys = {"audit", audit_names, NULL, NULL};
    const struct node_item *found[AUDIT_KEY_COUNT];
    if (item->node == NULL)
        return;
    if (item->node->value.type != VALUE_MAPPING) {
        refuse(problems, item, "audit", "a mapping ('file: audit.jsonl', ...)");
        return;
    }
    settings->is_required = true;
    mapping_find(item->node, &keys, found, problems);
    if (found[AUDIT_FILE] == NULL)
        complain(problems, item->place,
                 "file is missing: accepted is the name of a file, syslog or journal");
    else
        read_file(found[AUDIT_FILE], arena, problems, settings);
    if (found[AUDIT_REQUIRED] != NULL)
        read_required(found[AUDIT_REQUIRED], problems, settings);
}
