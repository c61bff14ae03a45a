#include "cli/filter.h"

#include <fnmatch.h>
#include <string.h>

#include "core/text.h"

#define NAME_MAX_BYTES ((size_t)64 * 1024 * 1024)

static bool matches_name(const struct option_list *only, const struct check *check)
{
    if (only->count == 0) {
        return true;
    }
    struct text name;
    text_init(&name, NAME_MAX_BYTES);
    check_append_name(&name, check);
    bool is_match = false;
    for (uint32_t i = 0; i < only->count && !is_match; i++) {
        is_match = fnmatch(only->values[i], text_string(&name), 0) == 0;
    }
    text_fini(&name);
    return is_match;
}

static bool has_label(const struct check *check, const char *wanted)
{
    size_t key_length = strcspn(wanted, "=");
    for (uint32_t i = 0; i < check->label_count; i++) {
        const struct label *label = &check->labels[i];
        if (strlen(label->key) == key_length && memcmp(label->key, wanted, key_length) == 0 &&
            strcmp(label->value, wanted + key_length + 1) == 0) {
            return true;
        }
    }
    return false;
}

bool filter_is_empty(const struct filter *filter)
{
    return filter->only.count == 0 && filter->label.count == 0;
}

bool filter_matches(const struct filter *filter, const struct check *check)
{
    for (uint32_t i = 0; i < filter->label.count; i++) {
        if (!has_label(check, filter->label.values[i])) {
            return false;
        }
    }
    return matches_name(&filter->only, check);
}
