/* A mutex that is given to whoever came first, as far as two are concerned: a thread that
 * leaves it and comes back at once does not keep the other out, as it would with a plain one. */
#ifndef NET_TURNSTILE_H
#define NET_TURNSTILE_H

#include <pthread.h>

struct turnstile {
    pthread_mutex_t line; /* held by the next one */
    pthread_mutex_t inside;
};

/* Returns 0 or a negative errno. */
int turnstile_init(struct turnstile *turnstile) __attribute__((warn_unused_result));
void turnstile_fini(struct turnstile *turnstile);

void turnstile_enter(struct turnstile *turnstile);
void turnstile_leave(struct turnstile *turnstile);

#endif
