/* Names to addresses, by slot: literals with a zone, pinned names, /etc/hosts, the names of RFC
 * 6761, and then the name servers or the system's resolver. */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "engine/ops.h"
#include "net/list.h"
#include "net/local_names.h"
#include "net/loop.h"
#include "net/name_service.h"
#include "net/slot_map.h"
#include "net/system_resolver.h"

struct lookup;

struct resolve_table {
    struct loop *loop;
    struct local_names local;
    struct name_services services;
    struct system_resolver *system; /* NULL: not needed so far */
    struct lookup **lookups;        /* by slot; NULL: free */
    uint32_t capacity;
    struct list answered; /* questions */
    struct list delayed;  /* lookups, by the moment at which they are over */
    struct list ended;    /* lookups with a result to tell */
    struct lookup *told;  /* whose addresses the caller may still be reading */
    struct slot_set without_memory;
};

/* The paths must outlive it. */
void resolve_table_init(struct resolve_table *table, struct loop *loop, const char *hosts_path,
                        const char *resolv_conf_path);
/* Room to say of each slot below slot_count that there is no memory for it: nobody may use others.
 * False: memory. */
bool resolve_table_reserve(struct resolve_table *table, uint32_t slot_count)
    __attribute__((warn_unused_result));
void resolve_table_fini(struct resolve_table *table);

/* Has a name mean this address too, whatever files and name servers say. False: memory. */
bool resolve_pin(struct resolve_table *table, const char *name, const struct address *address)
    __attribute__((warn_unused_result));

/* As in struct ops. */
void resolve_start(struct resolve_table *table, uint32_t slot, const char *host,
                   const struct resolve_options *options);
void resolve_cancel(struct resolve_table *table, uint32_t slot, struct resolution *last);

/* The loop has events for a name server's descriptor. */
void resolve_hear(struct resolve_table *table, uint32_t key, int fd, uint32_t events);
/* The loop was woken. */
void resolve_wake(struct resolve_table *table);
/* When resolve_expire() has something to do, or INT64_MAX. */
int64_t resolve_next_ns(const struct resolve_table *table);
void resolve_expire(struct resolve_table *table, int64_t now_ns);

bool resolve_has_event(const struct resolve_table *table);
/* False: none. The addresses of the event are valid until the next call. */
bool resolve_take_event(struct resolve_table *table, struct event *event);

#endif
