/* A connection that is held after its handshake: whether it still stands, and what the peer lets show
 * of itself. Reads nothing of what the peer sends. */
#ifndef NET_HELD_H
#define NET_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/observation.h"

/* The handshake of a connection that is to be held has ended. Whether it had when it was looked at
 * is in *seen, which now says, too, whether the peer has ended the connection since. True: it
 * has, or there is nothing to hold. */
bool held_begin(int fd, int64_t now_ns, struct observation *seen);

/* True: the peer has ended it, and *seen says how and when. now_ns is when something was heard. */
bool held_look(int fd, int64_t now_ns, struct observation *seen);

/* The last look: *seen says how it ended, HOLD_OVER if the peer did not end it. */
void held_look_last(int fd, int64_t now_ns, struct observation *seen);

#endif
