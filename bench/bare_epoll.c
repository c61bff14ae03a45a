/* bare_epoll: what a connection check costs when it does nothing but connect.
 *
 * A socket a check: socket, connect, epoll, SO_ERROR, where asked for TCP_INFO, close with a reset.
 * It is what `tcpcheck run` is measured against, for speed and for accuracy, so it must be as fast
 * and as truthful as a plain loop can be. No names, no retries, no deadline, no cause of a failure
 * beyond its errno.
 *
 * With --recycle a socket goes on after its check: two calls of connect(2) where it was refused,
 * three where it opened. That is the limit that the kernel sets to whoever makes these calls for
 * each check and does not wait in them. To ask SO_ERROR, and disconnect with AF_UNSPEC, was
 * rejected: it takes one more of a refused socket. Blocking calls were, too: over loopback they
 * take one less and were no faster, and anywhere else a check would wait for the one before it. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bare_options.h"
#include "bare_report.h"
#include "bare_targets.h"

enum {
    EVENTS_MAX = 512,
    STARTS_MAX = 64, /* between two looks at what has happened */
    SPARE_DESCRIPTORS = 16,
    EXIT_SILENT = 1,
    EXIT_USAGE = 64,
    EXIT_INPUT = 66,
    EXIT_KERNEL = 70,
    EXIT_OUTPUT = 74,
};

#define NS_PER_S    INT64_C(1000000000)
#define WATCHDOG_NS (10 * NS_PER_S)

struct check {
    const struct bare_target *target; /* NULL: none, it is free */
    int64_t started_ns;
    int fd;             /* -1: none; of a free one, a socket that waits for the next */
    sa_family_t family; /* of the socket */
    bool is_watched;
    uint32_t next_free;
};

struct bare_loop {
    struct bare_options options;
    const struct bare_targets *targets;
    struct check *checks; /* options.in_flight of them */
    uint32_t first_free;
    int epoll_fd;
    size_t started;
    size_t in_flight;
    int64_t begun_ns;
    int64_t heard_ns; /* when something last happened */
    struct bare_report report;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- sockets ----------------------------------------------------------- */

static void close_socket(struct check *check)
{
    close(check->fd);
    check->fd = -1;
    check->is_watched = false;
}

/* Returns 0 or an errno. */
static int take_socket(struct check *check, sa_family_t family)
{
    if (check->fd >= 0 && check->family != family)
        close_socket(check);
    if (check->fd < 0)
        check->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check->family = family;
    return check->fd >= 0 ? 0 : errno;
}

/* Ends an open connection by a reset, and leaves the socket as if it had never been connected. */
static bool disconnect(int fd)
{
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    return connect(fd, &none, sizeof(none)) == 0;
}

/* A socket that was refused is free to go on already: ask_again() has seen to that. */
static void release_socket(const struct bare_loop *loop, struct check *check, int error)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    if (loop->options.is_recycling &&
        (error == ECONNREFUSED || (error == 0 && disconnect(check->fd))))
        return;
    if (error == 0)
        setsockopt(check->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close_socket(check);
}

/* Returns 0 when it is open, or an errno. */
static int ask_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof(error);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

/* connect(2) while a connection is being made tells what has become of it, EALREADY while nothing
 * has, and takes a socket that has failed back to where it began: SO_ERROR and AF_UNSPEC in one. */
static int ask_again(const struct check *check)
{
    const struct bare_target *target = check->target;
    return connect(check->fd, &target->address.base, bare_target_size(target)) == 0 ? 0 : errno;
}

/* ---- one check --------------------------------------------------------- */

static void ask_kernel(int fd, struct bare_result *result)
{
    struct tcp_info info;
    socklen_t length = sizeof(info);
    if (getsockopt(fd, SOL_TCP, TCP_INFO, &info, &length) != 0)
        return;
    result->has_info = true;
    result->rtt_us = info.tcpi_rtt;
    result->retransmits = info.tcpi_total_retrans;
}

static void end_check(struct bare_loop *loop, struct check *check, int error)
{
    loop->heard_ns = now_ns();
    struct bare_result result = {
        .target = check->target, .error = error, .wall_ns = loop->heard_ns - check->started_ns};
    if (error == 0 && loop->options.has_tcp_info)
        ask_kernel(check->fd, &result);
    release_socket(loop, check, error);
    bare_report_add(&loop->report, &result);
    check->target = NULL;
    check->next_free = loop->first_free;
    loop->first_free = (uint32_t)(check - loop->checks);
    loop->in_flight--;
}

/* Returns whether the check has ended. */
static bool look(struct bare_loop *loop, struct check *check)
{
    int error = loop->options.is_recycling ? ask_again(check) : ask_error(check->fd);
    if (error == EALREADY)
        return false;
    end_check(loop, check, error);
    return true;
}

/* Returns 0 or an errno. */
static int watch(const struct bare_loop *loop, struct check *check)
{
    struct epoll_event event = {.events = EPOLLOUT | EPOLLET,
                                .data.u32 = (uint32_t)(check - loop->checks)};
    if (check->is_watched)
        return 0;
    check->is_watched = epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, check->fd, &event) == 0;
    return check->is_watched ? 0 : errno;
}

