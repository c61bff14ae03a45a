/* The table of connections. An entry is an engine's slot for as long as the
 * engine knows of it, and may outlive that: events that were taken back, and
 * orphans, which close gracefully with nobody waiting. So slots map to entries,
 * and epoll knows entries only: no registration is ever changed.
 *
 * Events are not copied into a queue; entries that have one to tell are chained,
 * and tell it out of themselves, so that telling cannot run out of memory.
 *
 * What epoll says is a hint to look; what TCP_INFO says decides. A stale event
 * therefore does no harm. */
#include "net/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/duration.h"
#include "net/handshake.h"

#define FIRST_CAPACITY    16
#define CLOSING_MAX_NS    NS_PER_S
#define CLOSING_MAX_BYTES 65536

enum conn_state { CONN_GONE, CONN_CONNECTING, CONN_CLOSING };

struct conn {
    int fd;
    enum conn_state state;
    enum event_kind to_tell; /* EVENT_NONE: nothing */
    bool is_chained;         /* among those with an event to tell, or one taken back */
    enum close_mode close;
    uint32_t slot; /* NO_ENTRY: the engine does not know of it any more */
    uint32_t next; /* free, or chained */
    uint32_t previous_closing;
    uint32_t next_closing;
    uint32_t discarded_bytes;
    int64_t close_by_ns;
    struct address target;
    struct observation seen;
};

void conn_table_init(struct conn_table *table, struct loop *loop)
{
    *table = (struct conn_table){
        .loop = loop,
        .first_free = NO_ENTRY,
        .first_told = NO_ENTRY,
        .last_told = NO_ENTRY,
        .first_closing = NO_ENTRY,
        .last_closing = NO_ENTRY,
    };
    slot_map_init(&table->slots);
}

void conn_table_fini(struct conn_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->conns[i].state != CONN_GONE)
            handshake_close(table->conns[i].fd, false);
    free(table->conns);
    table->conns = NULL;
    table->count = 0;
    slot_map_fini(&table->slots);
}

/* ---- entries ---------------------------------------------------------- */

static bool grow(struct conn_table *table)
{
    uint64_t capacity = table->capacity == 0 ? FIRST_CAPACITY : (uint64_t)table->capacity * 2;
    if (capacity >= NO_ENTRY)
        return false;
    struct conn *conns = reallocarray(table->conns, capacity, sizeof(*conns));
    if (conns == NULL)
        return false;
    table->conns = conns;
    table->capacity = (uint32_t)capacity;
    return true;
}

/* NO_ENTRY: memory. */
static uint32_t take_entry(struct conn_table *table, uint32_t slot)
{
    uint32_t entry = table->first_free;
    if (entry == NO_ENTRY && table->count == table->capacity && !grow(table))
        return NO_ENTRY;
    if (!slot_map_set(&table->slots, slot, entry != NO_ENTRY ? entry : table->count))
        return NO_ENTRY;
    if (entry == NO_ENTRY)
        entry = table->count++;
    else
        table->first_free = table->conns[entry].next;
    table->conns[entry] = (struct conn){.fd = -1, .slot = slot, .next = NO_ENTRY};
    return entry;
}

static void free_if_done(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    if (conn->state != CONN_GONE || conn->is_chained || conn->slot != NO_ENTRY)
        return;
    conn->next = table->first_free;
    table->first_free = entry;
}

static void forget_slot(struct conn_table *table, struct conn *conn)
{
    slot_map_unset(&table->slots, conn->slot);
    conn->slot = NO_ENTRY;
}

static void tell(struct conn_table *table, uint32_t entry, enum event_kind kind)
{
    struct conn *conn = &table->conns[entry];
    conn->to_tell = kind;
    if (conn->is_chained)
        return;
    conn->is_chained = true;
    conn->next = NO_ENTRY;
    if (table->last_told == NO_ENTRY)
        table->first_told = entry;
    else
        table->conns[table->last_told].next = entry;
    table->last_told = entry;
}

/* ---- closing ---------------------------------------------------------- */

