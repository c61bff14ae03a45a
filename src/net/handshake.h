/* One TCP handshake as the kernel sees it: started, looked at, ended. Knows
 * neither slots nor epoll. */
#ifndef NET_HANDSHAKE_H
#define NET_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "engine/ops.h"

/* Whether it is worth while to ask for errors when TCP_INFO says that the
 * handshake goes on: after EPOLLERR, or for the last time. */
enum handshake_errors { ERRORS_UNLIKELY, ERRORS_LIKELY };

/* Starts on a plain socket of the target's family (tcp_socket_is_plain()), or, with -1, on
 * one that it makes. Returns its descriptor, the caller's, or -1: it has ended, the socket is
 * closed, and *seen says where and why. *seen is filled but for its slot. */
int handshake_start(int fd, const struct address *target, const struct connect_options *options,
                    struct observation *seen);

/* Asks the kernel. True: it has ended, and *seen says how; seen->at is OBSERVED_ASYNC.
 * now_ns is when something was heard of it. */
bool handshake_look(int fd, const struct address *target, enum handshake_errors errors,
                    int64_t now_ns, struct observation *seen);

/* As handshake_look(), for the last time: *seen is filled however far it got;
 * seen->at is OBSERVED_DEADLINE where it has not ended. */
void handshake_look_last(int fd, const struct address *target, int64_t now_ns,
                         struct observation *seen);

/* Whether the socket has nothing of a connection any more: each end is acknowledged by the other,
 * or there was a reset. TIME_WAIT, which outlives the socket, does not count. */
bool handshake_is_over(int fd);

#endif
