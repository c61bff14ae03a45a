/* What is wrong with an input, and where: collected, then shown together. */
#ifndef CORE_PROBLEM_H
#define CORE_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

#define PROBLEMS_MAX 20

struct problem {
    const char *message; /* of a list: its own */
    uint32_t line;
    uint32_t column;
};

/* Sorted by place when printed. Of more than PROBLEMS_MAX the first by place are
 * kept, and the others only counted. */
struct problem_list {
    struct problem problems[PROBLEMS_MAX];
    size_t count;
    size_t total;
};

void problem_list_init(struct problem_list *list);
void problem_list_fini(struct problem_list *list);

/* Copies the message. One that cannot be copied for want of memory is
 * replaced by a fixed one: a problem is never lost. */
void problem_add(struct problem_list *list, uint32_t line, uint32_t column, const char *message);

/* Whether a problem at this place would be kept, and not only counted. */
bool problem_list_has_room(const struct problem_list *list, uint32_t line, uint32_t column);

/* Appends all of them: "FILE:LINE:COLUMN: message", then the line of `input`
 * (escaped, cut to 120 columns around the place) and a caret below the column.
 * Lines end in LF or CR LF; a byte-order mark is no character of the first. `input`
 * may be NULL: no lines are shown. A problem on line 0 (an option) is shown as
 * "FILE: message". The last line says how many more there are. */
void problem_list_append(struct text *text, const struct problem_list *list, const char *file,
                         const char *input, size_t input_length);

/* The same for one problem of an input that is not kept: `line_bytes` is the line
 * that it is in. */
void problem_append(struct text *text, const struct problem *problem, const char *file,
                    const char *line_bytes, size_t length);

#endif
