/* Threads start when there is work and end when there is none: a run that never asks pays
 * nothing, and no idle thread is left behind in a library. They are detached and share the
 * resolver by counting references, so that nobody ever waits for one that is stuck
 * behind a dead name server; getaddrinfo_a(3) has no such promise. */
#include "net/system_resolver.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "net/quiet_thread.h"
#include "net/sockaddr.h"

struct system_resolver {
    pthread_mutex_t lock;
    struct loop *loop; /* NULL: the owner is gone */
    struct list queued;
    struct list done;
    uint32_t queued_count;
    uint32_t thread_count;
    uint32_t idle_count; /* threads that have yet to look for work */
    uint32_t reference_count;
};

struct system_resolver *system_resolver_create(struct loop *loop)
{
    struct system_resolver *resolver = calloc(1, sizeof(*resolver));
    if (resolver == NULL)
        return NULL;
    if (pthread_mutex_init(&resolver->lock, NULL) != 0) {
        free(resolver);
        return NULL;
    }
    resolver->loop = loop;
    resolver->reference_count = 1;
    list_init(&resolver->queued);
    list_init(&resolver->done);
    return resolver;
}

static struct system_job *take_job(const struct list *list)
{
    struct list_node *node = list_first(list);
    if (node == NULL)
        return NULL;
    list_remove(node);
    return list_entry(node, struct system_job, node);
}

/* With the lock held, which it gives up. */
static void release(struct system_resolver *resolver)
{
    bool is_last = --resolver->reference_count == 0;
    pthread_mutex_unlock(&resolver->lock);
    if (!is_last)
        return;
    pthread_mutex_destroy(&resolver->lock);
    free(resolver);
}

static void free_jobs(struct list *list)
{
    struct list_node *node = list->head.next;
    while (node != &list->head) {
        struct system_job *job = list_entry(node, struct system_job, node);
        node = node->next;
        free(job);
    }
    list_init(list);
}

void system_resolver_destroy(struct system_resolver *resolver)
{
    pthread_mutex_lock(&resolver->lock);
    resolver->loop = NULL;
    free_jobs(&resolver->queued);
    free_jobs(&resolver->done);
    release(resolver);
}

/* ---- in a thread ------------------------------------------------------ */

static void run(struct system_job *job)
{
    struct addrinfo *entries = NULL;
    struct address any = {.family = (uint8_t)job->family};
    const struct addrinfo hints = {
        .ai_family = sockaddr_family(&any),
        .ai_socktype = SOCK_STREAM,
    };
    job->status = getaddrinfo(job->host, NULL, &hints, &entries);
    job->error = errno;
    if (job->status != 0)
        return;
    for (const struct addrinfo *entry = entries; entry != NULL; entry = entry->ai_next) {
        union sockaddr_any sockaddr = {.base = {.sa_family = AF_UNSPEC}};
        if (entry->ai_addrlen > sizeof(sockaddr))
            continue;
        memcpy(&sockaddr, entry->ai_addr, entry->ai_addrlen);
        struct address address = sockaddr_get(&sockaddr);
        if (address.family != FAMILY_ANY)
            address_list_add(&job->found, &address);
    }
    freeaddrinfo(entries);
}

/* With the lock held. */
static void finish(struct system_resolver *resolver, struct system_job *job)
{
    if (job->is_forgotten || resolver->loop == NULL) {
        free(job);
        return;
    }
    job->state = JOB_DONE;
    list_append(&resolver->done, &job->node);
    loop_wake(resolver->loop);
}

static void *work(void *data)
{
    struct system_resolver *resolver = data;
    struct system_job *job;
    pthread_mutex_lock(&resolver->lock);
    resolver->idle_count--;
    while ((job = take_job(&resolver->queued)) != NULL) {
        resolver->queued_count--;
        job->state = JOB_RUNNING;
        pthread_mutex_unlock(&resolver->lock);
        run(job);
        pthread_mutex_lock(&resolver->lock);
        finish(resolver, job);
    }
    resolver->thread_count--;
    release(resolver);
    return NULL;
}

/* ---- in the owner's thread -------------------------------------------- */

static bool start_detached(struct system_resolver *resolver)
{
    pthread_t thread;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = quiet_thread_start(&thread, &attributes, work, resolver);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

/* With the lock held, for one job more than are queued: a thread that has yet to look for work
 * takes one of those, and is not there for the next. False: there is no thread to do the work. */
static bool ensure_thread(struct system_resolver *resolver)
{
    if (resolver->idle_count > resolver->queued_count ||
        resolver->thread_count == SYSTEM_RESOLVER_THREADS_MAX)
        return true;
    if (!start_detached(resolver))
        return resolver->thread_count != 0;
    resolver->thread_count++;
    resolver->idle_count++;
    resolver->reference_count++;
    return true;
}

struct system_job *system_resolver_ask(struct system_resolver *resolver, const char *host,
                                       enum family family, uint32_t slot)
{
    size_t length = strlen(host);
    struct system_job *job = calloc(1, sizeof(*job));
    if (job == NULL || length >= sizeof(job->host)) {
        free(job);
        return NULL;
    }
    memcpy(job->host, host, length + 1);
    job->family = family;
    job->slot = slot;

    pthread_mutex_lock(&resolver->lock);
    bool has_thread = ensure_thread(resolver);
    if (has_thread) {
        list_append(&resolver->queued, &job->node);
        resolver->queued_count++;
    }
    pthread_mutex_unlock(&resolver->lock);
    if (has_thread)
        return job;
    free(job);
    return NULL;
}

void system_resolver_forget(struct system_resolver *resolver, struct system_job *job)
{
    pthread_mutex_lock(&resolver->lock);
    if (job->state == JOB_RUNNING) {
        job->is_forgotten = true;
    } else {
        resolver->queued_count -= job->state == JOB_QUEUED;
        list_remove(&job->node);
        free(job);
    }
    pthread_mutex_unlock(&resolver->lock);
}

struct system_job *system_resolver_take(struct system_resolver *resolver)
{
    pthread_mutex_lock(&resolver->lock);
    struct system_job *job = take_job(&resolver->done);
    pthread_mutex_unlock(&resolver->lock);
    return job;
}

void system_job_free(struct system_job *job)
{
    free(job);
}

enum tcpcheck_outcome system_job_outcome(const struct system_job *job)
{
    switch (job->status) {
    case EAI_NONAME: return TCPCHECK_DNS_NXDOMAIN;
    case 0:
    case EAI_NODATA:
    case EAI_ADDRFAMILY: return TCPCHECK_DNS_NODATA;
    case EAI_MEMORY: return TCPCHECK_RESOURCE;
    case EAI_SYSTEM:
        return job->error == EMFILE || job->error == ENFILE || job->error == ENOMEM
                   ? TCPCHECK_RESOURCE
                   : TCPCHECK_DNS_SERVFAIL;
    default: return TCPCHECK_DNS_SERVFAIL;
    }
}
