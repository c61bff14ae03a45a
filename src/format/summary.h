/* What a run of many checks came to, for people: --summary, and the line of progress. */
#ifndef FORMAT_SUMMARY_H
#define FORMAT_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "core/run_times.h"
#include "core/tally.h"
#include "core/text.h"

/* A table: a row a class that was met, with the number of its results and the response times that
 * 50, 90 and 99 % of them did not exceed, and the longest; then a histogram of the handshakes. */
void summary_append_times(struct text *out, const struct run_times *times);

/* "120 of 1000 checked in 7 s, 17.1/s, 52 s left: open 100, refused 20", without a line feed: the
 * classes, most frequent first, as far as they fit into `columns` (0: any number). `expected` is
 * how many results there will be, 0: not known. The rate is the mean since the start. */
void summary_append_progress(struct text *out, const struct tally *tally, uint64_t expected,
                             int64_t elapsed_ns, size_t columns);

#endif
