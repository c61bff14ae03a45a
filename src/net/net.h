/* The real world: implements the engine's ops on Linux. One net belongs to one
 * thread, but for net_wake(). */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "engine/ops.h"

#define NET_WORKERS_MAX 64

extern const struct ops net_ops;

/* Returns 0 or a negative errno. */
int net_create(struct net **net) __attribute__((warn_unused_result));
/* The same with other files than /etc/hosts and /etc/resolv.conf; the paths must outlive the
 * net. */
int net_create_with(struct net **net, const char *hosts_path, const char *resolv_conf_path)
    __attribute__((warn_unused_result));
/* Sees to it that no slot goes without its event when memory is short: slots of connections are
 * below socket_limit, those of lookups below concurrency. To be called before the first is
 * used. Returns 0 or -ENOMEM. */
int net_reserve(struct net *net, uint32_t socket_limit, uint32_t concurrency)
    __attribute__((warn_unused_result));
/* Has `count` threads make the connections in place of the caller's, which goes on to use the net
 * as before. Once, before the first connection; at most NET_WORKERS_MAX. Returns 0 or a negative
 * errno, and then there is none. */
int net_start_workers(struct net *net, uint32_t count, uint32_t socket_limit)
    __attribute__((warn_unused_result));
/* Closes everything at once, without waiting for what is still closing. */
void net_destroy(struct net *net);

/* Has a name mean these addresses (ports ignored) for every port. A name
 * pinned again gains the new addresses. Returns 0, -ENOMEM, or -EINVAL: it is not ASCII, and has
 * no A-labels either. */
int net_pin(struct net *net, const char *name, const struct address *addresses, uint32_t count)
    __attribute__((warn_unused_result));

/* Readable when wait_until would return at once; but see net_next_ns(). Not where there are workers:
 * they wake nobody but wait_until. */
int net_fd(const struct net *net);
/* When the net itself has something to do (a lookup's time-out, a closing connection's), or
 * INT64_MAX. 0 where an event is waiting: one that came about within connect_start or
 * resolve_start does not show on the descriptor. */
int64_t net_next_ns(struct net *net);
/* Makes wait_until return. From any thread, or a signal handler. */
void net_wake(struct net *net);

/* Raises RLIMIT_NOFILE to its hard limit and returns how many connections that leaves room
 * for beside so many workers, at least 1. For programs: the library leaves the limit alone
 * (raise = false). */
uint32_t net_socket_limit(bool raise, uint32_t workers);

#endif
