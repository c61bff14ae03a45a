/* The table of connections. An entry is an engine's slot for as long as the engine knows of it, and
 * may outlive that: an orphan closes gracefully with nobody waiting. So slots map to entries, and
 * epoll knows entries only: no registration is ever changed.
 *
 * Events are not copied into a queue; connections that have one to tell are chained, and tell it
 * out of themselves, so that telling cannot run out of memory.
 *
 * What epoll says is a hint to look; what TCP_INFO says decides. A stale event therefore does no
 * harm. */
#include "net/conn.h"

#include <errno.h>
#include <sys/socket.h>

#include "core/duration.h"
#include "net/error_queue.h"
#include "net/handshake.h"
#include "net/held.h"
#include "net/tcp_socket.h"

#define CLOSING_MAX_NS    NS_PER_S
#define CLOSING_MAX_BYTES 65536

void conn_table_init(struct conn_table *table, struct loop *loop)
{
    *table = (struct conn_table){.loop = loop};
    conn_pool_init(&table->pool);
    slot_map_init(&table->slots);
    slot_set_init(&table->without_memory);
    list_init(&table->told);
    list_init(&table->closing);
}

bool conn_table_reserve(struct conn_table *table, uint32_t slot_count)
{
    return slot_set_reserve(&table->without_memory, slot_count);
}

void conn_table_fini(struct conn_table *table)
{
    conn_pool_fini(&table->pool);
    slot_map_fini(&table->slots);
    slot_set_fini(&table->without_memory);
}

/* ---- entries ---------------------------------------------------------- */

/* NULL: memory. */
static struct conn *take_free(struct conn_table *table, uint32_t slot, const struct address *target,
                              bool is_plain)
{
    struct conn *conn = conn_pool_take(&table->pool, target, is_plain);
    if (conn == NULL)
        return NULL;
    if (!slot_map_set(&table->slots, slot, conn->entry)) {
        conn_pool_give_back(&table->pool, conn);
        return NULL;
    }
    conn->slot = slot;
    return conn;
}

static void free_if_done(struct conn_table *table, struct conn *conn)
{
    if (conn->state == CONN_GONE && conn->to_tell == EVENT_NONE && conn->slot == NO_ENTRY)
        conn_pool_give_back(&table->pool, conn);
}

static void forget_slot(struct conn_table *table, struct conn *conn)
{
    slot_map_unset(&table->slots, conn->slot);
    conn->slot = NO_ENTRY;
}

/* What there is to tell already, and has not been told, is told along with it. */
static void tell(struct conn_table *table, struct conn *conn, enum event_kind kind)
{
    if (conn->to_tell == EVENT_NONE)
        list_append(&table->told, &conn->node);
    conn->to_tell = kind;
}

static void take_back(struct conn *conn)
{
    list_remove(&conn->node);
    conn->to_tell = EVENT_NONE;
}

/* ---- closing ---------------------------------------------------------- */

/* Closes it as the kernel closes what has no linger: an end to the peer, and TIME_WAIT here. */
static void drop(struct conn *conn)
{
    conn_close_socket(conn, false);
    conn->state = CONN_GONE;
}

/* What came for the connection until now must not be taken for the next one's. */
static bool end_live(const struct conn *conn)
{
    struct icmp_error late = {.is_present = false};
    if (!tcp_socket_disconnect(conn->fd))
        return false;
    (void)error_queue_drain(conn->fd, &late);
    return !late.is_present;
}

/* The same for one that ends by a reset, or that never was whole: its socket may go on. One that
 * the kernel has closed waits with that for its next connection: epoll would tell of it. Not so
 * one that an ICMP error met, which the kernel may have kept as a soft error: SO_ERROR would tell
 * of it beside the next connection's. */
