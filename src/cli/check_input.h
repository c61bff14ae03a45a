/* A check file from its path to its checks. */
#ifndef CLI_CHECK_INPUT_H
#define CLI_CHECK_INPUT_H

#include "cli/options.h"
#include "format/check_file.h"

/* Reads and parses into *file (initialised, empty); what is wrong is said on
 * stderr. Returns EXIT_OK or an exit code. */
int check_input_load(struct check_list *file, const char *program, const char *path,
                     const struct options *options) __attribute__((warn_unused_result));

#endif
