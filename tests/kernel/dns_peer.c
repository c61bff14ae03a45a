#include "dns_peer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sockaddr.h"
#include "private_network.h"

#define HEADER_BYTES    12
#define MESSAGE_MAX     8192
#define UDP_MAX         512
#define LOG_MAX         (1 << 20)
#define CONNECTIONS_MAX 16
#define TYPE_A          1
#define TYPE_CNAME      5
#define TYPE_AAAA       28

struct dns_peer {
    const struct dns_script *script;
    int udp;
    int tcp;
    int stop;
    int connections[CONNECTIONS_MAX];
    int connection_count;
    pthread_t thread;
    pthread_mutex_t lock;
    char *log;
    size_t log_length;
};

struct query {
    uint8_t *bytes;
    size_t length; /* header and question */
    char name[256];
    uint16_t type;
    uint32_t ttl_s; /* of what is answered */
    bool is_tcp;
};

struct message {
    uint8_t bytes[MESSAGE_MAX + 2];
    size_t length;
    uint32_t ttl_s; /* of the next record */
};

/* ---- messages --------------------------------------------------------- */

static bool read_query(struct query *query, uint8_t *bytes, size_t length)
{
    size_t at = HEADER_BYTES;
    size_t written = 0;
    while (at < length && bytes[at] != 0) {
        size_t label = bytes[at];
        if (label > 63 || at + label + 1 > length || written + label + 2 > sizeof(query->name))
            return false;
        memcpy(&query->name[written], &bytes[at + 1], label);
        written += label;
        query->name[written++] = '.';
        at += label + 1;
    }
    if (written == 0 || at + 5 > length)
        return false;
    query->name[written - 1] = '\0';
    query->type = (uint16_t)(bytes[at + 1] << 8 | bytes[at + 2]);
    query->bytes = bytes;
    query->length = at + 5;
    return true;
}

static void append(struct message *message, const void *bytes, size_t length)
{
    memcpy(&message->bytes[message->length], bytes, length);
    message->length += length;
}

static void start_message(struct message *message, const struct query *query, uint8_t rcode)
{
    message->length = 0;
    message->ttl_s = query->ttl_s;
    append(message, query->bytes, query->length);
    message->bytes[2] = 0x84;
    message->bytes[3] = rcode;
    memset(&message->bytes[6], 0, 6);
}

static void append_record(struct message *message, uint16_t type, const void *data, uint16_t length)
{
    const uint32_t ttl_s = message->ttl_s;
    const uint8_t head[] = {0xc0,
                            HEADER_BYTES,
                            (uint8_t)(type >> 8),
                            (uint8_t)type,
                            0,
                            1,
                            (uint8_t)(ttl_s >> 24),
                            (uint8_t)(ttl_s >> 16),
                            (uint8_t)(ttl_s >> 8),
                            (uint8_t)ttl_s,
                            (uint8_t)(length >> 8),
                            (uint8_t)length};
    append(message, head, sizeof(head));
    append(message, data, length);
    message->bytes[7]++;
}

static void append_address(struct message *message, uint16_t type, uint8_t last)
{
    const uint8_t ipv4[] = {127, 0, 1, last};
    const uint8_t ipv6[16] = {[13] = 1, [15] = last};
    if (type == TYPE_A)
        append_record(message, type, ipv4, sizeof(ipv4));
    else
        append_record(message, type, ipv6, sizeof(ipv6));
}

/* alias.example; the address then belongs to that name. */
static void append_alias(struct message *message, uint16_t type, bool has_address)
{
    static const uint8_t alias[] = "\5alias\7example";
    append_record(message, TYPE_CNAME, alias, sizeof(alias));
    if (!has_address)
        return;
    size_t owner = message->length - sizeof(alias);
    size_t record = message->length;
    message->ttl_s = 60;
    append_address(message, type, 1);
    message->bytes[record] = (uint8_t)(0xc0 | owner >> 8);
    message->bytes[record + 1] = (uint8_t)owner;
}

static void append_many(struct message *message, uint16_t type, bool is_tcp)
{
    for (uint8_t i = 0; i < 100; i++)
        append_address(message, type, i);
    if (!is_tcp && message->length > UDP_MAX) {
        message->bytes[2] |= 0x02;
        message->length = UDP_MAX;
    }
}

