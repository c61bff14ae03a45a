/* The socket functions are ours, since c-ares 1.18 knows no zone of a name server
 * (fe80::53%eth0), takes an empty datagram, which anybody can send, for an error of the server,
 * and hides the errno of a socket that could not be made. */
#include "net/dns_channel.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/sockaddr.h"

#define RECEIVE_BUFFER_BYTES (1 << 20)

void dns_channel_init(struct dns_channel *channel, struct loop *loop, uint32_t key,
                      const struct dns_channel_options *options)
{
    *channel = (struct dns_channel){.loop = loop, .key = key, .options = *options};
}

void dns_channel_fini(struct dns_channel *channel)
{
    if (channel->handle != NULL)
        ares_destroy(channel->handle);
    channel->handle = NULL;
}

/* ---- sockets ---------------------------------------------------------- */

static ares_socket_t open_socket(int family, int type, int protocol, void *data)
{
    struct dns_channel *channel = data;
    const int buffer_bytes = RECEIVE_BUFFER_BYTES;
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    channel->socket_error = fd < 0 ? errno : 0;
    /* Hundreds of answers may come in at once; without the room, as many as there is. */
    if (fd >= 0 && !channel->options.is_tcp)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
    return fd;
}

static int close_socket(ares_socket_t fd, void *data)
{
    (void)data;
    return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *address, ares_socklen_t length,
                          void *data)
{
    const struct dns_channel *channel = data;
    union sockaddr_any server;
    /* The same address, but with its zone. */
    (void)address;
    length = sockaddr_set(&server, &channel->options.server);
    return connect(fd, &server.base, length);
}

static ares_ssize_t receive(ares_socket_t fd, void *buffer, size_t size, int flags,
                            struct sockaddr *from, ares_socklen_t *from_length, void *data)
{
    struct dns_channel *channel = data;
    for (;;) {
        ssize_t length = recvfrom(fd, buffer, size, flags, from, from_length);
        bool is_to_be_ignored = length == 0 && !channel->options.is_tcp;
        if (is_to_be_ignored || (length < 0 && errno == EINTR))
            continue;
        channel->datagram_count += length > 0 && !channel->options.is_tcp;
        return length;
    }
}

static ares_ssize_t transmit(ares_socket_t fd, const struct iovec *parts, int count, void *data)
{
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
    struct dns_channel *channel = data;
    ssize_t length = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (length < 0 && errno == ECONNREFUSED && !channel->options.is_tcp)
        channel->was_refused = true;
    return length;
}

static const struct ares_socket_functions socket_functions = {
    .asocket = open_socket,
    .aclose = close_socket,
    .aconnect = connect_socket,
    .arecvfrom = receive,
    .asendv = transmit,
};

static void watch_socket(void *data, ares_socket_t fd, int is_reading, int is_writing)
{
    struct dns_channel *channel = data;
    uint32_t events = (is_reading ? (uint32_t)EPOLLIN : 0) | (is_writing ? (uint32_t)EPOLLOUT : 0);
    if (events == 0) {
        loop_unwatch(channel->loop, fd);
        return;
    }
    int error =
        loop_rewatch(channel->loop, fd, events, LOOP_NAME_SERVER, channel->key, (uint32_t)fd);
    if (error == -ENOENT)
        error = loop_watch(channel->loop, fd, events, LOOP_NAME_SERVER, channel->key, (uint32_t)fd);
    if (error < 0)
        channel->socket_error = -error;
}

/* ---- opening ---------------------------------------------------------- */

static void init_library(void)
{
    /* Never undone: it holds no memory, and another thread may be using it. */
    (void)ares_library_init(ARES_LIB_INIT_ALL);
}

static bool set_server(ares_channel handle, const struct address *address)
{
    struct ares_addr_port_node node = {
        .family = sockaddr_family(address),
        .udp_port = address->port,
        .tcp_port = address->port,
    };
    if (address->family == FAMILY_IPV4)
        memcpy(&node.addr.addr4, address->bytes, sizeof(node.addr.addr4));
    else
        memcpy(&node.addr.addr6, address->bytes, sizeof(node.addr.addr6));
    return ares_set_servers_ports(handle, &node) == ARES_SUCCESS;
}

bool dns_channel_open(struct dns_channel *channel)
{
    static pthread_once_t library = PTHREAD_ONCE_INIT;
    static char lookups[] = "b";
    /* Every option that c-ares would else take from files. */
    const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                      ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS | ARES_OPT_SORTLIST |
                      ARES_OPT_SOCK_STATE_CB | ARES_OPT_NOROTATE;
    struct ares_options options = {
        .flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH |
                 ARES_FLAG_NOALIASES | (channel->options.is_tcp ? ARES_FLAG_USEVC : 0),
        .timeout = (int)channel->options.timeout_ms,
        .tries = 1,
        .ndots = 1,
        .lookups = lookups,
        .sock_state_cb = watch_socket,
        .sock_state_cb_data = channel,
    };
    if (channel->handle != NULL)
        return true;
    pthread_once(&library, init_library);
    if (ares_init_options(&channel->handle, &options, given) != ARES_SUCCESS) {
        channel->handle = NULL;
        return false;
    }
    ares_set_socket_functions(channel->handle, &socket_functions, channel);
    if (set_server(channel->handle, &channel->options.server))
        return true;
    dns_channel_fini(channel);
    return false;
}

void dns_channel_hear(struct dns_channel *channel, int fd, uint32_t events)
{
    bool is_readable = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    bool is_writable = (events & EPOLLOUT) != 0;
    if (channel->handle != NULL)
        ares_process_fd(channel->handle, is_readable ? fd : ARES_SOCKET_BAD,
                        is_writable ? fd : ARES_SOCKET_BAD);
}

void dns_channel_cancel(struct dns_channel *channel)
{
    if (channel->handle != NULL)
        ares_cancel(channel->handle);
}
