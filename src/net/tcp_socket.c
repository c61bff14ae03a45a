/* Apart from a handshake, since a socket may serve many of them, one after another.
 *
 * connect(2) with AF_UNSPEC ends what a socket was connected to and leaves its options and its
 * registration with epoll alone. It saves socket(2), setsockopt(2), epoll_ctl(2) and close(2), and
 * sends a reset where there was a connection. SO_ERROR need not be read after it: connect(2)
 * clears it. */
#include "net/tcp_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sockaddr.h"

static bool set_flag(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

int tcp_socket_make(const struct address *target)
{
    int fd = socket(sockaddr_family(target), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    bool is_set = target->family == FAMILY_IPV6 ? set_flag(fd, SOL_IPV6, IPV6_RECVERR)
                                                : set_flag(fd, SOL_IP, IP_RECVERR);
    if (!is_set) {
        int saved_errno = errno;
        close(fd);
        errno = saved_errno;
        return -1;
    }
    return fd;
}

/* Returns 0 or an errno: ENODEV, there is none of that name; EPERM, somebody (ip vrf exec) has
 * bound the socket already, and to choose again takes a privilege. */
static int bind_device(int fd, const char *interface)
{
    socklen_t length = (socklen_t)strlen(interface);
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, length) == 0 ? 0 : errno;
}

uint32_t tcp_socket_device(int fd)
{
    uint32_t device = 0;
    socklen_t length = sizeof(device);
    return getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &length) == 0 ? device : 0;
}

/* Returns 0 or an errno. */
static int bind_source(int fd, const struct address *target, const struct connect_options *options)
{
    union sockaddr_any sockaddr;
    struct address source = options->source_address;
    if (source.family == FAMILY_ANY)
        source.family = target->family;
    source.port = options->source_port;
    /* The zone of fe80::1%eth0 is that of our end of the link too. */
    if (source.scope == 0 && address_is_link_local(&source))
        source.scope = target->scope;

    /* Without NO_PORT the kernel would take a port from everybody for a socket
     * that needs one towards this target alone. */
    bool is_set = options->source_port != 0 ? set_flag(fd, SOL_SOCKET, SO_REUSEADDR)
                                            : set_flag(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT);
    /* A port of ours over IPv6 is no business of whoever has it over IPv4. */
    is_set = is_set && (source.family != FAMILY_IPV6 || set_flag(fd, SOL_IPV6, IPV6_V6ONLY));
    socklen_t length = sockaddr_set(&sockaddr, &source);
    return is_set && bind(fd, &sockaddr.base, length) == 0 ? 0 : errno;
}

static bool has_source(const struct connect_options *options)
{
    return options->source_address.family != FAMILY_ANY || options->source_port != 0;
}

/* Device first: it decides which addresses there are to bind to. */
int tcp_socket_bind(int fd, const struct address *target, const struct connect_options *options)
{
    int error = options->interface != NULL ? bind_device(fd, options->interface) : 0;
    return error == 0 && has_source(options) ? bind_source(fd, target, options) : error;
}

static bool set_reset_close(int fd)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == 0;
}

/* Without quick acknowledgements the kernel answers a SYN-ACK up to 200 ms late, in the hope of
 * data to send along: time for a reset to be the first that the server hears after its SYN-ACK.
 * The reset is laid down now, so that it comes whatever else may end the socket. */
bool tcp_socket_set_half_open(int fd)
{
    int off = 0;
    return setsockopt(fd, SOL_TCP, TCP_QUICKACK, &off, sizeof(off)) == 0 && set_reset_close(fd);
}

bool tcp_socket_is_plain(const struct connect_options *options)
{
    return !has_source(options) && options->interface == NULL &&
           options->handshake == HANDSHAKE_FULL;
}

bool tcp_socket_disconnect(int fd)
{
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    return connect(fd, &none, sizeof(none)) == 0;
}

void tcp_socket_close(int fd, bool with_reset)
{
    if (with_reset)
        (void)set_reset_close(fd);
    close(fd);
}
