/* Monitoring Plugins output: one line and performance data. */
#ifndef FORMAT_NAGIOS_H
#define FORMAT_NAGIOS_H

#include "core/result.h"
#include "core/text.h"

enum nagios_state { NAGIOS_OK = 0, NAGIOS_WARNING = 1, NAGIOS_CRITICAL = 2, NAGIOS_UNKNOWN = 3 };

/* What a refusal counts as: the plugin's -r. */
enum nagios_state nagios_state(const struct result *result, enum nagios_state refusal);

/* "TCP OK - 0.000 second response time on 127.0.0.1 port 80|time=0.000196s;;;0.000000;10.000000",
 * without a line feed; the part before | stays under 80 characters. */
void nagios_append_line(struct text *out, const struct result *result, enum nagios_state refusal);

/* "OK", "WARNING", ... */
const char *nagios_state_name(enum nagios_state state);

#endif
