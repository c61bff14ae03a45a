/* A hash table of hosts, each with its ports in order, on a list from the one asked for least
 * recently to the latest: about 100 bytes a host of sixteen ports.
 *
 * Rejected: a table of pairs of host and port. It could not say how many
 * ports a host has without counting beside it, and forgetting a host would be a search. */
#include "engine/known_ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 16
#define FIRST_PORTS   4

struct known_host {
    struct known_host *in_bucket;
    struct known_host *older;
    struct known_host *newer;
    struct address address; /* port 0 */
    uint32_t count;
    uint32_t capacity;
    uint16_t ports[]; /* ascending */
};

void known_ports_fini(struct known_ports *known)
{
    while (known->oldest != NULL) {
        struct known_host *host = known->oldest;
        known->oldest = host->newer;
        free(host);
    }
    free(known->buckets);
    *known = (struct known_ports){0};
}

/* Where the host hangs; at the end of its chain, where it is not known. */
static struct known_host **find(const struct known_ports *known, const struct address *address)
{
    struct known_host **link = &known->buckets[address_hash(address) & (known->bucket_count - 1)];
    while (*link != NULL && !address_is_equal(&(*link)->address, address))
        link = &(*link)->in_bucket;
    return link;
}

static void unlist(struct known_ports *known, struct known_host *host)
{
    struct known_host **from_older = host->older == NULL ? &known->oldest : &host->older->newer;
    struct known_host **from_newer = host->newer == NULL ? &known->latest : &host->newer->older;
    *from_older = host->newer;
    *from_newer = host->older;
}

static void list_as_latest(struct known_ports *known, struct known_host *host)
{
    host->older = known->latest;
    host->newer = NULL;
    if (known->latest == NULL)
        known->oldest = host;
    else
        known->latest->newer = host;
    known->latest = host;
}

/* The analyzer does not see that grow_host() leaves nothing that points to the old memory. */
/* NOLINTBEGIN(clang-analyzer-unix.Malloc) */
/* False: there is none. */
static bool forget_oldest(struct known_ports *known)
{
    struct known_host *host = known->oldest;
    if (host == NULL)
        return false;
    struct known_host **link = find(known, &host->address);
    if (*link == host)
        *link = host->in_bucket;
    known->oldest = host->newer;
    if (host->newer == NULL)
        known->latest = NULL;
    else
        host->newer->older = NULL;
    known->host_count--;
    known->port_count -= host->count;
    free(host);
    return true;
}
/* NOLINTEND(clang-analyzer-unix.Malloc) */

static int grow_table(struct known_ports *known)
{
    size_t count = known->bucket_count == 0 ? FIRST_BUCKETS : known->bucket_count * 2;
    struct known_host **buckets = calloc(count, sizeof(struct known_host *));
    if (buckets == NULL)
        return -ENOMEM;
    free(known->buckets);
    known->buckets = buckets;
    known->bucket_count = count;
    for (struct known_host *host = known->oldest; host != NULL; host = host->newer) {
        struct known_host **bucket = &buckets[address_hash(&host->address) & (count - 1)];
        host->in_bucket = *bucket;
        *bucket = host;
    }
    return 0;
}

/* A host that is not known yet, with no port; NULL when memory is short. */
static struct known_host *add_host(struct known_ports *known, const struct address *address)
{
    if (known->host_count == known->bucket_count && grow_table(known) < 0)
        return NULL;
    struct known_host *host = malloc(sizeof(*host) + FIRST_PORTS * sizeof(uint16_t));
    if (host == NULL)
        return NULL;
    struct known_host **link = find(known, address);
    *host = (struct known_host){.address = *address, .capacity = FIRST_PORTS};
    *link = host;
    list_as_latest(known, host);
    known->host_count++;
    return host;
}

/* The host in more memory, in its old place; NULL when memory is short, and then it is as it was. */
static struct known_host *grow_host(struct known_ports *known, struct known_host *host)
{
    struct known_host **link = find(known, &host->address);
    uint32_t capacity = host->capacity * 2;
    struct known_host *grown = realloc(host, sizeof(*host) + capacity * sizeof(uint16_t));
    if (grown == NULL)
        return NULL;
    grown->capacity = capacity;
    *link = grown;
    *(grown->older == NULL ? &known->oldest : &grown->older->newer) = grown;
    *(grown->newer == NULL ? &known->latest : &grown->newer->older) = grown;
    return grown;
}

/* Where the port is, or belongs. */
static uint32_t place_of(const struct known_host *host, uint16_t port)
{
    uint32_t low = 0;
    uint32_t high = host->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (host->ports[middle] < port)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct known_host *host, uint32_t place, uint16_t port)
{
    uint16_t *at = &host->ports[place];
    memmove(at + 1, at, (host->count - place) * sizeof(*at));
    *at = port;
    host->count++;
}

/* Never the one that was asked for last. */
static void make_room(struct known_ports *known)
{
    bool has_room = false;
    while (!has_room)
        has_room = (known->host_count <= KNOWN_HOSTS_MAX &&
                    (known->port_count <= KNOWN_PORTS_MAX || known->oldest == known->latest)) ||
                   !forget_oldest(known);
}

static int add_port(struct known_ports *known, struct known_host *host, uint32_t place,
                    uint16_t port)
{
    if (host->count == host->capacity)
        host = grow_host(known, host);
    if (host == NULL)
        return -ENOMEM;
    insert(host, place, port);
    known->port_count++;
    make_room(known);
    return 1;
}

int known_ports_admit(struct known_ports *known, const struct address *address, uint32_t limit)
{
    struct address key = *address;
    key.port = 0;
    struct known_host *host = known->bucket_count == 0 ? NULL : *find(known, &key);
    if (host == NULL) {
        host = add_host(known, &key);
        if (host == NULL)
            return -ENOMEM;
    } else if (host != known->latest) {
        unlist(known, host);
        list_as_latest(known, host);
    }
    uint32_t place = place_of(host, address->port);
    if (place < host->count && host->ports[place] == address->port)
        return 1;
    return host->count < limit ? add_port(known, host, place, address->port) : 0;
}