static void abandon(struct conn_table *table, struct conn *conn)
{
    bool is_live = conn->seen.is_established || conn->seen.is_syn_sent;
    bool is_clean = !conn->seen.icmp.is_present;
    bool is_kept = table->recycles && conn->is_plain && is_clean && (!is_live || end_live(conn));
    if (!is_kept)
        conn_close_socket(conn, conn->seen.is_established);
    conn->is_disconnected = is_live;
    conn->state = CONN_GONE;
}

static void start_closing(struct conn_table *table, struct conn *conn)
{
    if (shutdown(conn->fd, SHUT_WR) < 0) {
        drop(conn);
        return;
    }
    conn->state = CONN_CLOSING;
    conn->close_by_ns = loop_now_ns() + CLOSING_MAX_NS;
    list_append(&table->closing, &conn->closing);
}

static void end_closing(struct conn_table *table, struct conn *conn)
{
    list_remove(&conn->closing);
    drop(conn);
    if (conn->slot == NO_ENTRY) {
        table->orphan_count--;
        free_if_done(table, conn);
    } else if (conn->to_tell == EVENT_NONE) {
        tell(table, conn, EVENT_RELEASED);
    }
}

/* A peer that ended first has yet to acknowledge our end: until then the 4-tuple is taken, and the
 * next attempt from the same source port would find it in use. */
static bool is_port_taken(const struct conn *conn)
{
    return conn->seen.has_source_port && !handshake_is_over(conn->fd);
}

/* Reads what the peer sends until it ends too. */
static void discard(struct conn_table *table, struct conn *conn)
{
    char bytes[16384];
    while (conn->discarded_bytes < CLOSING_MAX_BYTES) {
        size_t room = CLOSING_MAX_BYTES - conn->discarded_bytes;
        ssize_t length = recv(conn->fd, bytes, room < sizeof(bytes) ? room : sizeof(bytes), 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && errno == EAGAIN)
            return;
        if (length == 0 && is_port_taken(conn))
            return;
        if (length <= 0)
            break;
        conn->discarded_bytes += (uint32_t)length;
    }
    end_closing(table, conn);
}

static struct conn *first_closing(const struct conn_table *table)
{
    struct list_node *node = list_first(&table->closing);
    return node == NULL ? NULL : list_entry(node, struct conn, closing);
}

static int64_t closing_until_ns(const struct conn_table *table)
{
    const struct conn *first = first_closing(table);
    return first == NULL ? INT64_MAX : first->close_by_ns;
}

int64_t conn_next_ns(const struct conn_table *table)
{
    int64_t closing_ns = closing_until_ns(table);
    int64_t idle_ns = conn_pool_next_ns(&table->pool);
    return closing_ns < idle_ns ? closing_ns : idle_ns;
}

void conn_shed_idle(struct conn_table *table)
{
    conn_pool_shed(&table->pool);
}

void conn_expire(struct conn_table *table, int64_t now_ns)
{
    while (closing_until_ns(table) <= now_ns)
        end_closing(table, first_closing(table));
    conn_pool_expire(&table->pool, now_ns);
}

/* ---- handshakes ------------------------------------------------------- */

/* All that is left of it is to close. */
static void end(struct conn_table *table, struct conn *conn)
{
    const struct observation *seen = &conn->seen;
    bool is_whole =
        seen->is_established && !seen->is_self_connected && seen->hold_end != HOLD_RESET;
    if (is_whole && conn->close == CLOSE_GRACEFUL)
        start_closing(table, conn);
    else
        abandon(table, conn);
}

/* A handshake has ended. */
static void finish(struct conn_table *table, struct conn *conn, int64_t now_ns)
{
    if (conn->is_to_be_held && !held_begin(conn->fd, now_ns, &conn->seen))
        conn->state = CONN_HELD;
    else
        end(table, conn);
}

static void fail_to_watch(struct conn_table *table, struct conn *conn, int error)
{
    take_back(conn);
    conn->seen.at = OBSERVED_SOCKET;
    conn->seen.error = error;
    conn->seen.ended_ns = loop_now_ns();
    drop(conn);
    tell(table, conn, EVENT_OBSERVED);
}

