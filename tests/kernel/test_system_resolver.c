/* The threads of net/system_resolver, around a getaddrinfo(3) of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netdb.h>
#include <pthread.h>
#include <unistd.h>

#include "net/loop.h"
#include "net/system_resolver.h"

#define COUNT    SYSTEM_RESOLVER_THREADS_MAX
#define WATCHDOG 60 /* seconds */

static pthread_barrier_t everybody_is_here;

/* In the C library's place: returns once as many threads as there may be are in it. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *req,
                struct addrinfo **pai)
{
    (void)name;
    (void)service;
    (void)req;
    (void)pai;
    (void)pthread_barrier_wait(&everybody_is_here);
    return EAI_NONAME;
}

static struct system_job *wait_for_job(struct system_resolver *resolver, struct loop *loop)
{
    struct system_job *job;
    while ((job = system_resolver_take(resolver)) == NULL)
        (void)loop_wait(loop, INT64_MAX);
    return job;
}

static void lookups_asked_for_at_once_do_not_wait_for_each_other(void **state)
{
    struct loop loop;
    (void)state;
    (void)alarm(WATCHDOG);
    assert_int_equal(loop_init(&loop), 0);
    assert_int_equal(pthread_barrier_init(&everybody_is_here, NULL, COUNT), 0);
    struct system_resolver *resolver = system_resolver_create(&loop);
    assert_non_null(resolver);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_non_null(system_resolver_ask(resolver, "db.example", FAMILY_ANY, i));
    for (uint32_t i = 0; i < COUNT; i++) {
        struct system_job *job = wait_for_job(resolver, &loop);
        assert_int_equal(system_job_outcome(job), TCPCHECK_DNS_NXDOMAIN);
        system_job_free(job);
    }
    system_resolver_destroy(resolver);
    loop_fini(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookups_asked_for_at_once_do_not_wait_for_each_other),
    };
    return cmocka_run_group_tests_name("system_resolver", tests, NULL, NULL);
}
