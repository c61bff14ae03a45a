/* Addresses as the socket calls take them. */
#ifndef NET_SOCKADDR_H
#define NET_SOCKADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "core/address.h"

union sockaddr_any {
    struct sockaddr base;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Returns the length to hand on; 0 for FAMILY_ANY. */
socklen_t sockaddr_set(union sockaddr_any *sockaddr, const struct address *address);

/* FAMILY_ANY for a family that is neither IPv4 nor IPv6. */
struct address sockaddr_get(const union sockaddr_any *sockaddr);

/* AF_INET, AF_INET6 or AF_UNSPEC. */
int sockaddr_family(const struct address *address);

/* The address that the socket is bound to, with port; FAMILY_ANY where it has none yet. */
struct address sockaddr_of_socket(int fd);

#endif
