/* A handler has no argument of ours, so this is the one place with state of its own. */
#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static struct net *volatile watched_net;
static volatile sig_atomic_t pending_signal;
static struct sigaction previous_int;
static struct sigaction previous_term;
static struct sigaction previous_pipe;

static void on_signal(int number)
{
    int saved = errno;
    pending_signal = number;
    if (watched_net != NULL) {
        net_wake(watched_net);
    }
    errno = saved;
}

/* A SIGINT that was ignored when we were started (nohup, a background job of a shell)
 * stays ignored. */
static void watch(int number, struct sigaction *previous)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, previous);
    if (previous->sa_handler == SIG_IGN) {
        sigaction(number, previous, NULL);
    }
}

void signals_watch(struct net *net)
{
    watched_net = net;
    watch(SIGINT, &previous_int);
    watch(SIGTERM, &previous_term);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &previous_pipe);
}

int signals_pending(void)
{
    return pending_signal;
}

void signals_restore(void)
{
    sigaction(SIGINT, &previous_int, NULL);
    sigaction(SIGTERM, &previous_term, NULL);
    sigaction(SIGPIPE, &previous_pipe, NULL);
    watched_net = NULL;
}
