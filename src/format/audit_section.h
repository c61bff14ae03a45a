/* `audit:` of a check file. */
#ifndef FORMAT_AUDIT_SECTION_H
#define FORMAT_AUDIT_SECTION_H

#include "core/arena.h"
#include "core/problem.h"
#include "format/check_list.h"
#include "format/node.h"

/* What is wrong is reported, and then *settings may be anything. Strings are the arena's. */
void audit_section_read(const struct node_item *item, struct arena *arena,
                        struct problem_list *problems, struct audit_settings *settings);

#endif
