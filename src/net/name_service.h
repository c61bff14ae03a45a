/* The name servers of one resolv.conf, shared by the lookups that began under it, and what
 * they have said. */
#ifndef NET_NAME_SERVICE_H
#define NET_NAME_SERVICE_H

#include <stdint.h>

#include "net/answer_cache.h"
#include "net/list.h"
#include "net/loop.h"
#include "net/name_server.h"
#include "net/resolv_conf.h"
#include "net/system_file.h"

struct name_service {
    struct resolv_conf conf;
    struct name_server *servers[NAME_SERVERS_MAX]; /* conf.server_count of them */
    struct answer_cache cache;
    uint32_t reference_count;
    uint32_t lookup_count; /* ever, for `rotate` */
    struct list_node node;
};

/* The current one, and those that lookups still hold. */
struct name_services {
    struct loop *loop;
    const char *path;
    struct system_file_stamp stamp;
    struct list *answered; /* gets the answered questions of all */
    struct name_service *current;
    struct list services;
    uint32_t next_key;
};

void name_services_init(struct name_services *services, struct loop *loop, const char *path,
                        struct list *answered);
/* Every lookup must have ended. */
void name_services_fini(struct name_services *services);

/* The service as resolv.conf is now, with a reference that is the caller's. NULL: memory. */
struct name_service *name_services_take(struct name_services *services);
void name_service_release(struct name_service *service);

/* Which servers a question goes to, one after another: as resolv.conf has them, but those that are
 * silent last. */
void name_service_order(const struct name_service *service, int64_t now_ns,
                        uint32_t order[NAME_SERVERS_MAX]);

/* As of name_server.h, for all servers. */
void name_services_hear(struct name_services *services, uint32_t key, int fd, uint32_t events);
int64_t name_services_next_ns(const struct name_services *services);
void name_services_expire(struct name_services *services, int64_t now_ns);

#endif
