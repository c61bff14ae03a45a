/* A handler has no argument of ours, so this is the one place with state of its own. */
#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "cli/exit.h"

static struct net *volatile watched_net;
static volatile sig_atomic_t pending_signal;
static volatile sig_atomic_t first_signal_s; /* when it came, monotonic */
static volatile sig_atomic_t is_report_wanted;
static struct sigaction previous_int;
static struct sigaction previous_term;
static struct sigaction previous_pipe;
static struct sigaction previous_file_size;

/* timeout(1) and terminals send to the process and then to its group, so that one signal comes
 * twice: only one that comes later is somebody who has lost patience. */
static bool is_repeated(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > first_signal_s + 1;
}

static void note_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    first_signal_s = (sig_atomic_t)now.tv_sec;
}

/* All that is called here is async-signal-safe (signal-safety(7)). */
static void on_signal(int number)
{
    int saved = errno;
    if (pending_signal == 0) {
        pending_signal = number;
        note_time();
    } else if (is_repeated()) {
        signal(number, SIG_DFL);
        raise(number);
    }
    if (watched_net != NULL) {
        net_wake(watched_net);
    }
    errno = saved;
}

static void on_report(int number)
{
    int saved = errno;
    (void)number;
    is_report_wanted = 1;
    if (watched_net != NULL) {
        net_wake(watched_net);
    }
    errno = saved;
}

/* A SIGINT that was ignored when we were started (nohup, a background job of a shell)
 * stays ignored. */
static void watch(int number, struct sigaction *previous)
{
    struct sigaction action = {.sa_handler = on_signal};
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
}

/* What it interrupts (the wait for a lock, or for the reader of a FIFO) goes on. */
void signals_watch_report(void)
{
    struct sigaction action = {.sa_handler = on_report, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
}

bool signals_take_report(void)
{
    bool is_wanted = is_report_wanted != 0;
    is_report_wanted = 0;
    return is_wanted;
}

bool signals_have_come(void)
{
    return pending_signal != 0;
}

int signals_exit_code(void)
{
    if (pending_signal == 0) {
        return EXIT_OK;
    }
    return pending_signal == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED;
}

void signals_restore(void)
{
    sigaction(SIGINT, &previous_int, NULL);
    sigaction(SIGTERM, &previous_term, NULL);
    watched_net = NULL;
}

void signals_ignore_pipe(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &previous_pipe);
    sigaction(SIGXFSZ, &ignore, &previous_file_size);
}

void signals_restore_pipe(void)
{
    sigaction(SIGPIPE, &previous_pipe, NULL);
    sigaction(SIGXFSZ, &previous_file_size, NULL);
}
