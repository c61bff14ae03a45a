/* Ties the loop, the connections and the resolver together as the engine's ops. */
#include "net/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/host.h"
#include "net/conn.h"
#include "net/crew.h"
#include "net/idna.h"
#include "net/loop.h"
#include "net/resolve.h"

/* Standard streams, epoll, the waker, files, sockets of name servers. */
#define OTHER_DESCRIPTORS  24
#define WORKER_DESCRIPTORS 2
#define DESCRIPTORS_MAX    (1U << 24)

struct net {
    struct loop loop;
    struct conn_table conns; /* where there is no crew */
    struct crew crew;
    struct resolve_table names;
    struct event event;
};

int net_create(struct net **net)
{
    return net_create_with(net, "/etc/hosts", "/etc/resolv.conf");
}

int net_create_with(struct net **net, const char *hosts_path, const char *resolv_conf_path)
{
    struct net *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return -ENOMEM;
    int error = loop_init(&made->loop);
    if (error < 0) {
        free(made);
        return error;
    }
    conn_table_init(&made->conns, &made->loop);
    made->conns.recycles = secure_getenv("TCPCHECK_NO_RECYCLE") == NULL;
    crew_init(&made->crew, &made->loop);
    resolve_table_init(&made->names, &made->loop, hosts_path, resolv_conf_path);
    *net = made;
    return 0;
}

int net_reserve(struct net *net, uint32_t socket_limit, uint32_t concurrency)
{
    bool is_reserved = conn_table_reserve(&net->conns, socket_limit) &&
                       resolve_table_reserve(&net->names, concurrency);
    return is_reserved ? 0 : -ENOMEM;
}

int net_start_workers(struct net *net, uint32_t count, uint32_t socket_limit)
{
    return crew_hire(&net->crew, count, socket_limit, net->conns.recycles);
}

void net_destroy(struct net *net)
{
    if (net == NULL)
        return;
    crew_fini(&net->crew);
    resolve_table_fini(&net->names);
    conn_table_fini(&net->conns);
    loop_fini(&net->loop);
    free(net);
}

static int pin(struct net *net, const char *name, const struct address *addresses, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!resolve_pin(&net->names, name, &addresses[i]))
            return -ENOMEM;
    return 0;
}

int net_pin(struct net *net, const char *name, const struct address *addresses, uint32_t count)
{
    size_t length = strlen(name);
    struct text labels;
    if (host_is_ascii(name, length))
        return pin(net, name, addresses, count);
    text_init(&labels, SYSTEM_NAME_SIZE);
    const char *wrong = idna_to_ascii(name, length, &labels);
    int error = wrong != NULL ? -EINVAL : pin(net, text_string(&labels), addresses, count);
    text_fini(&labels);
    return error;
}

int net_fd(const struct net *net)
{
    return net->loop.epoll_fd;
}

static bool has_event(struct net *net)
{
    return conn_has_event(&net->conns) || crew_has_event(&net->crew) ||
           resolve_has_event(&net->names);
}

int64_t net_next_ns(struct net *net)
{
    if (has_event(net))
        return 0;
    int64_t conn_ns = conn_next_ns(&net->conns);
    int64_t names_ns = resolve_next_ns(&net->names);
    return conn_ns < names_ns ? conn_ns : names_ns;
}

void net_wake(struct net *net)
{
    loop_wake(&net->loop);
}

uint32_t net_socket_limit(bool raise, uint32_t workers)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;
    if (raise && limit.rlim_cur < limit.rlim_max) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            limit.rlim_cur = before;
    }
    uint32_t count = limit.rlim_cur < DESCRIPTORS_MAX ? (uint32_t)limit.rlim_cur : DESCRIPTORS_MAX;
    uint32_t tables = workers > 0 ? workers : 1;
    uint32_t orphans_max = tables * CONN_ORPHANS_MAX;
    uint32_t orphans = count / 4 < orphans_max ? count / 4 : orphans_max;
    uint32_t reserved = OTHER_DESCRIPTORS + workers * WORKER_DESCRIPTORS + orphans;
    return count > reserved ? count - reserved : 1;
}

