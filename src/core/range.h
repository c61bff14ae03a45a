/* Threshold ranges of the Monitoring Plugins, [@]start:end, over seconds:
 * "10" alerts below 0 or above 10; "10:" below 10; "~:10" above 10; "10:20"
 * outside; "@10:20" inside, ends included. */
#ifndef CORE_RANGE_H
#define CORE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

struct range {
    int64_t start_ns; /* INT64_MIN: no lower end */
    int64_t end_ns;   /* INT64_MAX: no upper end */
    bool alerts_inside;
};

/* False, and *range as it was, when the text is no range, or its start is
 * above its end. Ends are decimals, a minus sign allowed. */
bool range_parse(const char *text, size_t length, struct range *range);
bool range_alerts(const struct range *range, int64_t ns);
/* Shortest form that range_parse() reads back to the same range. */
void range_append(struct text *text, const struct range *range);

#endif
