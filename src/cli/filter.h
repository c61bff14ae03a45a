/* Which checks of its inputs a run is about: --only and --label. */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include <stdbool.h>

#include "cli/options.h"
#include "core/check.h"

struct filter {
    struct option_list only;  /* globs over the name; any one */
    struct option_list label; /* KEY=VALUE; each one */
};

/* Whether it lets every check through. */
bool filter_is_empty(const struct filter *filter);

bool filter_matches(const struct filter *filter, const struct check *check);

#endif
