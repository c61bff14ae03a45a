/* A TCP socket of ours: made, bound, used again, closed. */
#ifndef NET_TCP_SOCKET_H
#define NET_TCP_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "engine/ops.h"

/* Nonblocking, close-on-exec, with an error queue (IP_RECVERR). Returns the descriptor, or -1 with
 * errno set. */
int tcp_socket_make(const struct address *target) __attribute__((warn_unused_result));

/* Binds it to what the options name, if anything. Returns 0 or an errno. */
int tcp_socket_bind(int fd, const struct address *target, const struct connect_options *options);
/* False, with errno set. */
bool tcp_socket_set_half_open(int fd);
/* The number of the device that it is bound to, or 0. */
uint32_t tcp_socket_device(int fd);

/* Whether the options leave nothing on a socket that would be in another's way. */
bool tcp_socket_is_plain(const struct connect_options *options);
/* Ends whatever a plain socket was connected to, by a reset where that was a connection, so that it
 * can be connected anew. What the error queue holds stays there. False: it is of no more use but to
 * be closed. */
bool tcp_socket_disconnect(int fd);

/* `with_reset` leaves no TIME_WAIT behind and tells the peer by RST. */
void tcp_socket_close(int fd, bool with_reset);

#endif
