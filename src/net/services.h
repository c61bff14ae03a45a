/* The service table of this host. */
#ifndef NET_SERVICES_H
#define NET_SERVICES_H

#include <stdbool.h>

#include "core/service.h"

/* Fills *table from /etc/services, where that can be read, and the well-known
 * names. False: we are short of memory or descriptors. */
bool services_load(struct service_table *table);

#endif
