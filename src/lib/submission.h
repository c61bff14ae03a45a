/* A check that was handed to the library, with the memory it needs: as little as can be, since a
 * million of them may wait. */
#ifndef LIB_SUBMISSION_H
#define LIB_SUBMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/check.h"
#include "core/text.h"
#include "lib/public.h"

struct submission {
    struct check check;             /* first, so that a check is its submission */
    struct tcpcheck_result *result; /* empty until it is taken; NULL once it was */
    void *cookie;
    uint64_t id;
    uint64_t sequence;           /* the engine's number for it, once it was pulled */
    struct submission *previous; /* in the line of its engine */
    struct submission *next;
    bool is_pulled;
    char strings[]; /* what the check points to */
};

/* Makes a completed copy, strings included. Returns 0, or `why` says why not:
 * -EINVAL, parameters are missing or exclude each other; -ENOMEM. */
int submission_create(struct submission **submission, const struct check *check, struct text *why)
    __attribute__((warn_unused_result));
void submission_destroy(struct submission *submission);

/* The submission that this check is part of. */
struct submission *submission_of(const struct check *check);

#endif
