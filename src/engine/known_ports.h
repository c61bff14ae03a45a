/* Which ports of which hosts a run has connected to: what tells a check of a few services from a
 * scan of a host. Remembers so many hosts, and so many ports in all, and forgets first what was
 * asked for least recently. */
#ifndef ENGINE_KNOWN_PORTS_H
#define ENGINE_KNOWN_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"

#define KNOWN_HOSTS_MAX 65536
#define KNOWN_PORTS_MAX (UINT32_C(16) * KNOWN_HOSTS_MAX)

struct known_host;

/* Zeroed is empty. */
struct known_ports {
    struct known_host **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    uint32_t host_count;
    uint32_t port_count;
    struct known_host *oldest;
    struct known_host *latest;
};

void known_ports_fini(struct known_ports *known);

/* Whether the address's port is among the first `limit` (at least 1) distinct ones that its host
 * was asked for; it is remembered then. Returns 1, 0, or -ENOMEM, and then nothing was remembered. */
int known_ports_admit(struct known_ports *known, const struct address *address, uint32_t limit)
    __attribute__((warn_unused_result));

#endif
