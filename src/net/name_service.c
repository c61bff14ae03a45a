/* A changed resolv.conf makes a new service; the old one goes with its last lookup. So no
 * lookup sees its servers or its search list change under it, and none is told what another
 * network's servers have said. */
#include "net/name_service.h"

#include <stdlib.h>

#define MS_PER_S 1000

void name_services_init(struct name_services *services, struct loop *loop, const char *path,
                        struct list *answered)
{
    *services = (struct name_services){.loop = loop, .path = path, .answered = answered};
    list_init(&services->services);
}

void name_services_fini(struct name_services *services)
{
    if (services->current != NULL)
        name_service_release(services->current);
    services->current = NULL;
}

static void destroy(struct name_service *service)
{
    for (uint32_t i = 0; i < service->conf.server_count; i++)
        if (service->servers[i] != NULL)
            name_server_destroy(service->servers[i]);
    answer_cache_fini(&service->cache);
    list_remove(&service->node);
    free(service);
}

void name_service_release(struct name_service *service)
{
    if (--service->reference_count == 0)
        destroy(service);
}

/* NULL: memory. */
static struct name_service *create(struct name_services *services)
{
    struct name_service *service = calloc(1, sizeof(*service));
    if (service == NULL)
        return NULL;
    service->reference_count = 1;
    answer_cache_init(&service->cache);
    if (resolv_conf_read(&service->conf, services->path) < 0)
        goto fail;
    for (uint32_t i = 0; i < service->conf.server_count; i++) {
        const struct name_server_options options = {
            .address = service->conf.servers[i],
            .timeout_ms = service->conf.timeout_s * MS_PER_S,
            .uses_tcp = service->conf.uses_tcp,
        };
        service->servers[i] =
            name_server_create(services->loop, services->next_key++, services->answered, &options);
        if (service->servers[i] == NULL)
            goto fail;
    }
    list_append(&services->services, &service->node);
    return service;

fail:
    destroy(service);
    return NULL;
}

struct name_service *name_services_take(struct name_services *services)
{
    struct system_file_stamp stamp = services->stamp;
    if (system_file_has_changed(services->path, &stamp)) {
        struct name_service *fresh = create(services);
        if (fresh == NULL)
            return NULL;
        if (services->current != NULL)
            name_service_release(services->current);
        services->current = fresh;
        services->stamp = stamp;
    }
    services->current->reference_count++;
    services->current->lookup_count++;
    return services->current;
}

void name_service_order(const struct name_service *service, int64_t now_ns,
                        uint32_t order[NAME_SERVERS_MAX])
{
    uint32_t count = service->conf.server_count;
    uint32_t first = service->conf.rotates ? service->lookup_count : 0;
    uint32_t ordered = 0;
    for (int is_silent = 0; is_silent <= 1; is_silent++) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t server = (first + i) % count;
            if (name_server_is_silent(service->servers[server], now_ns) == (is_silent != 0))
                order[ordered++] = server;
        }
    }
}

static struct name_service *entry_of(struct list_node *node)
{
    return list_entry(node, struct name_service, node);
}

void name_services_hear(struct name_services *services, uint32_t key, int fd, uint32_t events)
{
    const struct list_node *head = &services->services.head;
    for (struct list_node *node = head->next; node != head; node = node->next) {
        const struct name_service *service = entry_of(node);
        for (uint32_t i = 0; i < service->conf.server_count; i++)
            if (name_server_key(service->servers[i]) == key)
                name_server_hear(service->servers[i], fd, events);
    }
}

int64_t name_services_next_ns(const struct name_services *services)
{
    int64_t next_ns = INT64_MAX;
    const struct list_node *head = &services->services.head;
    for (struct list_node *node = head->next; node != head; node = node->next) {
        const struct name_service *service = entry_of(node);
        for (uint32_t i = 0; i < service->conf.server_count; i++) {
            int64_t server_ns = name_server_next_ns(service->servers[i]);
            next_ns = server_ns < next_ns ? server_ns : next_ns;
        }
    }
    return next_ns;
}

void name_services_expire(struct name_services *services, int64_t now_ns)
{
    const struct list_node *head = &services->services.head;
    for (struct list_node *node = head->next; node != head; node = node->next) {
        const struct name_service *service = entry_of(node);
        for (uint32_t i = 0; i < service->conf.server_count; i++)
            name_server_expire(service->servers[i], now_ns);
    }
}
