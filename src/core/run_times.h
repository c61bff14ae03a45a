/* How the times of a run's results are spread, for each class of outcome. */
#ifndef CORE_RUN_TIMES_H
#define CORE_RUN_TIMES_H

#include "core/histogram.h"
#include "core/outcome.h"
#include "core/result.h"

/* 263 KiB, of which what no result falls into is never touched: let it be allocated zeroed, and
 * not stand on a stack. */
struct run_times {
    struct histogram response[OUTCOME_COUNT]; /* response_time, by the class of the result */
    struct histogram connect;                 /* handshakes of the addresses that decided */
};

void run_times_add(struct run_times *times, const struct result *result);

#endif
