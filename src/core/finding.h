/* What was found out: the class of a result made exact by what this check and its addresses
 * add to it. Bytes from outside are appended as they are; escape them. */
#ifndef CORE_FINDING_H
#define CORE_FINDING_H

#include <stdbool.h>

#include "core/outcome.h"
#include "core/result.h"
#include "core/text.h"

/* One or two sentences: what was seen and what it shows. */
const char *finding_meaning(const struct result *result);
/* Whose fault it is. */
enum outcome_blame finding_blame(const struct result *result);

/* The `interface` of the check, where this host has no such device; else NULL. */
const char *finding_missing_device(const struct result *result);
/* The zone of the host (fe80::1%ZONE), where it is no interface of this host; else NULL. */
const char *finding_missing_zone(const struct result *result);
/* Whether the ICMP message that decided came from the target itself. */
bool finding_is_from_target(const struct result *result);
/* Whether it is unknown only because of some of several addresses: others could be checked. */
bool finding_is_partial(const struct result *result);

/* "no such device eth7", "zone eth7 is no interface of this host"; nothing for most. */
void finding_append_detail(struct text *out, const struct result *result);
/* "2 of 4 addresses as expected, 3 required"; `noun` is " addresses" or "". For
 * ADDRESSES_ALL. */
void finding_append_counts(struct text *out, const struct result *result, const char *noun);

#endif
