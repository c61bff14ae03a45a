/* Reads the file of rules. Its language is told at the top of scripted_network.c. */
#ifndef SCRIPTED_RULE_FILE_H
#define SCRIPTED_RULE_FILE_H

#include <stdbool.h>

#include "problem.h"
#include "rule_set.h"

#define RULE_FILE_MAX (1U << 20)

/* False: *problem says why, with line 0 when the file itself could not be read. The
 * set was empty (zeroed). */
bool rule_file_read(const char *path, struct rule_set *set, struct problem *problem)
    __attribute__((warn_unused_result));

#endif
