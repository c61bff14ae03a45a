/* Interrupts the program every 200 microseconds for as long as it runs: a system call that can be
 * interrupted, is. Without SA_RESTART, so that nothing is resumed behind the program's back. */
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

#define EVERY_US 200

static void ignore(int number)
{
    (void)number;
}

__attribute__((constructor)) static void start_storm(void)
{
    const struct sigaction action = {.sa_handler = ignore};
    const struct itimerval every = {{0, EVERY_US}, {0, EVERY_US}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}
