/* Plain lists of targets, one a line: "host port", "host:port", "[v6]:port" or
 * CSV "name,host,port"; # starts a comment; blank lines are skipped. */
#ifndef FORMAT_TARGET_LIST_H
#define FORMAT_TARGET_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/service.h"
#include "core/text.h"

#define TARGET_LINE_MAX_BYTES 4096

enum target_line { TARGET_LINE_BLANK, TARGET_LINE_CHECK, TARGET_LINE_BAD };

/* Parses line number `line_number` (without its line feed; a carriage return
 * before it is dropped) into *check, completed, with `overrides` (may be NULL)
 * applied. Strings go to `arena`. TARGET_LINE_BAD: *column (from 1, in
 * characters) and `why` say what is wrong. */
enum target_line target_list_parse_line(const char *line, size_t length, uint32_t line_number,
                                        const struct check *overrides,
                                        const struct service_table *services,
                                        struct arena *arena, struct check *check,
                                        uint32_t *column, struct text *why);

#endif
