/* Which type a YAML value has, by its style and its tag. */
#ifndef FORMAT_YAML_TAG_H
#define FORMAT_YAML_TAG_H

#include <stdbool.h>
#include <yaml.h>

#include "core/text.h"
#include "core/value.h"

/* A scalar without a tag is a string when it is quoted, nothing when it is
 * empty, ~ or null, and else plain. !!str makes it a string; !!int, !!float,
 * !!bool and !!null take what they name and nothing else. False: `why` says
 * what is wrong with the tag. */
bool yaml_tag_scalar(const yaml_event_t *event, enum value_type *type, struct text *why);

/* Lists may be tagged !!seq, mappings !!map. `tag` may be NULL. */
bool yaml_tag_collection(const char *tag, enum value_type type, struct text *why);

#endif
