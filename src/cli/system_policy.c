/* Only a file that is not there permits everything. One that is there and cannot be read, be it a
 * link to nowhere, is a rule that somebody made and we do not know. */
#include "cli/system_policy.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/input.h"
#include "cli/say.h"
#include "core/problem.h"
#include "core/text.h"
#include "format/policy_file.h"

#define WHY_MAX_BYTES ((size_t)1024 * 1024)

const char system_policy_path[] = SYSTEM_POLICY;

static bool is_there(void)
{
    struct stat status;
    return lstat(system_policy_path, &status) == 0 || errno != ENOENT;
}

/* False: what is wrong is in `why`, as lines for stderr. */
static bool parse(struct options *options, struct policy *policy, const char *bytes, size_t length,
                  struct text *why)
{
    struct problem_list problems;
    problem_list_init(&problems);
    bool is_right = policy_file_parse(policy, bytes, length, &options->arena, &problems);
    problem_list_append(why, &problems, system_policy_path, bytes, length);
    problem_list_fini(&problems);
    return is_right;
}

static bool load(struct options *options, const char *program, struct text *why)
{
    char *bytes = NULL;
    size_t length = 0;
    struct policy *policy = arena_alloc(&options->arena, sizeof *policy);
    if (policy == NULL) {
        say(program, "memory is short", NULL);
        return false;
    }
    if (!input_read(system_policy_path, POLICY_FILE_MAX_BYTES, &bytes, &length, why)) {
        say(program, system_policy_path, ": ", text_string(why), NULL);
        return false;
    }
    bool is_right = parse(options, policy, bytes, length, why);
    if (!is_right) {
        say_bytes(text_string(why), why->length);
    }
    free(bytes);
    options->policy = policy;
    return is_right;
}

bool system_policy_load(struct options *options, const char *program)
{
    if (!is_there()) {
        return true;
    }
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    bool is_loaded = load(options, program, &why);
    text_fini(&why);
    return is_loaded;
}
