/* epoll(7), an eventfd(2) and the clock. Waits are exact to the nanosecond
 * that epoll_pwait2(2) takes: with epoll_wait(2)'s milliseconds a pacer could start
 * no more than a thousand connections a second, one at a time. Kernels before
 * 5.11 get the same through ppoll(2) on the epoll descriptor. */
#include "net/loop.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "core/duration.h"

#define OWNER_SHIFT 56
#define KEY_SHIFT   32
#define KEY_MASK    UINT32_C(0xffffff)

int loop_init(struct loop *loop)
{
    int error;
    *loop = (struct loop){.epoll_fd = -1, .wake_fd = -1};

    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0)
        return -errno;
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake_fd < 0) {
        error = -errno;
        goto fail;
    }
    /* Edge-triggered, each write is an event and nobody has to read. */
    error = loop_watch(loop, loop->wake_fd, EPOLLIN | EPOLLET, LOOP_WAKE, 0, 0);
    if (error < 0)
        goto fail;
    return 0;

fail:
    loop_fini(loop);
    return error;
}

void loop_fini(struct loop *loop)
{
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    loop->wake_fd = -1;
    loop->epoll_fd = -1;
}

int64_t loop_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int control(struct loop *loop, int operation, int fd, uint32_t events, uint64_t data)
{
    struct epoll_event event = {.events = events, .data.u64 = data};
    return epoll_ctl(loop->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

static uint64_t pack(enum loop_owner owner, uint32_t key, uint32_t fd_or_index)
{
    return (uint64_t)owner << OWNER_SHIFT | (uint64_t)(key & KEY_MASK) << KEY_SHIFT | fd_or_index;
}

int loop_watch(struct loop *loop, int fd, uint32_t events, enum loop_owner owner, uint32_t key,
               uint32_t fd_or_index)
{
    return control(loop, EPOLL_CTL_ADD, fd, events, pack(owner, key, fd_or_index));
}

int loop_rewatch(struct loop *loop, int fd, uint32_t events, enum loop_owner owner, uint32_t key,
                 uint32_t fd_or_index)
{
    return control(loop, EPOLL_CTL_MOD, fd, events, pack(owner, key, fd_or_index));
}

void loop_unwatch(struct loop *loop, int fd)
{
    (void)control(loop, EPOLL_CTL_DEL, fd, 0, 0);
}

static int wait_by_poll(struct loop *loop, const struct timespec *timeout)
{
    struct pollfd pollfd = {.fd = loop->epoll_fd, .events = POLLIN};
    int count = ppoll(&pollfd, 1, timeout, NULL);
    return count <= 0 ? count : epoll_wait(loop->epoll_fd, loop->ready, LOOP_BATCH, 0);
}

static int wait_for(struct loop *loop, const struct timespec *timeout)
{
    if (!loop->has_no_pwait2) {
        int count = epoll_pwait2(loop->epoll_fd, loop->ready, LOOP_BATCH, timeout, NULL);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM))
            return count;
        loop->has_no_pwait2 = true;
    }
    return wait_by_poll(loop, timeout);
}

int loop_wait(struct loop *loop, int64_t until_ns)
{
    struct timespec timeout = {0};
    if (until_ns != INT64_MAX) {
        int64_t left_ns = until_ns - loop_now_ns();
        if (left_ns > 0)
            timeout = (struct timespec){left_ns / NS_PER_S, left_ns % NS_PER_S};
    }
    int count = wait_for(loop, until_ns == INT64_MAX ? NULL : &timeout);
    /* A signal's handler may have something for the caller to see: come back to it. */
    loop->count = count < 0 ? 0 : count;
    return loop->count;
}

struct loop_ready loop_ready(const struct loop *loop, int index)
{
    uint64_t data = loop->ready[index].data.u64;
    return (struct loop_ready){
        .owner = (enum loop_owner)(data >> OWNER_SHIFT),
        .key = (uint32_t)(data >> KEY_SHIFT) & KEY_MASK,
        .fd_or_index = (uint32_t)data,
        .events = loop->ready[index].events,
    };
}

void loop_wake(struct loop *loop)
{
    static const uint64_t one = 1;
    int saved_errno = errno;
    /* It fails only when the counter is full, and then a wake-up is due anyway. */
    (void)!write(loop->wake_fd, &one, sizeof(one));
    errno = saved_errno;
}