/* ---- the script ------------------------------------------------------- */

/* Also notes how long the answer holds. */
static enum dns_reply find_reply(const struct dns_peer *peer, struct query *query)
{
    for (const struct dns_script *line = peer->script; line->name != NULL; line++) {
        if (strcasecmp(line->name, query->name) == 0) {
            query->ttl_s = line->ttl_s;
            return query->type == TYPE_A ? line->a : line->aaaa;
        }
    }
    return REPLY_NXDOMAIN;
}

/* False: nothing is to be sent. */
static bool reply_to(struct message *message, const struct query *query, enum dns_reply reply)
{
    static const uint8_t rcodes[REPLY_COUNT] = {
        [REPLY_NXDOMAIN] = 3, [REPLY_SERVFAIL] = 2, [REPLY_REFUSED] = 5,
        [REPLY_NOTIMP] = 4,   [REPLY_FORMERR] = 1,  [REPLY_NOTAUTH] = 9,
    };
    static const uint8_t half_a_record[] = {0xc0, HEADER_BYTES, 0, 1};
    start_message(message, query, rcodes[reply]);
    switch (reply) {
    case REPLY_NXDOMAIN:
    case REPLY_NODATA:
    case REPLY_SERVFAIL:
    case REPLY_REFUSED:
    case REPLY_NOTIMP:
    case REPLY_FORMERR:
    case REPLY_NOTAUTH: return true;
    case REPLY_ADDRESS:
    case REPLY_EMPTY: append_address(message, query->type, 1); return true;
    case REPLY_COUNT:
    case REPLY_SILENCE: return false;
    case REPLY_SHORT: message->length = 3; return true;
    case REPLY_WRONG_ID: message->bytes[0] ^= 0xff; return true;
    case REPLY_WRONG_NAME: message->bytes[HEADER_BYTES + 1] ^= 1; return true;
    case REPLY_GARBAGE:
        append(message, half_a_record, sizeof(half_a_record));
        message->bytes[7] = 1;
        return true;
    case REPLY_ALIAS: append_alias(message, query->type, true); return true;
    case REPLY_BARE_ALIAS: append_alias(message, query->type, false); return true;
    case REPLY_MANY: append_many(message, query->type, query->is_tcp); return true;
    case REPLY_TRUNCATED:
    case REPLY_TRUNCATED_SILENCE:
        if (!query->is_tcp)
            message->bytes[2] |= 0x02;
        else
            append_address(message, query->type, 1);
        return !query->is_tcp || reply == REPLY_TRUNCATED;
    }
    return false;
}

static void note(struct dns_peer *peer, const struct query *query)
{
    pthread_mutex_lock(&peer->lock);
    peer->log_length +=
        (size_t)snprintf(&peer->log[peer->log_length], LOG_MAX - peer->log_length > 300 ? 300 : 1,
                         "%s/%u%s ", query->name, query->type, query->is_tcp ? "/tcp" : "");
    if (peer->log_length > LOG_MAX - 300)
        peer->log_length = LOG_MAX - 300;
    pthread_mutex_unlock(&peer->lock);
}

/* ---- the thread ------------------------------------------------------- */

static void serve_udp(struct dns_peer *peer)
{
    uint8_t bytes[MESSAGE_MAX];
    union sockaddr_any from;
    socklen_t from_length = sizeof(from);
    struct query query = {.is_tcp = false};
    struct message message;
    ssize_t length = recvfrom(peer->udp, bytes, sizeof(bytes), 0, &from.base, &from_length);
    if (length < 0 || !read_query(&query, bytes, (size_t)length))
        return;
    note(peer, &query);
    enum dns_reply reply = find_reply(peer, &query);
    if (reply == REPLY_EMPTY)
        (void)sendto(peer->udp, "", 0, 0, &from.base, from_length);
    if (reply_to(&message, &query, reply))
        (void)sendto(peer->udp, message.bytes, message.length, 0, &from.base, from_length);
}

