/* What a denied check is told is put into words here, once a rule: a policy that forbids a
 * million targets then needs no memory for any of them. */
#include "format/policy_file.h"

#include "format/complaint.h"
#include "format/encoding.h"
#include "format/mapping.h"
#include "format/yaml_tree.h"

#define RULES_MAX_TEXT "at most 1024 rules"
_Static_assert(POLICY_RULES_MAX == 1024, "a message says otherwise");

enum policy_key { POLICY_ALLOW, POLICY_DENY, POLICY_KEY_COUNT };
static const char *const policy_names[] = {"allow", "deny", NULL};

struct policy_reader {
    struct arena *arena;
    struct problem_list *problems;
    const char *origin;
    enum policy_key key; /* whose rules are read */
};

static const char *copy_text(const struct policy_reader *reader, struct text *text)
{
    const char *copy =
        text_is_ok(text) ? arena_copy(reader->arena, text->bytes, text->length) : NULL;
    if (copy == NULL)
        complain_memory(reader->problems);
    text_fini(text);
    return copy;
}

/* "Not allowed by policy (system: deny 10.0.0.0/8)". */
static const char *denial_of(const struct policy_reader *reader, const struct policy_rule *rule)
{
    struct text text;
    text_init(&text, COMPLAINT_MAX_BYTES);
    text_append_strings(&text, POLICY_DENIAL " (", reader->origin, "deny ", NULL);
    policy_rule_append(&text, rule);
    text_append_char(&text, ')');
    return copy_text(reader, &text);
}

static const char *denial_of_all(const struct policy_reader *reader)
{
    struct text text;
    text_init(&text, COMPLAINT_MAX_BYTES);
    text_append_strings(&text, POLICY_DENIAL " (", reader->origin, "not in allow)", NULL);
    return copy_text(reader, &text);
}

/* False: it is no rule, which is reported. */
static bool read_rule(const struct policy_reader *reader, const struct node_item *item,
                      struct policy_rule *rule)
{
    if (item->node == NULL)
        return false;
    struct value value = node_item_value(item);
    if (!node_is_text(item->node)) {
        complain_value(reader->problems, &value, "a rule", POLICY_RULE_ACCEPTED);
        return false;
    }
    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    bool is_rule = policy_rule_parse(value.text, value.length, rule, &why);
    if (!is_rule)
        complain_text(reader->problems, item->place, &why);
    else if (reader->key == POLICY_DENY)
        rule->denial = denial_of(reader, rule);
    text_fini(&why);
    return is_rule;
}

static uint32_t count_items(const struct node *list)
{
    uint32_t count = 0;
    for (const struct node_item *item = list->items; item != NULL; item = item->next)
        count++;
    return count;
}

static void read_list(const struct policy_reader *reader, const struct node_item *list,
                      struct policy_rules *rules)
{
    uint32_t count = count_items(list->node);
    if (count > POLICY_RULES_MAX) {
        struct value value = node_item_value(list);
        complain_value(reader->problems, &value, policy_names[reader->key], RULES_MAX_TEXT);
        return;
    }
    struct policy_rule *made = arena_alloc(reader->arena, (count + 1) * sizeof(*made));
    if (made == NULL) {
        complain_memory(reader->problems);
        return;
    }
    rules->rules = made;
    for (const struct node_item *item = list->node->items; item != NULL; item = item->next)
        rules->count += read_rule(reader, item, &made[rules->count]);
}

static void read_rules(const struct policy_reader *reader, const struct node_item *item,
                       struct policy_rules *rules)
{
    if (item == NULL || item->node == NULL)
        return;
    if (item->node->value.type == VALUE_SEQUENCE) {
        read_list(reader, item, rules);
        return;
    }
    struct value value = node_item_value(item);
    complain_value(reader->problems, &value, policy_names[reader->key],
                   "a list of rules ('- 10.0.0.0/8', ...)");
}

void policy_read(struct policy *policy, const struct node_item *item, const char *origin,
                 struct arena *arena, struct problem_list *problems)
{
    static const struct mapping_keys keys = {"policy", policy_names, NULL, NULL};
    struct policy_reader reader = {.arena = arena, .problems = problems, .origin = origin};
    *policy = (struct policy){0};
    if (item->node == NULL)
        return;
    if (item->node->value.type != VALUE_MAPPING) {
        struct value value = node_item_value(item);
        complain_value(problems, &value, "policy", "a mapping of allow and deny");
        return;
    }
    const struct node_item *found[POLICY_KEY_COUNT];
    mapping_find(item->node, &keys, found, problems);
    policy->not_allowed = denial_of_all(&reader);
    reader.key = POLICY_ALLOW;
    read_rules(&reader, found[POLICY_ALLOW], &policy->allow);
    reader.key = POLICY_DENY;
    read_rules(&reader, found[POLICY_DENY], &policy->deny);
}

static void read_tree(struct policy *policy, const char *bytes, size_t length, struct arena *arena,
                      struct problem_list *problems)
{
    struct yaml_tree tree;
    if (!yaml_tree_init(&tree, bytes, length, NULL, arena, problems))
        complain_memory(problems);
    else if (yaml_tree_next(&tree) == YAML_STEP_END)
        policy_read(policy, &tree.root, "system: ", arena, problems);
    yaml_tree_fini(&tree);
}

bool policy_file_parse(struct policy *policy, const char *bytes, size_t length, struct arena *arena,
                       struct problem_list *problems)
{
    size_t problems_before = problems->total;
    *policy = (struct policy){0};
    if (length == 0)
        complain(problems, (struct place){1, 1},
                 "the file is empty: accepted is a mapping of allow and deny ('{}' if there are "
                 "no rules)");
    else if (length > POLICY_FILE_MAX_BYTES)
        complain(problems, (struct place){1, 1}, "the file is larger than 1 MiB");
    else if (encoding_check(bytes, length, problems))
        read_tree(policy, bytes, length, arena, problems);
    return problems->total == problems_before;
}
