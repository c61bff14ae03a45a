/* A program whose loop comes late: STALL_MS of sleep at each turn, STALL_WHERE "before" it asks the
 * kernel what has happened or "after" it was told. */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

static bool is_where(const char *where)
{
    const char *wanted = getenv("STALL_WHERE");
    return wanted != NULL && strcmp(wanted, where) == 0;
}

static void stall(void)
{
    const char *text = getenv("STALL_MS");
    long ms = text == NULL ? 0 : strtol(text, NULL, 10);
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the header's are reserved */
int epoll_pwait2(int fd, struct epoll_event *events, int size, const struct timespec *timeout,
                 const sigset_t *mask)
{
    static int (*real)(int, struct epoll_event *, int, const struct timespec *, const sigset_t *);
    if (real == NULL)
        real = (int (*)(int, struct epoll_event *, int, const struct timespec *,
                        const sigset_t *))dlsym(RTLD_NEXT, "epoll_pwait2");
    if (is_where("before"))
        stall();
    int count = real(fd, events, size, timeout, mask);
    int saved_errno = errno;
    if (is_where("after"))
        stall();
    errno = saved_errno;
    return count;
}
