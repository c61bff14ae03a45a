/* A request is a header, a fixed part and attributes, gathered in one buffer; the answer comes
 * within send(). ip(8) was rejected: a program a line takes longer than the test, and must
 * be there. */
#include "rtnetlink.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union message {
    struct nlmsghdr header;
    uint8_t bytes[8192];
};

int rtnetlink_open(void)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    return fd < 0 ? -errno : fd;
}

static void append(union message *message, const void *bytes, size_t length)
{
    memcpy(message->bytes + message->header.nlmsg_len, bytes, length);
    message->header.nlmsg_len += (uint32_t)NLMSG_ALIGN(length);
}

static void append_attribute(union message *message, unsigned short type, const void *value,
                             size_t length)
{
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(length), .rta_type = type};
    append(message, &attribute, sizeof(attribute));
    append(message, value, length);
}

static void begin(union message *message, uint16_t type, uint16_t flags)
{
    *message = (union message){
        .header = {.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type, .nlmsg_flags = flags}};
}

/* The answer takes the place of the request. Returns 0 or -errno. */
static int ask(int fd, union message *message)
{
    if (send(fd, message, message->header.nlmsg_len, 0) < 0)
        return -errno;
    ssize_t length = recv(fd, message, sizeof(*message), 0);
    if (length < 0)
        return -errno;
    if (!NLMSG_OK(&message->header, (size_t)length))
        return -EPROTO;
    if (message->header.nlmsg_type != NLMSG_ERROR)
        return 0;
    const struct nlmsgerr *answer = NLMSG_DATA(&message->header);
    return answer->error;
}

static unsigned char family_of(const struct ip_prefix *prefix)
{
    return ip_address_is_ipv4(&prefix->address) ? AF_INET : AF_INET6;
}

static void append_address(union message *message, unsigned short type,
                           const struct ip_address *address)
{
    append_attribute(message, type, ip_address_wire(address), ip_address_wire_size(address));
}

int rtnetlink_add_address(int fd, int interface, const struct ip_prefix *address)
{
    union message message;
    struct ifaddrmsg body = {
        .ifa_family = family_of(address),
        .ifa_prefixlen = (unsigned char)address->bits,
        .ifa_flags = IFA_F_NODAD,
        .ifa_index = (unsigned)interface,
    };
    begin(&message, RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    append(&message, &body, sizeof(body));
    append_address(&message, IFA_LOCAL, &address->address);
    append_address(&message, IFA_ADDRESS, &address->address);
    return ask(fd, &message);
}

int rtnetlink_add_route(int fd, int interface, const struct ip_prefix *to)
{
    union message message;
    struct rtmsg body = {
        .rtm_family = family_of(to),
        .rtm_dst_len = (unsigned char)to->bits,
        .rtm_table = RT_TABLE_MAIN,
        .rtm_protocol = RTPROT_STATIC,
        .rtm_scope = RT_SCOPE_LINK,
        .rtm_type = RTN_UNICAST,
    };
    begin(&message, RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    append(&message, &body, sizeof(body));
    append_address(&message, RTA_DST, &to->address);
    append_attribute(&message, RTA_OIF, &interface, sizeof(interface));
    return ask(fd, &message);
}

/* False: the attributes hold none. */
static bool find_drops(const uint8_t *at, const uint8_t *end, uint64_t *drops)
{
    struct rtnl_link_stats64 stats = {0};
    struct rtattr attribute;
    while (end - at >= (ptrdiff_t)sizeof(attribute)) {
        memcpy(&attribute, at, sizeof(attribute));
        ptrdiff_t length = attribute.rta_len - (ptrdiff_t)sizeof(attribute);
        if (length < 0 || attribute.rta_len > end - at)
            return false;
        if (attribute.rta_type == IFLA_STATS64 && length <= (ptrdiff_t)sizeof(stats)) {
            memcpy(&stats, at + sizeof(attribute), (size_t)length);
            *drops = stats.tx_dropped;
            return true;
        }
        if (end - at <= (ptrdiff_t)RTA_ALIGN(attribute.rta_len))
            return false;
        at += RTA_ALIGN(attribute.rta_len);
    }
    return false;
}

int rtnetlink_get_drops(int fd, int interface, uint64_t *drops)
{
    union message message;
    struct ifinfomsg body = {.ifi_index = interface};
    begin(&message, RTM_GETLINK, NLM_F_REQUEST);
    append(&message, &body, sizeof(body));
    int error = ask(fd, &message);
    if (error != 0)
        return error;
    size_t fixed = NLMSG_ALIGN(NLMSG_LENGTH(sizeof(body)));
    size_t length = message.header.nlmsg_len;
    bool is_found =
        length >= fixed && find_drops(message.bytes + fixed, message.bytes + length, drops);
    return is_found ? 0 : -ENODATA;
}
