/* What must hold of whatever comes out of a parser, however hostile its input. */
#ifndef FUZZ_INVARIANTS_H
#define FUZZ_INVARIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/parameter.h"
#include "core/problem.h"

/* Ends the program, so that the fuzzer keeps the input. */
void require(bool claim);

/* Filled once; never freed, and reachable to the end. */
const struct naming *known_names(void);

/* Nothing is missing, every value is in its range, and each parameter that was
 * given survives being shown and read again. */
void require_complete(const struct check *check);

/* There is at least one; each has words and a place inside the input, or right
 * behind its end; and they can be shown. */
void require_placed(const struct problem_list *problems, const char *bytes, size_t length);

#endif
