/* The table behind outcome_info(), which is what to use instead. */
#ifndef CORE_OUTCOME_TABLE_H
#define CORE_OUTCOME_TABLE_H

#include "core/outcome.h"

/* Indexed by enum tcpcheck_outcome. */
extern const struct outcome_info outcome_table[OUTCOME_COUNT];

#endif
