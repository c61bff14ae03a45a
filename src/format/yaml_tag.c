/* The tags of YAML's core schema; no other means anything in a check file. */
#include "format/yaml_tag.h"

#include <string.h>

#include "core/number.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CORE_PREFIX  "tag:yaml.org,2002:"

struct scalar_tag {
    const char *name;
    enum value_type type;
    bool (*takes)(const char *text, size_t length);
};

static bool is_one_of(const char *const *words, const char *text, size_t length)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == length && memcmp(*words, text, length) == 0)
            return true;
    return false;
}

static bool is_null(const char *text, size_t length)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return is_one_of(words, text, length);
}

static bool is_bool(const char *text, size_t length)
{
    static const char *const words[] = {"true", "false", NULL};
    return is_one_of(words, text, length);
}

static bool is_int(const char *text, size_t length)
{
    return number_is_well_formed(text, length) && memchr(text, '.', length) == NULL;
}

static bool is_text(const char *text, size_t length)
{
    (void)text;
    (void)length;
    return true;
}

static const struct scalar_tag scalar_tags[] = {
    {"!", VALUE_STRING, is_text}, /* YAML's "non-specific" tag */
    {CORE_PREFIX "str", VALUE_STRING, is_text},
    {CORE_PREFIX "int", VALUE_PLAIN, is_int},
    {CORE_PREFIX "float", VALUE_PLAIN, number_is_well_formed},
    {CORE_PREFIX "bool", VALUE_PLAIN, is_bool},
    {CORE_PREFIX "null", VALUE_NULL, is_null},
};

static void append_tag(struct text *why, const char *tag)
{
    size_t prefix = strlen(CORE_PREFIX);
    if (strncmp(tag, CORE_PREFIX, prefix) != 0) {
        text_append_quoted(why, tag, strlen(tag));
        return;
    }
    text_append_string(why, "!!");
    text_append_escaped(why, tag + prefix, strnlen(tag + prefix, 64));
}

static bool refuse(struct text *why, const char *tag)
{
    text_append_string(why, "the tag ");
    append_tag(why, tag);
    text_append_string(why, " does not belong here: accepted are !!str, !!int, !!float, !!bool "
                            "and !!null on a value, !!seq on a list, !!map on a mapping");
    return false;
}

bool yaml_tag_scalar(const yaml_event_t *event, enum value_type *type, struct text *why)
{
    const char *tag = (const char *)event->data.scalar.tag;
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (tag == NULL) {
        bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        *type = !is_plain ? VALUE_STRING : is_null(text, length) ? VALUE_NULL : VALUE_PLAIN;
        return true;
    }
    for (size_t i = 0; i < COUNT(scalar_tags); i++) {
        if (strcmp(tag, scalar_tags[i].name) != 0)
            continue;
        *type = scalar_tags[i].type;
        if (scalar_tags[i].takes(text, length))
            return true;
        text_append_quoted(why, text, length);
        text_append_string(why, " is not what its tag says: ");
        append_tag(why, tag);
        return false;
    }
    return refuse(why, tag);
}

bool yaml_tag_collection(const char *tag, enum value_type type, struct text *why)
{
    const char *own = type == VALUE_MAPPING ? CORE_PREFIX "map" : CORE_PREFIX "seq";
    if (tag == NULL || strcmp(tag, "!") == 0 || strcmp(tag, own) == 0)
        return true;
    return refuse(why, tag);
}
