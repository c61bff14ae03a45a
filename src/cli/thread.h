/* Threads of the programs, beside the main one. */
#ifndef CLI_THREAD_H
#define CLI_THREAD_H

#include <pthread.h>

/* Starts a thread that is not the one to handle SIGINT, SIGTERM and SIGUSR1: that is the main
 * thread. Returns 0 or a negative errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *argument)
    __attribute__((warn_unused_result));

#endif
