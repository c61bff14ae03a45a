/* One question to rtnetlink. For an EACCES of connect(2), which a prohibit
 * route gives and a security module too, and for an ICMP error of our own
 * address, which a local firewall gives and a closed port of this host too.
 * Trying to bind to the target would tell the second (but for
 * ip_nonlocal_bind), not the first. */
#include "net/route.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sockaddr.h"

#define ATTRIBUTES_MAX 64

struct route_request {
    struct nlmsghdr header;
    struct rtmsg route;
    char attributes[ATTRIBUTES_MAX];
};

union route_answer {
    struct nlmsghdr header;
    char bytes[4096];
};

static size_t address_size(const struct address *address)
{
    return address->family == FAMILY_IPV4 ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

static void add_attribute(struct route_request *request, unsigned short type, const void *value,
                          size_t size)
{
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = type};
    char *end = (char *)request + NLMSG_ALIGN(request->header.nlmsg_len);
    memcpy(end, &attribute, sizeof(attribute));
    memcpy(end + RTA_LENGTH(0), value, size);
    request->header.nlmsg_len += (uint32_t)RTA_SPACE(size);
}

static struct route_request make_request(const struct address *target, const struct address *source,
                                         uint32_t device)
{
    unsigned char bits = (unsigned char)(address_size(target) * 8);
    struct route_request request = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(request.route)),
                   .nlmsg_type = RTM_GETROUTE,
                   .nlmsg_flags = NLM_F_REQUEST},
        .route = {.rtm_family = (unsigned char)sockaddr_family(target), .rtm_dst_len = bits},
    };
    add_attribute(&request, RTA_DST, target->bytes, address_size(target));
    if (source->family == target->family) {
        request.route.rtm_src_len = bits;
        add_attribute(&request, RTA_SRC, source->bytes, address_size(source));
    }
    if (device == 0)
        device = target->scope;
    if (device != 0)
        add_attribute(&request, RTA_OIF, &device, sizeof(device));
    return request;
}

static enum route_type read_answer(const union route_answer *answer, size_t length)
{
    if (!NLMSG_OK(&answer->header, length))
        return ROUTE_UNKNOWN;
    if (answer->header.nlmsg_type == NLMSG_ERROR) {
        const struct nlmsgerr *error = NLMSG_DATA(&answer->header);
        bool is_whole = answer->header.nlmsg_len >= NLMSG_LENGTH(sizeof(error->error));
        return is_whole && error->error == -EACCES ? ROUTE_PROHIBIT : ROUTE_UNKNOWN;
    }
    if (answer->header.nlmsg_type != RTM_NEWROUTE ||
        answer->header.nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg)))
        return ROUTE_UNKNOWN;

    const struct rtmsg *route = NLMSG_DATA(&answer->header);
    switch (route->rtm_type) {
    case RTN_UNICAST: return ROUTE_UNICAST;
    case RTN_LOCAL: return ROUTE_LOCAL;
    case RTN_PROHIBIT: return ROUTE_PROHIBIT;
    default: return ROUTE_UNKNOWN;
    }
}

enum route_type route_lookup(const struct address *target, const struct address *source,
                             uint32_t device)
{
    enum route_type type = ROUTE_UNKNOWN;
    union route_answer answer;
    struct route_request request = make_request(target, source, device);

    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return ROUTE_UNKNOWN;
    /* The kernel answers within send(), so there is nothing to wait for. */
    if (send(fd, &request, request.header.nlmsg_len, 0) >= 0) {
        ssize_t length = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
        if (length > 0)
            type = read_answer(&answer, (size_t)length);
    }
    close(fd);
    return type;
}