static void link_closing(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    conn->next_closing = NO_ENTRY;
    conn->previous_closing = table->last_closing;
    if (table->last_closing == NO_ENTRY)
        table->first_closing = entry;
    else
        table->conns[table->last_closing].next_closing = entry;
    table->last_closing = entry;
}

static void unlink_closing(struct conn_table *table, const struct conn *conn)
{
    if (conn->previous_closing == NO_ENTRY)
        table->first_closing = conn->next_closing;
    else
        table->conns[conn->previous_closing].next_closing = conn->next_closing;
    if (conn->next_closing == NO_ENTRY)
        table->last_closing = conn->previous_closing;
    else
        table->conns[conn->next_closing].previous_closing = conn->previous_closing;
}

static void drop(struct conn *conn, bool with_reset)
{
    handshake_close(conn->fd, with_reset);
    conn->fd = -1;
    conn->state = CONN_GONE;
}

static int watch(struct conn_table *table, uint32_t entry)
{
    return loop_watch(table->loop, table->conns[entry].fd,
                      EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, LOOP_CONN, 0, entry);
}

static void start_closing(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    if (shutdown(conn->fd, SHUT_WR) < 0) {
        drop(conn, false);
        return;
    }
    conn->state = CONN_CLOSING;
    conn->close_by_ns = loop_now_ns() + CLOSING_MAX_NS;
    link_closing(table, entry);
}

static void end_closing(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    unlink_closing(table, conn);
    drop(conn, false);
    if (conn->slot == NO_ENTRY) {
        table->orphan_count--;
        free_if_done(table, entry);
    } else if (conn->to_tell == EVENT_NONE) {
        tell(table, entry, EVENT_RELEASED);
    }
}

/* Reads what the peer sends until it ends too. */
static void discard(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    char bytes[16384];
    while (conn->discarded_bytes <= CLOSING_MAX_BYTES) {
        ssize_t length = recv(conn->fd, bytes, sizeof(bytes), 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && errno == EAGAIN)
            return;
        if (length <= 0)
            break;
        conn->discarded_bytes += (uint32_t)length;
    }
    end_closing(table, entry);
}

int64_t conn_next_ns(const struct conn_table *table)
{
    uint32_t first = table->first_closing;
    return first == NO_ENTRY ? INT64_MAX : table->conns[first].close_by_ns;
}

void conn_expire(struct conn_table *table, int64_t now_ns)
{
    while (conn_next_ns(table) <= now_ns)
        end_closing(table, table->first_closing);
}

/* ---- handshakes ------------------------------------------------------- */

/* A handshake has ended: what is left is to close. */
static void finish(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    const struct observation *seen = &conn->seen;
    if (seen->is_established && !seen->is_self_connected && conn->close == CLOSE_GRACEFUL)
        start_closing(table, entry);
    else
        drop(conn, seen->is_established);
}

static void fail_to_watch(struct conn_table *table, uint32_t entry, int error)
{
    struct conn *conn = &table->conns[entry];
    conn->seen.at = OBSERVED_SOCKET;
    conn->seen.error = error;
    conn->seen.ended_ns = loop_now_ns();
    drop(conn, false);
    tell(table, entry, EVENT_OBSERVED);
}

/* Over loopback the kernel has mostly decided before connect(2) returns, and
 * epoll need not be told of it at all. */
static void begin(struct conn_table *table, uint32_t entry)
{
    struct conn *conn = &table->conns[entry];
    bool has_ended =
        address_is_loopback(&conn->target) &&
        handshake_look(conn->fd, &conn->target, ERRORS_UNLIKELY, loop_now_ns(), &conn->seen);
    if (has_ended) {
        finish(table, entry);
        tell(table, entry, EVENT_OBSERVED);
    }
    if (conn->state == CONN_GONE)
        return;

    int error = watch(table, entry);
    if (error == 0)
        return;
    if (conn->state == CONN_CLOSING)
        end_closing(table, entry);
    else
        fail_to_watch(table, entry, -error);
}