/* Returns 0 or an errno of the kernel's that no target is to blame for. */
static int start_check(struct bare_loop *loop)
{
    const struct bare_target *target = &loop->targets->items[loop->started];
    struct check *check = &loop->checks[loop->first_free];
    int error = take_socket(check, target->address.base.sa_family);
    if (error != 0)
        return error;
    loop->first_free = check->next_free;
    loop->started++;
    loop->in_flight++;
    check->target = target;
    check->started_ns = now_ns();
    error = connect(check->fd, &target->address.base, bare_target_size(target)) == 0 ? EINPROGRESS
                                                                                     : errno;
    if (error != EINPROGRESS) {
        end_check(loop, check, error);
        return 0;
    }
    /* Over loopback the kernel has mostly decided by now. */
    if (loop->options.is_recycling && look(loop, check))
        return 0;
    return watch(loop, check);
}

/* ---- all of them ------------------------------------------------------- */

/* When the next one may start; INT64_MAX: no more of them, or none until one ends. */
static int64_t next_start_ns(const struct bare_loop *loop)
{
    const struct bare_options *options = &loop->options;
    if (loop->started == loop->targets->count || loop->in_flight == options->in_flight)
        return INT64_MAX;
    if (options->rate_per_s == 0)
        return loop->begun_ns;
    int64_t rate = (int64_t)options->rate_per_s;
    int64_t nth = (int64_t)loop->started;
    return loop->begun_ns + nth / rate * NS_PER_S + nth % rate * NS_PER_S / rate;
}

static int start_due(struct bare_loop *loop)
{
    int error = 0;
    int64_t due_ns = next_start_ns(loop);
    for (int i = 0; i < STARTS_MAX && error == 0 && due_ns <= now_ns(); i++) {
        error = start_check(loop);
        due_ns = next_start_ns(loop);
    }
    return error;
}

/* An event is a hint to look: of a socket that goes on, it may be one of an earlier connection. */
static void hear(struct bare_loop *loop, const struct epoll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        struct check *check = &loop->checks[events[i].data.u32];
        if (check->target != NULL)
            look(loop, check);
    }
}

/* Until something happens, the next may start, or the watchdog barks. */
static int wait_and_hear(struct bare_loop *loop)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t start_ns = next_start_ns(loop);
    int64_t bark_ns = loop->heard_ns + WATCHDOG_NS;
    int64_t left_ns = (start_ns < bark_ns ? start_ns : bark_ns) - now_ns();
    if (left_ns < 0)
        left_ns = 0;
    struct timespec timeout = {.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
    int count = epoll_pwait2(loop->epoll_fd, events, EVENTS_MAX, &timeout, NULL);
    if (count < 0)
        return errno == EINTR ? 0 : errno;
    hear(loop, events, count);
    return 0;
}

