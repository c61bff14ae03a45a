/* Check files: YAML (tcpcheck-checks(5)) to checks. */
#ifndef FORMAT_CHECK_FILE_H
#define FORMAT_CHECK_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/check.h"
#include "core/parameter.h"
#include "core/problem.h"
#include "format/check_list.h"

#define CHECK_FILE_MAX_BYTES       ((size_t)64 * 1024 * 1024)
#define CHECK_FILE_MAX_NODES       10000000
#define CHECK_FILE_MAX_ALIAS_NODES 1000000
#define CHECK_FILE_MAX_DEPTH       32

/* Parses a whole file into *list (initialised, empty). `overrides` (options of
 * the command line; may be NULL) win over what the file says, and its strings
 * must outlive the list. Every check is completed. True when the file is
 * right; otherwise every problem found is in *problems and the list is not to
 * be used. Bytes may be anything. */
bool check_file_parse(struct check_list *list, const char *bytes, size_t length,
                      const struct check *overrides, const struct naming *naming,
                      struct problem_list *problems);

#endif
