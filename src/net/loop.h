/* Readiness, the clock and the way to wake a thread that waits. One thread,
 * but for loop_wake(). */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#define LOOP_BATCH 256

/* Who registered a descriptor; comes back with each of its events. */
enum loop_owner { LOOP_WAKE, LOOP_CONN, LOOP_NAME_SERVER };

struct loop_ready {
    enum loop_owner owner;
    uint32_t key; /* the owner's, below 1 << 24 */
    uint32_t fd_or_index;
    uint32_t events; /* EPOLLIN and its like */
};

struct loop {
    int epoll_fd;
    int wake_fd;
    bool has_no_pwait2; /* the kernel lacks epoll_pwait2(2), or a sandbox forbids it */
    int count;
    struct epoll_event ready[LOOP_BATCH];
};

/* Returns 0 or a negative errno. */
int loop_init(struct loop *loop) __attribute__((warn_unused_result));
void loop_fini(struct loop *loop);

/* CLOCK_MONOTONIC. */
int64_t loop_now_ns(void);

/* Has events of fd reported; `key` and `fd_or_index` come back as they are. Closing the
 * descriptor ends that. Returns 0 or a negative errno. */
int loop_watch(struct loop *loop, int fd, uint32_t events, enum loop_owner owner, uint32_t key,
               uint32_t fd_or_index) __attribute__((warn_unused_result));
/* The same for a descriptor that is watched already. */
int loop_rewatch(struct loop *loop, int fd, uint32_t events, enum loop_owner owner, uint32_t key,
                 uint32_t fd_or_index) __attribute__((warn_unused_result));
void loop_unwatch(struct loop *loop, int fd);

/* Waits until until_ns (INT64_MAX: without end; a moment that has passed: not
 * at all) for events, a wake-up or a signal. Returns how many events there are:
 * loop_ready() tells each. */
int loop_wait(struct loop *loop, int64_t until_ns);
struct loop_ready loop_ready(const struct loop *loop, int index);

/* Makes loop_wait() return. From any thread, or a signal handler. */
void loop_wake(struct loop *loop);

#endif
