/* open_server: ports that open, and nothing else.
 *
 * Accepts whatever comes and closes it when its peer does; reads nothing, writes nothing. All
 * programs of a benchmark connect to it, so what it costs is the same for all of them; it is kept
 * small so that it is never what they wait for. Closing at once was considered: then the end of a
 * connection would come from here and not from the program that is measured. */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 256,
    ACCEPTS_MAX = 64, /* from one port before the next has its turn */
    BACKLOG = 65535,  /* the kernel makes it somaxconn at most */
    EXIT_USAGE = 64,
    EXIT_KERNEL = 70,
};

/* What an event is about: a file descriptor, and whether it is one of a port. */
#define PORT_FLAG (UINT64_C(1) << 32)

static bool watch(int epoll_fd, int fd, uint32_t events, uint64_t flag)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)fd | flag};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_port(int epoll_fd, uint16_t port)
{
    const int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
           bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
           listen(fd, BACKLOG) == 0 && watch(epoll_fd, fd, EPOLLIN, PORT_FLAG);
}

/* A connection that its peer has already reset is told of by the next epoll_wait(2). */
static void accept_some(int epoll_fd, int port_fd)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = accept4(port_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        if (!watch(epoll_fd, fd, EPOLLRDHUP | EPOLLET, 0))
            close(fd);
    }
}

/* Until standard input ends. */
static int serve(int epoll_fd)
{
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS_MAX, -1);
        if (count < 0 && errno != EINTR)
            return EXIT_KERNEL;
        for (int i = 0; i < count; i++) {
            int fd = (int)(events[i].data.u64 & ~PORT_FLAG);
            if (fd == STDIN_FILENO)
                return EXIT_SUCCESS;
            if ((events[i].data.u64 & PORT_FLAG) != 0)
                accept_some(epoll_fd, fd);
            else
                close(fd);
        }
    }
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
    unsigned long first = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (first == 0 || count == 0 || first + count > UINT16_MAX) {
        fputs("usage: open_server FIRST-PORT COUNT\n"
              "Says \"ready\" and accepts on 0.0.0.0 until its standard input, a pipe, ends.\n",
              stderr);
        return EXIT_USAGE;
    }
    raise_descriptor_limit();
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    bool is_open = epoll_fd >= 0 && watch(epoll_fd, STDIN_FILENO, EPOLLRDHUP, 0);
    for (unsigned long port = first; is_open && port < first + count; port++)
        is_open = open_port(epoll_fd, (uint16_t)port);
    if (!is_open) {
        fprintf(stderr, "open_server: %s\n", strerror(errno));
        return EXIT_KERNEL;
    }
    puts("ready");
    fflush(stdout);
    return serve(epoll_fd);
}
