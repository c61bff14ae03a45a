/* ip(7), IP_RECVERR: errors that are kept with who sent them. */
#include "net/error_queue.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/errqueue.h> /* needs time.h */

#include "net/sockaddr.h"

static bool is_extended_error(const struct cmsghdr *header)
{
    return (header->cmsg_level == SOL_IP && header->cmsg_type == IP_RECVERR) ||
           (header->cmsg_level == SOL_IPV6 && header->cmsg_type == IPV6_RECVERR);
}

/* Returns the errno of the entry, or 0 when it is not an ICMP error. */
static int read_entry(const struct sock_extended_err *entry, struct icmp_error *icmp)
{
    if (entry->ee_origin != SO_EE_ORIGIN_ICMP && entry->ee_origin != SO_EE_ORIGIN_ICMP6)
        return 0;
    if (!icmp->is_present) {
        const union sockaddr_any *offender = (const union sockaddr_any *)SO_EE_OFFENDER(entry);
        icmp->is_present = true;
        icmp->version = entry->ee_origin == SO_EE_ORIGIN_ICMP ? 4 : 6;
        icmp->type = entry->ee_type;
        icmp->code = entry->ee_code;
        icmp->from = sockaddr_get(offender);
    }
    return (int)entry->ee_errno;
}

int error_queue_drain(int fd, struct icmp_error *icmp)
{
    int first = 0;
    for (;;) {
        union {
            struct cmsghdr header;
            char bytes[CMSG_SPACE(sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in6))];
        } control;
        struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof(control)};
        ssize_t length = recvmsg(fd, &message, MSG_ERRQUEUE);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return first;

        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
            if (!is_extended_error(c))
                continue;
            int error = read_entry((const struct sock_extended_err *)CMSG_DATA(c), icmp);
            if (first == 0)
                first = error;
        }
    }
}
