/* A network namespace of the test's own: loopback, and what the test adds. Nothing leaves it. */
#ifndef TESTS_KERNEL_PRIVATE_NETWORK_H
#define TESTS_KERNEL_PRIVATE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"

/* Moves the process into a new namespace (as root, or where user namespaces are allowed), brings
 * loopback up and ends the process when it takes longer than two minutes. False: not permitted. */
bool private_network_enter(void);

/* Says, in the words of TAP, that the whole program is skipped. Returns what main() is to return. */
int private_network_skip(void);

/* Runs a command of a shell ("ip route add ..."), silently. True: it succeeded. */
bool private_network_run(const char *command);

/* Writes to a file below /proc/sys. */
bool private_network_set(const char *path, const char *value);

/* A literal with a port. */
struct address address_of(const char *text, uint16_t port);

/* How many descriptors this process has open. */
int count_descriptors(void);

#endif
