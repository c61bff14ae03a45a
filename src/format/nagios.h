/* Monitoring Plugins output: one line and performance data. */
#ifndef FORMAT_NAGIOS_H
#define FORMAT_NAGIOS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/result.h"
#include "core/tally.h"
#include "core/text.h"
#include "format/escape.h"

#define NAGIOS_COLUMNS 79 /* of what people read: the bar stands within 80 */

enum nagios_state { NAGIOS_OK = 0, NAGIOS_WARNING = 1, NAGIOS_CRITICAL = 2, NAGIOS_UNKNOWN = 3 };

/* What a run comes to: the worst of its checks, and a failure outweighs what could
 * not be checked. */
enum nagios_state nagios_run_state(const struct tally *tally);

/* `refusal` is what a refusal counts as: the plugin's -r. It is one where each address that failed
 * was refused; with ADDRESSES_ALL, each that did not open. It does not matter where a refusal was
 * expected. */
enum nagios_state nagios_state(const struct result *result, enum nagios_state refusal);

/* "TCP OK - 0.000 second response time on 127.0.0.1 port 80|time=0.000196s;;;0.000000;10.000000",
 * without a line feed; the part before | stays under 80 characters. There is
 * performance data only where a response time was measured: a connection, or
 * another outcome that was expected. */
void nagios_append_line(struct text *out, const struct result *result, enum nagios_state refusal);

/* The line up to the bar. */
void nagios_append_words(struct text *out, const struct result *result, enum nagios_state refusal);
/* Whether there is performance data, and what follows "time=" in it. */
bool nagios_has_value(const struct result *result);
void nagios_append_value(struct text *out, const struct result *result);

/* Bytes from outside, made safe for a line: no bar, which ends the text for
 * its readers, and no line feed. The first is for escape_append(). */
bool nagios_replace(struct text *out, const struct character *character);
void nagios_append_escaped(struct text *out, const char *bytes, size_t length);

/* "OK", "WARNING", ... */
const char *nagios_state_name(enum nagios_state state);

#endif
