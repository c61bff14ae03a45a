/* Policies: the mapping under `policy` of a check file, and the system's policy file, which is
 * such a mapping and nothing else. */
#ifndef FORMAT_POLICY_FILE_H
#define FORMAT_POLICY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/policy.h"
#include "core/problem.h"
#include "format/node.h"

#define POLICY_FILE_MAX_BYTES ((size_t)1024 * 1024)

/* Reads a mapping with `allow` and `deny`. Denials name their rule, behind `origin` ("system: ", or
 * ""). Everything goes to the arena; what is wrong to *problems, and then the policy is not to be
 * used. */
void policy_read(struct policy *policy, const struct node_item *item, const char *origin,
                 struct arena *arena, struct problem_list *problems);

/* The system's. True when the file is right; otherwise every problem found is in
 * *problems. Bytes may be anything. */
bool policy_file_parse(struct policy *policy, const char *bytes, size_t length, struct arena *arena,
                       struct problem_list *problems);

#endif
