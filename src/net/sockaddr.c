/* Between struct address and struct sockaddr. The union keeps the compilers'
 * aliasing rules, which casts between the kernel's structs would break. */
#include "net/sockaddr.h"

#include <arpa/inet.h>
#include <string.h>

int sockaddr_family(const struct address *address)
{
    switch ((enum family)address->family) {
    case FAMILY_ANY: return AF_UNSPEC;
    case FAMILY_IPV4: return AF_INET;
    case FAMILY_IPV6: return AF_INET6;
    }
    return AF_UNSPEC;
}

socklen_t sockaddr_set(union sockaddr_any *sockaddr, const struct address *address)
{
    *sockaddr = (union sockaddr_any){.v6 = {.sin6_family = AF_UNSPEC}};
    switch ((enum family)address->family) {
    case FAMILY_ANY: return 0;
    case FAMILY_IPV4:
        sockaddr->v4.sin_family = AF_INET;
        sockaddr->v4.sin_port = htons(address->port);
        memcpy(&sockaddr->v4.sin_addr, address->bytes, sizeof(sockaddr->v4.sin_addr));
        return sizeof(sockaddr->v4);
    case FAMILY_IPV6:
        sockaddr->v6.sin6_family = AF_INET6;
        sockaddr->v6.sin6_port = htons(address->port);
        sockaddr->v6.sin6_scope_id = address->scope;
        memcpy(&sockaddr->v6.sin6_addr, address->bytes, sizeof(sockaddr->v6.sin6_addr));
        return sizeof(sockaddr->v6);
    }
    return 0;
}

struct address sockaddr_get(const union sockaddr_any *sockaddr)
{
    struct address address = {.family = FAMILY_ANY};
    if (sockaddr->base.sa_family == AF_INET) {
        address.family = FAMILY_IPV4;
        address.port = ntohs(sockaddr->v4.sin_port);
        memcpy(address.bytes, &sockaddr->v4.sin_addr, sizeof(sockaddr->v4.sin_addr));
    } else if (sockaddr->base.sa_family == AF_INET6) {
        address.family = FAMILY_IPV6;
        address.port = ntohs(sockaddr->v6.sin6_port);
        address.scope = sockaddr->v6.sin6_scope_id;
        memcpy(address.bytes, &sockaddr->v6.sin6_addr, sizeof(sockaddr->v6.sin6_addr));
    }
    return address;
}

struct address sockaddr_of_socket(int fd)
{
    static const uint8_t unspecified[sizeof(struct in6_addr)] = {0};
    union sockaddr_any sockaddr = {.v6 = {.sin6_family = AF_UNSPEC}};
    socklen_t length = sizeof(sockaddr);
    if (getsockname(fd, &sockaddr.base, &length) < 0)
        return (struct address){.family = FAMILY_ANY};

    struct address address = sockaddr_get(&sockaddr);
    if (memcmp(address.bytes, unspecified, sizeof(unspecified)) == 0)
        return (struct address){.family = FAMILY_ANY};
    return address;
}
