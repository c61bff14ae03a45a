/* From what was observed to what it means. */
#ifndef CORE_CLASSIFY_H
#define CORE_CLASSIFY_H

#include "core/observation.h"
#include "core/result.h"
#include "tcpcheck.h"

/* The class of an observation. */
enum tcpcheck_outcome classify(const struct observation *observation);

/* The notes (bits of 1 << enum note) that go with it. */
uint32_t classify_notes(const struct observation *observation);

/* The phase in which it ended. */
enum phase classify_phase(const struct observation *observation);

#endif
