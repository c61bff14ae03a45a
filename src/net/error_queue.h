/* The error queue of a socket. */
#ifndef NET_ERROR_QUEUE_H
#define NET_ERROR_QUEUE_H

#include "core/observation.h"

/* Empties the queue. Returns the errno of the first ICMP error, which *icmp
 * describes, or 0. */
int error_queue_drain(int fd, struct icmp_error *icmp);

#endif
