/* measured: runs a program and says what it took.
 *
 * Small, because a process begins its life with the peak memory of the one that made it: measured
 * from Python, nothing would ever take less than Python does. The clock starts right before the
 * program is made and stops when the kernel says that it has ended. GNU time(1) does the same to
 * the hundredth of a second only. */
#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 64, EXIT_KERNEL = 70, STATUS_SIGNAL = 128 };

#define NS_PER_S INT64_C(1000000000)
#define US_PER_S INT64_C(1000000)

static const char usage[] =
    "usage: measured FILE CPUS PROGRAM [ARGUMENT...]\n"
    "Runs the program on CPUS (0,1,...; - is all that there are) and writes into FILE:\n"
    "  STATUS WALL-NS USER-US SYSTEM-US PEAK-KIB\n"
    "of the program and all that it waited for.\n";

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t to_us(const struct timeval *time)
{
    return time->tv_sec * US_PER_S + time->tv_usec;
}

/* A program takes its CPUs from the one that makes it. */
static bool stay_on(const char *cpus)
{
    cpu_set_t set;
    char *end;
    if (strcmp(cpus, "-") == 0)
        return true;
    CPU_ZERO(&set);
    do {
        unsigned long cpu = strtoul(cpus, &end, 10);
        if (end == cpus || cpu >= CPU_SETSIZE)
            return false;
        CPU_SET(cpu, &set);
        cpus = end + 1;
    } while (*end == ',');
    return *end == '\0' && sched_setaffinity(0, sizeof(set), &set) == 0;
}

static int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

/* Returns 0 or an errno. */
static int run(FILE *out, char **argv)
{
    struct rusage usage_of_it;
    int status;
    pid_t pid;
    int64_t began_ns = now_ns();
    int error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
    if (error != 0)
        return error;
    while (wait4(pid, &status, 0, &usage_of_it) < 0)
        if (errno != EINTR)
            return errno;
    int64_t wall_ns = now_ns() - began_ns;
    fprintf(out, "%d %ld %ld %ld %ld\n", status_of(status), (long)wall_ns,
            (long)to_us(&usage_of_it.ru_utime), (long)to_us(&usage_of_it.ru_stime),
            usage_of_it.ru_maxrss);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4 || !stay_on(argv[2])) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    FILE *out = fopen(argv[1], "we");
    int error = out == NULL ? errno : run(out, argv + 3);
    if (out != NULL && fclose(out) != 0 && error == 0)
        error = errno;
    if (error == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "measured: %s: %s\n", argv[3], strerror(error));
    return EXIT_KERNEL;
}