void conn_start(struct conn_table *table, uint32_t slot, const struct address *target,
                const struct connect_options *options)
{
    uint32_t entry = take_entry(table, slot);
    if (entry == NO_ENTRY) {
        slot_queue_add(&table->without_memory, slot);
        return;
    }
    struct conn *conn = &table->conns[entry];
    conn->target = *target;
    conn->close = options->close;
    conn->fd = handshake_start(target, options, &conn->seen);
    conn->seen.slot = slot;
    if (conn->fd < 0) {
        tell(table, entry, EVENT_OBSERVED);
        return;
    }
    conn->state = CONN_CONNECTING;
    begin(table, entry);
}

void conn_hear(struct conn_table *table, uint32_t entry, uint32_t events, int64_t heard_ns)
{
    if (entry >= table->count)
        return;
    struct conn *conn = &table->conns[entry];
    if (conn->state == CONN_CONNECTING) {
        enum handshake_errors errors = events & EPOLLERR ? ERRORS_LIKELY : ERRORS_UNLIKELY;
        if (!handshake_look(conn->fd, &conn->target, errors, heard_ns, &conn->seen))
            return;
        finish(table, entry);
        tell(table, entry, EVENT_OBSERVED);
    }
    if (conn->state == CONN_CLOSING && (events & ~(uint32_t)EPOLLOUT) != 0)
        discard(table, entry);
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

/* The engine has let go of a connection that closes gracefully: a server that
 * greets shall not see a reset because of that. */
static void orphan(struct conn_table *table, uint32_t entry)
{
    table->orphan_count++;
    if (table->orphan_count > CONN_ORPHANS_MAX)
        end_closing(table, entry);
    else
        discard(table, entry);
}

void conn_cancel(struct conn_table *table, uint32_t slot, struct observation *last)
{
    slot_queue_remove(&table->without_memory, slot);
    uint32_t entry = slot_map_get(&table->slots, slot);
    if (entry == NO_ENTRY) {
        *last = without_memory(slot);
        return;
    }
    struct conn *conn = &table->conns[entry];
    bool was_told = conn->to_tell != EVENT_OBSERVED && conn->state != CONN_CONNECTING;
    if (conn->state == CONN_CONNECTING) {
        handshake_look_last(conn->fd, &conn->target, loop_now_ns(), &conn->seen);
        finish(table, entry);
    } else if (conn->state == CONN_CLOSING && was_told) {
        end_closing(table, entry);
    }
    *last = conn->seen;
    conn->to_tell = EVENT_NONE;
    forget_slot(table, conn);
    if (conn->state == CONN_CLOSING)
        orphan(table, entry);
    else
        free_if_done(table, entry);
}

bool conn_has_event(const struct conn_table *table)
{
    return table->first_told != NO_ENTRY || table->without_memory.count != 0;
}

/* Unchains the first one; false when its event was taken back. */
static bool tell_first(struct conn_table *table, struct event *event)
{
    uint32_t entry = table->first_told;
    struct conn *conn = &table->conns[entry];
    table->first_told = conn->next;
    if (table->first_told == NO_ENTRY)
        table->last_told = NO_ENTRY;
    conn->is_chained = false;

    bool has_event = conn->to_tell != EVENT_NONE;
    if (has_event) {
        bool is_closing = conn->state == CONN_CLOSING;
        *event = (struct event){
            .kind = conn->to_tell,
            .slot = conn->slot,
            .is_closing = is_closing,
            .observation = conn->seen,
        };
        conn->to_tell = EVENT_NONE;
        if (!is_closing)
            forget_slot(table, conn);
    }
    free_if_done(table, entry);
    return has_event;
}

bool conn_take_event(struct conn_table *table, struct event *event)
{
    uint32_t slot;
    if (slot_queue_take(&table->without_memory, &slot)) {
        *event = (struct event){
            .kind = EVENT_OBSERVED, .slot = slot, .observation = without_memory(slot)};
        return true;
    }
    while (table->first_told != NO_ENTRY)
        if (tell_first(table, event))
            return true;
    return false;
}
