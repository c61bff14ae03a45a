#include "lib/submission.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t size_of(const char *string)
{
    return string == NULL ? 0 : strlen(string) + 1;
}

/* Has a string point to its copy at `room`; returns what is behind that. */
static char *move_to(char *room, const char **string)
{
    size_t size = size_of(*string);
    if (size > 0) {
        *string = memcpy(room, *string, size);
    }
    return room + size;
}

static struct submission *copy_of(const struct check *check)
{
    struct submission *copy =
        calloc(1, sizeof *copy + size_of(check->name) + size_of(check->host) +
                      size_of(check->host_labels) + size_of(check->interface));
    if (copy == NULL) {
        return NULL;
    }
    copy->check = *check;
    char *room = move_to(copy->strings, &copy->check.name);
    room = move_to(room, &copy->check.host);
    room = move_to(room, &copy->check.host_labels);
    move_to(room, &copy->check.interface);
    copy->result = public_result_create();
    if (copy->result == NULL) {
        submission_destroy(copy);
        return NULL;
    }
    return copy;
}

int submission_create(struct submission **submission, const struct check *check, struct text *why)
{
    enum parameter_id at = PARAM_HOST;
    struct submission *made = copy_of(check);
    if (made == NULL) {
        text_append_string(why, "memory is short");
        return -ENOMEM;
    }
    if (!check_complete(&made->check, &at, why)) {
        submission_destroy(made);
        return -EINVAL;
    }
    *submission = made;
    return 0;
}

void submission_destroy(struct submission *submission)
{
    tcpcheck_result_destroy(submission->result);
    free(submission);
}

struct submission *submission_of(const struct check *check)
{
    return (struct submission *)(uintptr_t)check;
}
