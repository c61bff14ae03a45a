/* Threads of this layer: handlers of signals belong to the program's own. */
#ifndef NET_QUIET_THREAD_H
#define NET_QUIET_THREAD_H

#include <pthread.h>

/* Starts a thread with all signals blocked. `attributes` may be NULL. Returns 0 or a negative
 * errno. */
int quiet_thread_start(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                       void *argument) __attribute__((warn_unused_result));

#endif
