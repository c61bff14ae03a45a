/* Putting what is wrong into words, and reporting it once. */
#ifndef FORMAT_COMPLAINT_H
#define FORMAT_COMPLAINT_H

#include <stdbool.h>

#include "core/problem.h"
#include "core/text.h"
#include "core/value.h"
#include "format/place.h"

/* No message is longer. */
#define COMPLAINT_MAX_BYTES 2048

/* Adds a problem unless the list has it already: what an alias or a merge key
 * brings in is read in many places and is wrong in one. */
void complain(struct problem_list *problems, struct place place, const char *message);
/* The same with a text that was built for it, which is emptied for the next. */
void complain_text(struct problem_list *problems, struct place place, struct text *message);
/* "NAME must be WHAT, found 'abc'", at the value's place. */
void complain_value(struct problem_list *problems, const struct value *value, const char *name,
                    const char *what);
/* Whether something is reported at this place. Ask before a long search for
 * advice: a value that a million aliases repeat must not cost a million of them. */
bool complaint_is_at(const struct problem_list *problems, struct place place);
/* Whether one at this place begins with these words. */
bool complaint_begins(const struct problem_list *problems, struct place place, const char *words);
/* Memory was short: said once, however often it is met. */
void complain_memory(struct problem_list *problems);

/* " (did you mean 'timeout'?)", or nothing for NULL. */
void complaint_append_suggestion(struct text *message, const char *suggestion);

#endif
