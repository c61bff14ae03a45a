/* Address literals whose zone is an interface's name: fe80::1%eth0. */
#ifndef NET_ZONE_H
#define NET_ZONE_H

#include <stddef.h>

#include "core/address.h"

enum zone_result {
    ZONE_OK,
    ZONE_NO_ADDRESS,   /* not an address at all */
    ZONE_NO_INTERFACE, /* an address, but there is no such interface */
};

/* As address_parse(), and takes an interface's name for the zone too. */
enum zone_result zone_parse(const char *text, size_t length, struct address *address);

#endif