/* One query; false: the connection is to be closed. */
static bool serve_connection(struct dns_peer *peer, int fd)
{
    uint8_t bytes[MESSAGE_MAX];
    uint8_t prefix[2];
    struct query query = {.is_tcp = true};
    struct message message;
    if (recv(fd, prefix, 2, MSG_WAITALL) != 2)
        return false;
    size_t length = (size_t)(prefix[0] << 8 | prefix[1]);
    if (length > sizeof(bytes) || recv(fd, bytes, length, MSG_WAITALL) != (ssize_t)length ||
        !read_query(&query, bytes, length))
        return false;
    note(peer, &query);
    enum dns_reply reply = find_reply(peer, &query);
    if (!reply_to(&message, &query, reply))
        return true;
    prefix[0] = (uint8_t)(message.length >> 8);
    prefix[1] = (uint8_t)message.length;
    return send(fd, prefix, 2, MSG_NOSIGNAL | MSG_MORE) == 2 &&
           send(fd, message.bytes, message.length, MSG_NOSIGNAL) == (ssize_t)message.length;
}

static void serve_tcp(struct dns_peer *peer)
{
    int fd = accept4(peer->tcp, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (peer->connection_count == CONNECTIONS_MAX)
        close(fd);
    else
        peer->connections[peer->connection_count++] = fd;
}

static void serve_connections(struct dns_peer *peer, const struct pollfd *pollfds, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        if (pollfds[i].revents == 0 || serve_connection(peer, peer->connections[i]))
            continue;
        close(peer->connections[i]);
        peer->connections[i] = peer->connections[--peer->connection_count];
    }
}

static void *serve(void *data)
{
    struct dns_peer *peer = data;
    for (;;) {
        struct pollfd pollfds[3 + CONNECTIONS_MAX] = {
            {.fd = peer->stop, .events = POLLIN},
            {.fd = peer->udp, .events = POLLIN},
            {.fd = peer->tcp, .events = POLLIN},
        };
        int count = peer->connection_count;
        for (int i = 0; i < count; i++)
            pollfds[3 + i] = (struct pollfd){.fd = peer->connections[i], .events = POLLIN};
        if (poll(pollfds, 3 + (nfds_t)count, -1) < 0 && errno != EINTR)
            abort();
        if (pollfds[0].revents != 0)
            return NULL;
        if (pollfds[1].revents != 0)
            serve_udp(peer);
        serve_connections(peer, &pollfds[3], count);
        if (pollfds[2].revents != 0)
            serve_tcp(peer);
    }
}

static int bind_to(const char *text, int type)
{
    union sockaddr_any sockaddr;
    struct address address = address_of(text, DNS_PORT);
    socklen_t length = sockaddr_set(&sockaddr, &address);
    int on = 1;
    int buffer_bytes = 1 << 20;
    int fd = socket(sockaddr_family(&address), type | SOCK_CLOEXEC, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, &sockaddr.base, length) < 0)
        abort();
    return fd;
}

struct dns_peer *dns_peer_start(const char *address, const struct dns_script *script, bool has_tcp)
{
    struct dns_peer *peer = calloc(1, sizeof(*peer));
    if (peer == NULL || (peer->log = calloc(1, LOG_MAX)) == NULL)
        abort();
    peer->script = script;
    peer->stop = eventfd(0, EFD_CLOEXEC);
    peer->udp = bind_to(address, SOCK_DGRAM);
    peer->tcp = has_tcp ? bind_to(address, SOCK_STREAM) : -1;
    pthread_mutex_init(&peer->lock, NULL);
    if ((has_tcp && listen(peer->tcp, 16) < 0) ||
        pthread_create(&peer->thread, NULL, serve, peer) != 0)
        abort();
    return peer;
}

void dns_peer_stop(struct dns_peer *peer)
{
    if (peer == NULL)
        return;
    if (eventfd_write(peer->stop, 1) < 0)
        abort();
    pthread_join(peer->thread, NULL);
    for (int i = 0; i < peer->connection_count; i++)
        close(peer->connections[i]);
    if (peer->tcp >= 0)
        close(peer->tcp);
    close(peer->udp);
    close(peer->stop);
    pthread_mutex_destroy(&peer->lock);
    free(peer->log);
    free(peer);
}

char *dns_peer_log(struct dns_peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    char *log = strdup(peer->log);
    pthread_mutex_unlock(&peer->lock);
    if (log == NULL)
        abort();
    return log;
}
