/* Connections that are free, and the sockets that some of them keep for the next one. Knows
 * nothing of handshakes, nor of slots. */
#ifndef NET_CONN_POOL_H
#define NET_CONN_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "engine/ops.h"
#include "net/list.h"

enum conn_state { CONN_GONE, CONN_CONNECTING, CONN_HELD, CONN_CLOSING };

/* Stays where it is. */
struct conn {
    uint32_t entry;       /* by which epoll knows it; all its life */
    uint32_t slot;        /* NO_ENTRY: the engine does not know of it any more */
    int fd;               /* -1: none */
    bool is_watched;      /* epoll knows it */
    bool is_disconnected; /* nothing is left of the last connection */
    bool is_plain;        /* the socket may serve another connection */
    enum conn_state state;
    enum event_kind to_tell; /* EVENT_NONE: nothing */
    enum close_mode close;
    bool is_to_be_held;
    uint32_t discarded_bytes;
    int64_t close_by_ns;      /* closing, and idle */
    struct list_node node;    /* among the free, or those with an event to tell */
    struct list_node closing; /* in the state of that name */
    struct address target;
    struct observation seen;
};

struct conn_pool {
    struct conn **conns; /* by entry */
    uint32_t count;
    uint32_t capacity;
    struct list free; /* those without a socket */
    struct list idle_ipv4;
    struct list idle_ipv6; /* those with one that can be used again */
};

void conn_pool_init(struct conn_pool *pool);
/* Closes everything at once, also what is not free. */
void conn_pool_fini(struct conn_pool *pool);

/* NULL: there is none. */
struct conn *conn_pool_at(const struct conn_pool *pool, uint32_t entry);

/* One that is not free any more, and is gone: without a slot, with a socket if there is one that
 * may be used for this target. NULL: memory. */
struct conn *conn_pool_take(struct conn_pool *pool, const struct address *target, bool is_plain);
/* It is free again. A socket that it still has is kept for a second from the end of its connection. */
void conn_pool_give_back(struct conn_pool *pool, struct conn *conn);

/* When conn_pool_expire() has something to do, or INT64_MAX. */
int64_t conn_pool_next_ns(const struct conn_pool *pool);
void conn_pool_expire(struct conn_pool *pool, int64_t now_ns);
/* Closes all sockets that are kept. */
void conn_pool_shed(struct conn_pool *pool);

/* It has one. */
void conn_close_socket(struct conn *conn, bool with_reset);

#endif
