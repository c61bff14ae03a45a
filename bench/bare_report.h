/* What the bare loop says: a line a check, and a count of all. */
#ifndef BENCH_BARE_REPORT_H
#define BENCH_BARE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bare_targets.h"

struct bare_result {
    const struct bare_target *target;
    int error;       /* 0: open; else an errno */
    int64_t wall_ns; /* from before connect(2) to when its end was noticed */
    bool has_info;
    uint32_t rtt_us;
    uint32_t retransmits;
};

struct bare_report {
    bool is_quiet; /* no lines */
    int error;     /* an errno that a write has met; what followed is lost */
    size_t open;
    size_t refused;
    size_t failed;
    size_t used;
    char bytes[1 << 16];
};

void bare_report_add(struct bare_report *report, const struct bare_result *result);
/* Writes what is left. Returns 0 or the errno of the first write that failed. */
int bare_report_finish(struct bare_report *report) __attribute__((warn_unused_result));

#endif
