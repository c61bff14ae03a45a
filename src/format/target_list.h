/* Plain lists of targets, one a line: "host port", "host:port", "[v6]:port" or
 * CSV "name,host,port"; # starts a comment; blank lines are skipped. Where it is asked for, a
 * block of addresses (10.0.0.0/24) may stand for a host. */
#ifndef FORMAT_TARGET_LIST_H
#define FORMAT_TARGET_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address_block.h"
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
    struct address_block *block;   /* NULL: blocks are errors. Else what the line has of one, or
                                      FAMILY_ANY: then *check is that of its first address, and
                                      target_list_expand() makes the others */
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

/* Makes the check of address number `index` of a block from that of its first address. Its strings
 * are in `arena`, but for those that `first` owes to overrides. False: memory. */
bool target_list_expand(const struct check *first, const struct address_block *block,
                        uint32_t index, struct arena *arena, struct check *check);

#endif
