#include "net/turnstile.h"

int turnstile_init(struct turnstile *turnstile)
{
    int error = pthread_mutex_init(&turnstile->line, NULL);
    if (error != 0)
        return -error;
    error = pthread_mutex_init(&turnstile->inside, NULL);
    if (error != 0)
        pthread_mutex_destroy(&turnstile->line);
    return -error;
}

void turnstile_fini(struct turnstile *turnstile)
{
    pthread_mutex_destroy(&turnstile->inside);
    pthread_mutex_destroy(&turnstile->line);
}

void turnstile_enter(struct turnstile *turnstile)
{
    pthread_mutex_lock(&turnstile->line);
    pthread_mutex_lock(&turnstile->inside);
    pthread_mutex_unlock(&turnstile->line);
}

void turnstile_leave(struct turnstile *turnstile)
{
    pthread_mutex_unlock(&turnstile->inside);
}
