/* Plain lists of targets, one a line: "host port", "host:port", "[v6]:port" or
 * CSV "name,host,port"; # starts a comment; blank lines are skipped. */
#ifndef FORMAT_TARGET_LIST_H
#define FORMAT_TARGET_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/parameter.h"
#include "core/text.h"

#define TARGET_LINE_MAX_BYTES 4096

enum target_line { TARGET_LINE_BLANK, TARGET_LINE_CHECK, TARGET_LINE_BAD };

/* What a line is read with. */
struct target_reader {
    struct arena *arena;           /* owns the strings of the check */
    const struct naming *naming;   /* may be NULL */
    const struct check *overrides; /* win over the line; may be NULL */
};

/* Parses line number `line_number` (without its line feed; a carriage return
 * before it is dropped, and so is a byte-order mark at its start) into *check,
 * completed.
 *
 * Blanks and tabs separate host and port, in any number. A comment starts at a #
 * that begins the line or follows a blank. CSV fields may be quoted as in RFC 4180,
 * within the line; blanks around a field do not belong to it; an empty name is
 * none; and line 1 may be the header "name,host,port", which is skipped.
 *
 * TARGET_LINE_BAD: *column (from 1, in characters) and `why` say what is wrong. */
enum target_line target_list_parse_line(const struct target_reader *reader, const char *line,
                                        size_t length, uint32_t line_number, struct check *check,
                                        uint32_t *column, struct text *why);

#endif
