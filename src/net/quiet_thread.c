#include "net/quiet_thread.h"

#include <signal.h>
#include <stddef.h>

int quiet_thread_start(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                       void *argument)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, attributes, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}
