#include "lib/submission.h"

#include <stdlib.h>
#include <string.h>

/* A copy of an optional string; false: memory. */
static bool copy_string(struct arena *arena, const char **string)
{
    if (*string == NULL) {
        return true;
    }
    *string = arena_copy(arena, *string, strlen(*string));
    return *string != NULL;
}

struct submission *submission_create(const struct check *check, bool *is_memory, struct text *why)
{
    *is_memory = true;
    struct submission *submission = calloc(1, sizeof *submission);
    if (submission == NULL) {
        text_append_string(why, "memory is short");
        return NULL;
    }
    arena_init(&submission->arena);
    submission->check = *check;
    enum parameter_id at = PARAM_HOST;
    submission->result = public_result_create();
    if (submission->result == NULL ||
        !copy_string(&submission->arena, &submission->check.name) ||
        !copy_string(&submission->arena, &submission->check.host)) {
        text_append_string(why, "memory is short");
    } else if (!check_complete(&submission->check, &at, why)) {
        *is_memory = false;
    } else {
        return submission;
    }
    submission_destroy(submission);
    return NULL;
}

void submission_destroy(struct submission *submission)
{
    tcpcheck_result_destroy(submission->result);
    arena_fini(&submission->arena);
    free(submission);
}

struct submission *submission_of(const struct check *check)
{
    return (struct submission *)(uintptr_t)check;
}
