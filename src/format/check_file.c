/* A check file in one pass over its events, and one over its checks.
 *
 * Checks are completed at the end, when `defaults` is known wherever it stands.
 * For that, the places of their parameters are kept beside them: a few bytes a
 * check, where reading the file twice would cost as much time again. */
#include "format/check_file.h"

#include <string.h>

#include "core/number.h"
#include "format/audit_section.h"
#include "format/check_entry.h"
#include "format/complaint.h"
#include "format/encoding.h"
#include "format/mapping.h"
#include "format/node.h"
#include "format/policy_file.h"
#include "format/yaml_tree.h"

/* After so many problems a file is no check file; reading on helps nobody. */
#define PROBLEMS_ENOUGH 1000
/* libyaml compares each %TAG with all before it. */
#define TAG_DIRECTIVES_MAX 1000

enum file_key { FILE_CHECKS, FILE_DEFAULTS, FILE_LIMITS, FILE_POLICY, FILE_AUDIT, FILE_KEY_COUNT };
static const char *const file_names[] = {"checks", "defaults", "limits", "policy", "audit", NULL};

/* The places of the parameters that a check was given, in the order of their ids. */
struct kept_places {
    struct kept_places *next;
    uint32_t given;
    struct place at[];
};

struct file_parser {
    struct check_list *list;
    struct problem_list *problems;
    struct entry_reader reader;
    struct yaml_tree tree;
    struct arena places_arena;
    struct kept_places *places; /* one for each check */
    struct kept_places **places_tail;
    const struct check *overrides;
    struct check defaults;
    struct parameter_places default_places;
};

/* Lines of YAML directives are counted by a word that they must contain. */
static bool has_many_tag_directives(const char *bytes, size_t length)
{
    size_t count = 0;
    const char *end = bytes + length;
    while (bytes < end && (bytes = memchr(bytes, '%', (size_t)(end - bytes))) != NULL) {
        if (end - bytes >= 4 && memcmp(bytes, "%TAG", 4) == 0)
            count++;
        bytes++;
    }
    return count > TAG_DIRECTIVES_MAX;
}

/* What can be told without a parser. */
static bool is_readable(const char *bytes, size_t length, struct problem_list *problems)
{
    const char *why = NULL;
    if (length == 0)
        why = "the file is empty: accepted is a list of checks ('[]' if there are none)";
    else if (length > CHECK_FILE_MAX_BYTES)
        why = "the file is larger than 64 MiB";
    else if (has_many_tag_directives(bytes, length))
        why = "more than 1000 %TAG directives are not accepted";
    if (why == NULL)
        return encoding_check(bytes, length, problems);
    complain(problems, (struct place){1, 1}, why);
    return false;
}

