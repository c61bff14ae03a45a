/* One that is free may keep its socket, registered with epoll once and for all, for the next
 * connection of the same family. Such a socket is as good as new, and costs one system call where a
 * new one takes three or four. The one that became free last is used next, so that those that are
 * not needed any more become old, and are closed. */
#include "net/conn_pool.h"

#include <stdlib.h>

#include "core/duration.h"
#include "net/slot_map.h"
#include "net/tcp_socket.h"

#define FIRST_CAPACITY 16
/* So long after the end of a connection its socket is kept for the next one. */
#define IDLE_MAX_NS NS_PER_S

void conn_pool_init(struct conn_pool *pool)
{
    *pool = (struct conn_pool){.conns = NULL};
    list_init(&pool->free);
    list_init(&pool->idle_ipv4);
    list_init(&pool->idle_ipv6);
}

void conn_pool_fini(struct conn_pool *pool)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        if (pool->conns[i]->fd >= 0)
            tcp_socket_close(pool->conns[i]->fd, false);
        free(pool->conns[i]);
    }
    free(pool->conns);
    conn_pool_init(pool);
}

struct conn *conn_pool_at(const struct conn_pool *pool, uint32_t entry)
{
    return entry < pool->count ? pool->conns[entry] : NULL;
}

static bool grow(struct conn_pool *pool)
{
    uint64_t capacity = pool->capacity == 0 ? FIRST_CAPACITY : (uint64_t)pool->capacity * 2;
    if (capacity >= NO_ENTRY)
        return false;
    struct conn **conns = reallocarray(pool->conns, capacity, sizeof(struct conn *));
    if (conns == NULL)
        return false;
    pool->conns = conns;
    pool->capacity = (uint32_t)capacity;
    return true;
}

/* One more that is free. False: memory. */
static bool add_free(struct conn_pool *pool)
{
    if (pool->count == pool->capacity && !grow(pool))
        return false;
    struct conn *conn = calloc(1, sizeof(*conn));
    if (conn == NULL)
        return false;
    conn->entry = pool->count;
    conn->fd = -1;
    pool->conns[pool->count++] = conn;
    list_append(&pool->free, &conn->node);
    return true;
}

static struct list *idle_of(struct conn_pool *pool, const struct address *target)
{
    return target->family == FAMILY_IPV6 ? &pool->idle_ipv6 : &pool->idle_ipv4;
}

/* First one with a socket for this target, then one with another: so there are never more
 * sockets than were in use at once. NULL: memory. */
static struct conn *find_free(struct conn_pool *pool, const struct address *target)
{
    struct list *const lists[] = {idle_of(pool, target), &pool->idle_ipv4, &pool->idle_ipv6,
                                  &pool->free};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (!list_is_empty(lists[i]))
            return list_entry(list_first(lists[i]), struct conn, node);
    return add_free(pool) ? list_entry(list_first(&pool->free), struct conn, node) : NULL;
}

void conn_close_socket(struct conn *conn, bool with_reset)
{
    tcp_socket_close(conn->fd, with_reset);
    conn->fd = -1;
    conn->is_watched = false;
}

static bool is_ready_for(const struct conn *conn, const struct address *target)
{
    return conn->target.family == target->family &&
           (conn->is_disconnected || tcp_socket_disconnect(conn->fd));
}

struct conn *conn_pool_take(struct conn_pool *pool, const struct address *target, bool is_plain)
{
    struct conn *conn = find_free(pool, target);
    if (conn == NULL)
        return NULL;
    bool has_socket = conn->fd >= 0;
    list_remove(&conn->node);
    if (has_socket && !(is_plain && is_ready_for(conn, target)))
        conn_close_socket(conn, false);
    *conn = (struct conn){
        .entry = conn->entry,
        .slot = NO_ENTRY,
        .fd = conn->fd,
        .is_watched = conn->is_watched,
        .is_plain = is_plain,
        .target = *target,
    };
    return conn;
}

void conn_pool_give_back(struct conn_pool *pool, struct conn *conn)
{
    if (conn->fd >= 0)
        conn->close_by_ns = conn->seen.ended_ns + IDLE_MAX_NS;
    list_prepend(conn->fd >= 0 ? idle_of(pool, &conn->target) : &pool->free, &conn->node);
}

/* INT64_MAX: none is idle. */
static int64_t idle_until_ns(const struct list *idle)
{
    const struct list_node *oldest = list_last(idle);
    return oldest == NULL ? INT64_MAX : list_entry(oldest, struct conn, node)->close_by_ns;
}

static void close_oldest(struct conn_pool *pool, const struct list *idle)
{
    struct conn *conn = list_entry(list_last(idle), struct conn, node);
    list_remove(&conn->node);
    conn_close_socket(conn, false);
    list_prepend(&pool->free, &conn->node);
}

int64_t conn_pool_next_ns(const struct conn_pool *pool)
{
    int64_t ipv4_ns = idle_until_ns(&pool->idle_ipv4);
    int64_t ipv6_ns = idle_until_ns(&pool->idle_ipv6);
    return ipv4_ns < ipv6_ns ? ipv4_ns : ipv6_ns;
}

void conn_pool_expire(struct conn_pool *pool, int64_t now_ns)
{
    while (idle_until_ns(&pool->idle_ipv4) <= now_ns)
        close_oldest(pool, &pool->idle_ipv4);
    while (idle_until_ns(&pool->idle_ipv6) <= now_ns)
        close_oldest(pool, &pool->idle_ipv6);
}

void conn_pool_shed(struct conn_pool *pool)
{
    while (!list_is_empty(&pool->idle_ipv4))
        close_oldest(pool, &pool->idle_ipv4);
    while (!list_is_empty(&pool->idle_ipv6))
        close_oldest(pool, &pool->idle_ipv6);
}
