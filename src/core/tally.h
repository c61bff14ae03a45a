/* Counts over the results of a run. */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include <stdint.h>

#include "core/outcome.h"
#include "core/result.h"

struct tally {
    uint64_t total;
    uint64_t success;
    uint64_t failed;  /* status error, verdict up or down */
    uint64_t unknown; /* status error, verdict unknown */
    uint64_t slow;    /* success with the note `slow` */
    uint64_t by_outcome[OUTCOME_COUNT];
};

void tally_add(struct tally *tally, const struct result *result);

/* 0: all success (or none ran) · 1: any failed · else 3: any unknown. */
int tally_exit_code(const struct tally *tally);

/* The unknown outcome that every result of at least two shares, so that the
 * prober itself is cut off; TCPCHECK_OPEN when there is no such thing. */
enum tcpcheck_outcome tally_common_cause(const struct tally *tally);

#endif
