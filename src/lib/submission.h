/* A check that was handed to the library, with the memory it needs. */
#ifndef LIB_SUBMISSION_H
#define LIB_SUBMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/text.h"
#include "lib/public.h"

struct submission {
    struct check check; /* first, so that a check is its submission */
    struct arena arena;
    struct tcpcheck_result *result; /* empty until it is taken; NULL once it was */
    void *cookie;
    uint64_t id;
    uint64_t sequence; /* the engine's number for it, once it was pulled */
    struct submission *previous; /* in the line of its engine */
    struct submission *next;
    bool is_pulled;
};

/* A completed copy, strings included; NULL, and `why` says why: parameters
 * missing or excluding each other (*is_memory false), or memory. */
struct submission *submission_create(const struct check *check, bool *is_memory, struct text *why);
void submission_destroy(struct submission *submission);

/* The submission that this check is part of. */
struct submission *submission_of(const struct check *check);

#endif