/* ---- ops -------------------------------------------------------------- */

static int64_t now(struct net *net)
{
    (void)net;
    return loop_now_ns();
}

static void handle(struct net *net, const struct loop_ready *ready, int64_t now_ns)
{
    switch (ready->owner) {
    case LOOP_WAKE: resolve_wake(&net->names); break;
    case LOOP_CONN: conn_hear(&net->conns, ready->fd_or_index, ready->events, now_ns); break;
    case LOOP_NAME_SERVER:
        resolve_hear(&net->names, ready->key, (int)ready->fd_or_index, ready->events);
        break;
    }
}

/* Waits, and handles one batch of what happened. Returns how much that was. */
static int hear(struct net *net, int64_t until_ns, bool *was_woken)
{
    int count = loop_wait(&net->loop, until_ns);
    int64_t now_ns = loop_now_ns();
    for (int i = 0; i < count; i++) {
        struct loop_ready ready = loop_ready(&net->loop, i);
        *was_woken = *was_woken || ready.owner == LOOP_WAKE;
        handle(net, &ready, now_ns);
    }
    return count;
}

/* Waits once and handles all that happened, before anything expires: what lies behind a full
 * batch came in time, too. Returns whether the caller has reason to look: an event, a wake-up,
 * or a signal. */
static bool wait_once(struct net *net, int64_t until_ns)
{
    bool was_woken = false;
    int count = hear(net, until_ns, &was_woken);
    for (int more = count; more == LOOP_BATCH;)
        more = hear(net, 0, &was_woken);
    int64_t now_ns = loop_now_ns();
    conn_expire(&net->conns, now_ns);
    resolve_expire(&net->names, now_ns);
    return was_woken || has_event(net) || (count == 0 && now_ns < until_ns);
}

static void wait_until(struct net *net, int64_t until_ns)
{
    for (;;) {
        crew_listen(&net->crew);
        int64_t next_ns = net_next_ns(net);
        bool is_worth_a_look = wait_once(net, next_ns < until_ns ? next_ns : until_ns);
        if (is_worth_a_look || (until_ns != INT64_MAX && loop_now_ns() >= until_ns))
            return;
    }
}

static void start_connect(struct net *net, uint32_t slot, const struct address *address,
                          const struct connect_options *options)
{
    if (net->crew.count > 0)
        crew_start(&net->crew, slot, address, options);
    else
        conn_start(&net->conns, slot, address, options);
}

static int64_t connect_began_ns(struct net *net, uint32_t slot)
{
    return net->crew.count > 0 ? crew_began_ns(&net->crew, slot) : conn_began_ns(&net->conns, slot);
}

static void conclude_connect(struct net *net, uint32_t slot, struct event *event)
{
    if (net->crew.count > 0)
        crew_conclude(&net->crew, slot, event);
    else
        conn_conclude(&net->conns, slot, event);
}

static void cancel_connect(struct net *net, uint32_t slot, struct observation *last)
{
    if (net->crew.count > 0)
        crew_cancel(&net->crew, slot, last);
    else
        conn_cancel(&net->conns, slot, last);
}

static void start_resolve(struct net *net, uint32_t slot, const char *host,
                          const struct resolve_options *options)
{
    resolve_start(&net->names, slot, host, options);
}

static void cancel_resolve(struct net *net, uint32_t slot, struct resolution *last)
{
    resolve_cancel(&net->names, slot, last);
}

static const struct event *next_event(struct net *net)
{
    if (!conn_take_event(&net->conns, &net->event) && !crew_take_event(&net->crew, &net->event) &&
        !resolve_take_event(&net->names, &net->event))
        net->event = (struct event){.kind = EVENT_NONE};
    return &net->event;
}

const struct ops net_ops = {
    .now = now,
    .wait_until = wait_until,
    .connect_start = start_connect,
    .connect_began_ns = connect_began_ns,
    .connect_conclude = conclude_connect,
    .connect_cancel = cancel_connect,
    .resolve_start = start_resolve,
    .resolve_cancel = cancel_resolve,
    .next_event = next_event,
};