/* Returns 0 or a negative errno. */
static int watch(struct conn_table *table, struct conn *conn)
{
    if (conn->is_watched)
        return 0;
    int error = loop_watch(table->loop, conn->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                           LOOP_CONN, 0, conn->entry);
    conn->is_watched = error == 0;
    return error;
}

/* Over loopback the kernel has mostly decided before connect(2) returns, and epoll need not be
 * told of it at all. */
static void begin(struct conn_table *table, struct conn *conn)
{
    int64_t now_ns = loop_now_ns();
    if (address_is_loopback(&conn->target) &&
        handshake_look(conn->fd, &conn->target, ERRORS_UNLIKELY, now_ns, &conn->seen)) {
        finish(table, conn, now_ns);
        tell(table, conn, EVENT_OBSERVED);
    }
    if (conn->state == CONN_GONE)
        return;

    int error = watch(table, conn);
    if (error < 0 && conn->state == CONN_CLOSING)
        end_closing(table, conn);
    else if (error < 0)
        fail_to_watch(table, conn, -error);
}

void conn_start(struct conn_table *table, uint32_t slot, const struct address *target,
                const struct connect_options *options)
{
    struct conn *conn = take_free(table, slot, target, tcp_socket_is_plain(options));
    if (conn == NULL) {
        slot_set_add(&table->without_memory, slot);
        return;
    }
    conn->close = options->close;
    conn->is_to_be_held = options->is_to_be_held;
    conn->fd = handshake_start(conn->fd, target, options, &conn->seen);
    conn->seen.slot = slot;
    if (conn->fd < 0) {
        conn->is_watched = false;
        tell(table, conn, EVENT_OBSERVED);
        return;
    }
    conn->state = CONN_CONNECTING;
    begin(table, conn);
}

void conn_hear(struct conn_table *table, uint32_t entry, uint32_t events, int64_t heard_ns)
{
    struct conn *conn = conn_pool_at(&table->pool, entry);
    bool is_stale = conn != NULL && heard_ns < conn->seen.started_ns;
    if (conn == NULL || is_stale)
        return;
    if (conn->state == CONN_CONNECTING) {
        enum handshake_errors errors = events & EPOLLERR ? ERRORS_LIKELY : ERRORS_UNLIKELY;
        if (!handshake_look(conn->fd, &conn->target, errors, heard_ns, &conn->seen))
            return;
        finish(table, conn, heard_ns);
        tell(table, conn, EVENT_OBSERVED);
    } else if (conn->state == CONN_HELD && held_look(conn->fd, heard_ns, &conn->seen)) {
        end(table, conn);
        tell(table, conn, EVENT_OBSERVED);
    }
    if (conn->state == CONN_CLOSING && (events & ~(uint32_t)EPOLLOUT) != 0)
        discard(table, conn);
}

/* ---- ends ------------------------------------------------------------- */

static struct observation without_memory(uint32_t slot)
{
    int64_t now_ns = loop_now_ns();
    return (struct observation){
        .slot = slot,
        .at = OBSERVED_SOCKET,
        .error = ENOMEM,
        .started_ns = now_ns,
        .ended_ns = now_ns,
    };
}

/* The engine has let go of a connection that closes gracefully: a server that greets shall not
 * see a reset because of that. */
static void orphan(struct conn_table *table, struct conn *conn)
{
    table->orphan_count++;
    if (table->orphan_count > CONN_ORPHANS_MAX)
        end_closing(table, conn);
    else
        discard(table, conn);
}

/* Tells what is to be told. */
static void fill_event(struct conn_table *table, struct conn *conn, enum event_kind kind,
                       struct event *event)
{
    *event = (struct event){
        .kind = kind,
        .is_closing = conn->state == CONN_CLOSING,
        .is_held = conn->state == CONN_HELD,
        .slot = conn->slot,
        .observation = conn->seen,
    };
    take_back(conn);
    if (conn->state == CONN_GONE)
        forget_slot(table, conn);
    free_if_done(table, conn);
}

