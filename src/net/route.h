/* What the kernel's routing table says of an address (rtnetlink(7), RTM_GETROUTE). Blocks no
 * longer than a system call does, but costs four: ask only when an answer hangs on it. */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include <stdint.h>

#include "core/address.h"

enum route_type {
    ROUTE_UNKNOWN, /* no route, or none of the types below */
    ROUTE_UNICAST,
    ROUTE_LOCAL, /* an address of this host */
    ROUTE_PROHIBIT,
};

/* The route that a packet from `source` (FAMILY_ANY: not chosen yet) to `target` takes, where it
 * has to leave through the device with number `device` (0: through any). */
enum route_type route_lookup(const struct address *target, const struct address *source,
                             uint32_t device);

#endif
