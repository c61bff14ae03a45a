/* How many threads make the connections of a run. */
#ifndef CLI_THREADS_H
#define CLI_THREADS_H

#include <stdint.h>

#include "cli/options.h"
#include "core/limits.h"

/* As the options say, or, where they leave it to us: one for each processor that this process may
 * use, as far as there are connections for them, but one alone where the run is short (`expected` results, 0: not known), or held to a rate
 * that one thread keeps without effort. */
uint32_t threads_for(const struct options *options, uint64_t expected, const struct limits *limits);

#endif