static void fill_event_without_memory(uint32_t slot, struct event *event)
{
    *event =
        (struct event){.kind = EVENT_OBSERVED, .slot = slot, .observation = without_memory(slot)};
}

bool conn_is_connecting(const struct conn_table *table, uint32_t slot)
{
    uint32_t entry = slot_map_get(&table->slots, slot);
    const struct conn *conn = entry == NO_ENTRY ? NULL : conn_pool_at(&table->pool, entry);
    return conn != NULL && conn->state == CONN_CONNECTING && conn->to_tell == EVENT_NONE;
}

int64_t conn_began_ns(const struct conn_table *table, uint32_t slot)
{
    uint32_t entry = slot_map_get(&table->slots, slot);
    return entry == NO_ENTRY ? loop_now_ns() : conn_pool_at(&table->pool, entry)->seen.started_ns;
}

void conn_conclude(struct conn_table *table, uint32_t slot, struct event *event)
{
    uint32_t entry = slot_map_get(&table->slots, slot);
    int64_t now_ns = loop_now_ns();
    slot_set_remove(&table->without_memory, slot);
    if (entry == NO_ENTRY) {
        fill_event_without_memory(slot, event);
        return;
    }
    struct conn *conn = conn_pool_at(&table->pool, entry);
    if (conn->to_tell != EVENT_OBSERVED && conn->state == CONN_CONNECTING) {
        handshake_look_last(conn->fd, &conn->target, now_ns, &conn->seen);
        finish(table, conn, now_ns);
    } else if (conn->to_tell != EVENT_OBSERVED && conn->state == CONN_HELD) {
        held_look_last(conn->fd, now_ns, &conn->seen);
        end(table, conn);
    }
    fill_event(table, conn, EVENT_OBSERVED, event);
}

void conn_cancel(struct conn_table *table, uint32_t slot, struct observation *last)
{
    uint32_t entry = slot_map_get(&table->slots, slot);
    slot_set_remove(&table->without_memory, slot);
    if (entry == NO_ENTRY) {
        *last = without_memory(slot);
        return;
    }
    struct conn *conn = conn_pool_at(&table->pool, entry);
    bool was_told = conn->state != CONN_CONNECTING && conn->to_tell != EVENT_OBSERVED;
    /* Whoever needs its source port next will not wait for its end. */
    if (conn->seen.has_source_port)
        conn->close = CLOSE_RESET;
    if (conn->state == CONN_CONNECTING) {
        handshake_look_last(conn->fd, &conn->target, loop_now_ns(), &conn->seen);
        end(table, conn);
    } else if (conn->state == CONN_HELD) {
        held_look_last(conn->fd, loop_now_ns(), &conn->seen);
        end(table, conn);
    } else if (conn->state == CONN_CLOSING && was_told) {
        end_closing(table, conn);
    }
    *last = conn->seen;
    take_back(conn);
    forget_slot(table, conn);
    if (conn->state == CONN_CLOSING)
        orphan(table, conn);
    else
        free_if_done(table, conn);
}

bool conn_has_event(const struct conn_table *table)
{
    return !list_is_empty(&table->told) || table->without_memory.count != 0;
}

bool conn_take_event(struct conn_table *table, struct event *event)
{
    uint32_t slot;
    if (slot_set_take(&table->without_memory, &slot)) {
        fill_event_without_memory(slot, event);
        return true;
    }
    struct list_node *node = list_first(&table->told);
    if (node == NULL)
        return false;
    struct conn *conn = list_entry(node, struct conn, node);
    fill_event(table, conn, conn->to_tell, event);
    return true;
}

void conn_untell(struct conn_table *table, uint32_t slot, enum event_kind kind)
{
    uint32_t entry = slot_map_get(&table->slots, slot);
    if (entry != NO_ENTRY)
        tell(table, conn_pool_at(&table->pool, entry), kind);
}
