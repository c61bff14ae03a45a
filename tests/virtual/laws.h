/* What holds for every result, whatever a test is about. */
#ifndef LAWS_H
#define LAWS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/result.h"

struct laws {
    int64_t now_ns;      /* monotonic; the result has just been taken */
    int64_t lateness_ns; /* how late the loop came at most to what happened */
    bool is_endless;
};

/* Fails the test where one does not. */
void laws_hold(const struct laws *laws, const struct result *result);

#endif
