/* The system's log, by the sockets that it listens on. */
#ifndef CLI_AUDIT_SOCKET_H
#define CLI_AUDIT_SOCKET_H

#include <stddef.h>

#include "core/text.h"

enum audit_log { AUDIT_LOG_SYSLOG, AUDIT_LOG_JOURNAL };

/* Returns a connected descriptor, or -1 and `why`: nobody listens. */
int audit_socket_open(enum audit_log log, struct text *why);

/* Sends each line as a message of its own (facility auth, priority info), waiting while the log
 * is behind. A log that was started anew is connected to again. Returns 0 or an errno: some of
 * the lines may have been sent. */
int audit_socket_send(int fd, enum audit_log log, const char *lines, size_t length)
    __attribute__((warn_unused_result));

#endif
