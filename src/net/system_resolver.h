/* getaddrinfo(3) for those who ask for it: whatever nsswitch.conf and gai.conf say holds. Runs in
 * threads of its own, since it can neither be cancelled nor given a deadline. */
#ifndef NET_SYSTEM_RESOLVER_H
#define NET_SYSTEM_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "net/address_list.h"
#include "net/list.h"
#include "net/loop.h"
#include "tcpcheck.h"

#define SYSTEM_RESOLVER_THREADS_MAX 8
#define SYSTEM_NAME_SIZE            256

struct system_resolver;

enum system_job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE };

/* One name. Made and freed here; what it found is for reading once it is done. */
struct system_job {
    char host[SYSTEM_NAME_SIZE];
    enum family family;
    uint32_t slot; /* the asker's */
    int status;    /* 0 or EAI_... */
    int error;     /* errno, with EAI_SYSTEM */
    struct address_list found;
    enum system_job_state state;
    bool is_forgotten;
    struct list_node node;
};

/* The loop is woken when a job is done. NULL: memory. */
struct system_resolver *system_resolver_create(struct loop *loop);
/* Waits for nobody: a thread that is stuck ends when the C library lets it go. */
void system_resolver_destroy(struct system_resolver *resolver);

/* NULL: no memory, or no thread. */
struct system_job *system_resolver_ask(struct system_resolver *resolver, const char *host,
                                       enum family family, uint32_t slot);
/* The job is not wanted any more, and is gone when this returns. */
void system_resolver_forget(struct system_resolver *resolver, struct system_job *job);

/* The next job that is done, the caller's to system_job_free(), or NULL. */
struct system_job *system_resolver_take(struct system_resolver *resolver);
void system_job_free(struct system_job *job);
/* What is to be said where it found nothing. getaddrinfo(3) gives one error for a server that is
 * silent, fails or refuses: it is a server's failure then. */
enum tcpcheck_outcome system_job_outcome(const struct system_job *job);

#endif
