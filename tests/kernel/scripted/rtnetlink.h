/* Requests to the kernel's network configuration, one at a time: what ip(8) would do. */
#ifndef SCRIPTED_RTNETLINK_H
#define SCRIPTED_RTNETLINK_H

#include <stdint.h>

#include "ip_address.h"

/* All return 0 or -errno. */
int rtnetlink_add_address(int fd, int interface, const struct ip_prefix *address)
    __attribute__((warn_unused_result));
int rtnetlink_add_route(int fd, int interface, const struct ip_prefix *to)
    __attribute__((warn_unused_result));
/* How many packets the interface has dropped on their way out. */
int rtnetlink_get_drops(int fd, int interface, uint64_t *drops) __attribute__((warn_unused_result));

/* A socket for these, or -errno. */
int rtnetlink_open(void) __attribute__((warn_unused_result));

#endif