static uint32_t count_bits(uint32_t bits)
{
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static bool keep_places(struct file_parser *parser, uint32_t given,
                        const struct parameter_places *places)
{
    struct kept_places *kept = arena_alloc(
        &parser->places_arena, sizeof(*kept) + count_bits(given) * sizeof(struct place));
    if (kept == NULL)
        return false;
    kept->given = given;
    size_t count = 0;
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if ((given >> i & 1) != 0)
            kept->at[count++] = places->at[i];
    *parser->places_tail = kept;
    parser->places_tail = &kept->next;
    return true;
}

static void add_check(struct file_parser *parser, const struct node_item *item)
{
    struct parameter_places places = {0};
    struct check check;
    if (item->node == NULL || !entry_read(&parser->reader, item, &check, &places))
        return;
    if (!check_list_add(parser->list, &check) || !keep_places(parser, check.given, &places))
        complain_memory(parser->problems);
}

/* A list that was not handed out element by element: through an alias, or merged. */
static void add_checks(struct file_parser *parser, const struct node_item *item)
{
    if (item->node == NULL || item->node == parser->tree.list)
        return;
    if (item->node->value.type != VALUE_SEQUENCE) {
        struct value value = node_item_value(item);
        complain_value(parser->problems, &value, "checks", "a list ('[]' if there are none)");
        return;
    }
    for (const struct node_item *check = item->node->items; check != NULL; check = check->next)
        add_check(parser, check);
}

static void read_limit(struct file_parser *parser, const struct node_item *item, enum limit_id id)
{
    if (item == NULL || item->node == NULL)
        return;
    struct value value = node_item_value(item);
    bool is_quoted_number =
        value.type == VALUE_STRING && number_is_well_formed(value.text, value.length);
    if (!node_is_text(item->node) || is_quoted_number ||
        !limits_set(&parser->list->limits, id, value.text, value.length))
        complain_value(parser->problems, &value, limit_table[id].name, limit_table[id].accepted);
}

static void read_limits(struct file_parser *parser, const struct node_item *item)
{
    const char *names[LIMIT_COUNT + 1] = {NULL};
    const struct mapping_keys keys = {"limits", names, NULL, NULL};
    if (item->node == NULL)
        return;
    if (item->node->value.type != VALUE_MAPPING) {
        struct value value = node_item_value(item);
        complain_value(parser->problems, &value, "limits", "a mapping ('rate: 100', ...)");
        return;
    }
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        names[i] = limit_table[i].name;
    const struct node_item *found[LIMIT_COUNT];
    mapping_find(item->node, &keys, found, parser->problems);
    for (unsigned i = 0; i < LIMIT_COUNT; i++)
        read_limit(parser, found[i], (enum limit_id)i);
}

static void read_policy(struct file_parser *parser, const struct node_item *item)
{
    struct policy *policy = arena_alloc(&parser->list->arena, sizeof(*policy));
    if (policy == NULL) {
        complain_memory(parser->problems);
        return;
    }
    policy_read(policy, item, "", &parser->list->arena, parser->problems);
    parser->list->policy = policy;
}

static void read_top_mapping(struct file_parser *parser, const struct node_item *root)
{
    static const struct mapping_keys keys = {"a check file", file_names, entry_names,
                                             "in an element of 'checks'"};
    const struct node_item *found[FILE_KEY_COUNT];
    mapping_find(root->node, &keys, found, parser->problems);
    if (found[FILE_CHECKS] == NULL)
        complain(parser->problems, root->place,
                 "checks is missing: accepted is a list of checks ('[]' if there are none)");
    else
        add_checks(parser, found[FILE_CHECKS]);
    if (found[FILE_DEFAULTS] != NULL)
        entry_read_parameters(&parser->reader, found[FILE_DEFAULTS], "defaults", &parser->defaults,
                              &parser->default_places);
    if (found[FILE_LIMITS] != NULL)
        read_limits(parser, found[FILE_LIMITS]);
    if (found[FILE_POLICY] != NULL)
        read_policy(parser, found[FILE_POLICY]);
    if (found[FILE_AUDIT] != NULL)
        audit_section_read(found[FILE_AUDIT], &parser->list->arena, parser->problems,
                           &parser->list->audit);
}

static void read_top(struct file_parser *parser)
{
    const struct node_item *root = &parser->tree.root;
    if (root->node->value.type == VALUE_MAPPING) {
        read_top_mapping(parser, root);
    } else if (root->node->value.type != VALUE_SEQUENCE) {
        struct value value = node_item_value(root);
        complain_value(parser->problems, &value, "a check file",
                       "a list of checks or a mapping with 'checks'");
    }
}

/* Reads the file. False: so little of it that its checks cannot be judged as a
 * whole, since `defaults` may be in the rest. */
static bool read_file(struct file_parser *parser)
{
    const struct yaml_tree *tree = &parser->tree;
    while (yaml_tree_next(&parser->tree) == YAML_STEP_ELEMENT) {
        add_check(parser, &tree->element);
        if (parser->problems->total >= PROBLEMS_ENOUGH)
            return false;
    }
    if (tree->root.node != NULL) {
        read_top(parser);
        return true;
    }
    return tree->depth > 0 && tree->frames[0].node->value.type == VALUE_SEQUENCE;
}

/* Where a parameter stands that does not go with the rest. *is_default: in `defaults`, which says
 * nothing of the check. */
static struct place place_of_parameter(const struct file_parser *parser, const struct check *check,
                                       const struct kept_places *kept, enum parameter_id id,
                                       bool *is_default)
{
    size_t count = 0;
    for (size_t i = 0; i < (size_t)id; i++)
        count += kept->given >> i & 1;
    bool is_overridden = parser->overrides != NULL && check_has(parser->overrides, id);
    bool is_own = !is_overridden && (kept->given >> id & 1) != 0 && kept->at[count].line > 0;
    *is_default = !is_overridden && !is_own && check_has(&parser->defaults, id) &&
                  parser->default_places.at[id].line > 0;
    if (is_own)
        return kept->at[count];
    return *is_default ? parser->default_places.at[id] : (struct place){check->line, check->column};
}

/* What `defaults` do to many checks alike is said once, of the first of them. */
static void complain_contradiction(struct file_parser *parser, const struct check *check,
                                   const struct kept_places *kept, enum parameter_id at,
                                   struct text *why)
{
    bool is_default;
    struct place place = place_of_parameter(parser, check, kept, at, &is_default);
    if (is_default && complaint_begins(parser->problems, place, text_string(why))) {
        text_clear(why);
        return;
    }
    if (is_default) {
        text_append_string(why, " (in the check ");
        if (check->name != NULL)
            text_append_quoted(why, check->name, strlen(check->name));
        text_append_string(why, check->name != NULL ? " of line " : "of line ");
        text_append_int(why, check->line);
        text_append_char(why, ')');
    }
    complain_text(parser->problems, place, why);
}

static void complete_checks(struct file_parser *parser)
{
    const struct kept_places *kept = parser->places;
    struct text why;
    text_init(&why, COMPLAINT_MAX_BYTES);
    for (size_t i = 0; i < parser->list->count && kept != NULL; i++, kept = kept->next) {
        struct check *check = &parser->list->checks[i];
        enum parameter_id at;
        check->policy = parser->list->policy;
        check_inherit(check, &parser->defaults);
        if (parser->overrides != NULL)
            check_override(check, parser->overrides);
        if (!check_complete(check, &at, &why))
            complain_contradiction(parser, check, kept, at, &why);
    }
    text_fini(&why);
}

static void parse(struct file_parser *parser, const char *bytes, size_t length)
{
    if (!yaml_tree_init(&parser->tree, bytes, length, file_names[FILE_CHECKS], &parser->list->arena,
                        parser->problems))
        complain_memory(parser->problems);
    else if (read_file(parser))
        complete_checks(parser);
    yaml_tree_fini(&parser->tree);
    check_list_trim(parser->list);
}

bool check_file_parse(struct check_list *list, const char *bytes, size_t length,
                      const struct check *overrides, const struct naming *naming,
                      struct problem_list *problems)
{
    size_t problems_before = problems->total;
    if (!is_readable(bytes, length, problems))
        return false;

    struct file_parser parser = {.list = list, .problems = problems, .overrides = overrides};
    parser.places_tail = &parser.places;
    arena_init(&parser.places_arena);
    entry_reader_init(&parser.reader, &list->arena, naming, problems);
    check_init(&parser.defaults);
    parse(&parser, bytes, length);
    arena_fini(&parser.places_arena);
    return problems->total == problems_before;
}
