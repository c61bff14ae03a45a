/* What the opaque structs of tcpcheck.h hold. */
#ifndef LIB_PUBLIC_H
#define LIB_PUBLIC_H

#include "core/arena.h"
#include "core/check.h"
#include "core/result.h"
#include "core/text.h"
#include "tcpcheck.h"

struct tcpcheck_check {
    struct check check;
    struct arena arena;
    struct text error;
};

struct tcpcheck_result {
    struct result *result;
    struct text address;
    struct text json;
    int64_t wall_offset_ns;
    struct tcpcheck_result *next; /* among those that wait to be taken */
};

/* Made when a check is submitted, so that its result cannot be lost for want of
 * memory later; NULL when memory is short. */
struct tcpcheck_result *public_result_create(void);
/* Fills it in; from now on `result` is its own. */
void public_result_set(struct tcpcheck_result *public, struct result *result);

#endif
