/* One check as a JSON object: a parameters object, or
 * {"name":..., "plugin":..., "parameters":{...}} (and description, labels) as in a check file. */
#ifndef FORMAT_CHECK_OBJECT_H
#define FORMAT_CHECK_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/parameter.h"
#include "core/problem.h"

#define CHECK_OBJECT_MAX_BYTES ((size_t)1024 * 1024)

/* Parses into *check (any state), completed; strings go to `arena`. True when
 * it is right; otherwise all problems, with their places, are in *problems.
 * Bytes may be anything. `overrides` as in check_file_parse(). */
bool check_object_parse(struct check *check, struct arena *arena, const char *bytes, size_t length,
                        const struct check *overrides, const struct naming *naming,
                        struct problem_list *problems);

#endif
