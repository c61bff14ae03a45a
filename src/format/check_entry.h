/* One check, as a mapping of a check file or a JSON object has it. */
#ifndef FORMAT_CHECK_ENTRY_H
#define FORMAT_CHECK_ENTRY_H

#include <stdbool.h>

#include "core/check.h"
#include "core/parameter.h"
#include "core/problem.h"
#include "format/mapping.h"
#include "format/node.h"
#include "format/place.h"

/* What all entries of one input are read with. */
struct entry_reader {
    struct parameter_context context; /* its arena owns the strings of the checks */
    struct problem_list *problems;
    const char *parameter_names[PARAMETER_COUNT + 1];
};

/* Where each parameter that was given stands. */
struct parameter_places {
    struct place at[PARAMETER_COUNT];
};

/* The keys of an entry, the last NULL. */
extern const char *const entry_names[];

void entry_reader_init(struct entry_reader *reader, struct arena *arena,
                       const struct naming *naming, struct problem_list *problems);

/* Reads an entry into *check (any state), not completed. Everything wrong in it
 * is reported; a host or port that is wrong is replaced by one that is not, so
 * that it is not reported as missing, too. False: it is no mapping, and there is no check. */
bool entry_read(const struct entry_reader *reader, const struct node_item *item,
                struct check *check, struct parameter_places *places);

/* Reads a mapping of parameters into *check (initialised), in the same way.
 * `name` is what messages call it: "parameters", "defaults". */
void entry_read_parameters(const struct entry_reader *reader, const struct node_item *item,
                           const char *name, struct check *check, struct parameter_places *places);

/* The value's text as a string that lives as long as the checks. NULL: it is no
 * text, and that is reported; or memory. */
const char *entry_read_text(const struct entry_reader *reader, const struct node_item *item,
                            const char *name);

#endif
