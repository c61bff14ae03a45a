/* A c-ares channel that talks to one name server over one transport. */
#ifndef NET_DNS_CHANNEL_H
#define NET_DNS_CHANNEL_H

#define CARES_NO_DEPRECATED /* later versions frown on what 1.18 has */
#include <ares.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "net/loop.h"

struct dns_channel_options {
    struct address server; /* with port */
    uint32_t timeout_ms;   /* of each query */
    bool is_tcp;
};

struct dns_channel {
    struct loop *loop;
    uint32_t key; /* of the loop's events */
    struct dns_channel_options options;
    ares_channel handle;     /* NULL: not open */
    int socket_error;        /* why the last socket could not be used; 0 */
    uint64_t datagram_count; /* received, but for empty ones */
    bool was_refused;        /* sending a query met the error that an earlier one had caused */
};

/* Opens nothing yet. */
void dns_channel_init(struct dns_channel *channel, struct loop *loop, uint32_t key,
                      const struct dns_channel_options *options);
/* Queries under way end with ARES_EDESTRUCTION. */
void dns_channel_fini(struct dns_channel *channel);

/* Opens it unless it is open. The channel must not move from here on. False: memory. */
bool dns_channel_open(struct dns_channel *channel) __attribute__((warn_unused_result));

/* The loop's events for one of its sockets; fd -1: looks for queries that have timed out. */
void dns_channel_hear(struct dns_channel *channel, int fd, uint32_t events);
/* All queries end with ARES_ECANCELLED. */
void dns_channel_cancel(struct dns_channel *channel);

#endif