static bool is_silent(const struct bare_loop *loop)
{
    return loop->in_flight > 0 && now_ns() - loop->heard_ns >= WATCHDOG_NS;
}

/* Returns 0 or an errno. */
static int check_all(struct bare_loop *loop)
{
    int error = 0;
    loop->begun_ns = now_ns();
    loop->heard_ns = loop->begun_ns;
    while (error == 0 && !is_silent(loop) &&
           (loop->started < loop->targets->count || loop->in_flight > 0)) {
        error = start_due(loop);
        if (error == 0 && (loop->in_flight > 0 || loop->started < loop->targets->count))
            error = wait_and_hear(loop);
    }
    return error;
}

static void print_count(const struct bare_loop *loop)
{
    const struct bare_report *report = &loop->report;
    double seconds = (double)(now_ns() - loop->begun_ns) / (double)NS_PER_S;
    fprintf(stderr,
            "checks=%zu open=%zu refused=%zu failed=%zu silent=%zu seconds=%.3f per_second=%.0f\n",
            loop->started, report->open, report->refused, report->failed, loop->in_flight, seconds,
            (double)loop->started / seconds);
}

/* ---- around it --------------------------------------------------------- */

static void raise_descriptor_limit(unsigned long in_flight)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= in_flight + SPARE_DESCRIPTORS)
        return;
    limit.rlim_cur = in_flight + SPARE_DESCRIPTORS;
    if (limit.rlim_max < limit.rlim_cur)
        limit.rlim_max = limit.rlim_cur;
    setrlimit(RLIMIT_NOFILE, &limit); /* where it cannot be, socket(2) will tell */
}

static bool open_loop(struct bare_loop *loop)
{
    size_t count = loop->options.in_flight;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->checks = calloc(count, sizeof(*loop->checks));
    if (loop->epoll_fd < 0 || loop->checks == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        loop->checks[i].fd = -1;
        loop->checks[i].next_free = (uint32_t)i + 1;
    }
    return true;
}

static int fail(int status, int error)
{
    fprintf(stderr, "bare_epoll: %s\n", strerror(error));
    return status;
}

static int run(const struct bare_options *options, const struct bare_targets *targets)
{
    static struct bare_loop loop;
    int status = EXIT_SUCCESS;
    loop.options = *options;
    loop.targets = targets;
    loop.report.is_quiet = options->is_quiet;
    raise_descriptor_limit(options->in_flight);
    int error = open_loop(&loop) ? check_all(&loop) : ENOMEM;
    if (error != 0)
        status = fail(EXIT_KERNEL, error);
    else if (loop.in_flight > 0)
        status = EXIT_SILENT;
    error = bare_report_finish(&loop.report);
    if (error != 0)
        status = fail(EXIT_OUTPUT, error);
    print_count(&loop);
    free(loop.checks);
    if (loop.epoll_fd >= 0)
        close(loop.epoll_fd);
    return status;
}

static bool read_targets(struct bare_targets *targets, int argc, char **argv, int *status)
{
    unsigned long count;
    unsigned long port;
    *status = EXIT_INPUT;
    if (argc == 1)
        return bare_targets_read(targets, argv[0]);
    if (argc == 3 && bare_number(argv[1], UINT32_MAX, &count) &&
        bare_number(argv[2], UINT16_MAX, &port))
        return bare_targets_count(targets, argv[0], count, port);
    *status = EXIT_USAGE;
    fputs(bare_usage, stderr);
    return false;
}

int main(int argc, char **argv)
{
    struct bare_options options;
    struct bare_targets targets;
    int status = EXIT_USAGE;
    if (!bare_options_parse(&options, argc, argv)) {
        fputs(bare_usage, stderr);
        return EXIT_USAGE;
    }
    if (!read_targets(&targets, argc - optind, argv + optind, &status))
        return status;
    status = run(&options, &targets);
    bare_targets_free(&targets);
    return status;
}
