/*
 * loopback_targets: something to check on a machine with no network.
 *
 *   loopback_targets [--open PORT] [--silent PORT]
 *
 * The open port accepts whatever comes. The silent one drops every SYN: its accept queue is full,
 * filled from here and never emptied. Prints "ready" once both behave; ends when its standard
 * input does, or on a signal.
 *
 * A backlog of 1, not 0: with 0 the kernel holds the SYN queue for full from the start, and
 * without SYN cookies it would drop the very connections that are to fill the accept queue.
 * A firewall rule would give silence as well, but takes root.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FILLERS_MAX = 16,
    FILLER_WAIT_MS = 200, /* a bound; on loopback an answered SYN is answered at once */
    OPEN_BACKLOG = 128,
};

struct options {
    long open_port; /* 0: not wanted */
    long silent_port;
};

static int fail(const char *what, long port)
{
    fprintf(stderr, "loopback_targets: %s 127.0.0.1:%ld: %s\n", what, port, strerror(errno));
    return -1;
}

static struct sockaddr_in loopback(long port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

static int listen_on(long port, int backlog)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, backlog) != 0)
        return fail("cannot listen on", port);
    return fd;
}

static int connect_to(long port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 && errno != EINPROGRESS))
        return fail("cannot connect to", port);
    return fd;
}

static struct tcp_info info_of(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof(info);

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        perror("loopback_targets: TCP_INFO");
    return info;
}

/* Of a listening socket TCP_INFO gives the accept queue's length and its limit. */
static bool queue_is_full(int listener)
{
    struct tcp_info info = info_of(listener);

    return info.tcpi_state == TCP_LISTEN && info.tcpi_unacked > info.tcpi_sacked;
}

/* The fillers stay open as long as we live: what they fill must not empty again. */
static int make_silent(int listener, long port)
{
    for (int i = 0; i < FILLERS_MAX; i++) {
        bool was_full = queue_is_full(listener);
        int fd = connect_to(port);

        if (fd < 0)
            return -1;
        if (was_full && info_of(fd).tcpi_state == TCP_SYN_SENT)
            return close(fd);
        poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, FILLER_WAIT_MS);
    }
    errno = ETIMEDOUT;
    return fail("cannot fill the accept queue of", port);
}

/* Accepts and drops until standard input ends; a negative listener is one that poll() skips. */
static void serve(int open_listener)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = open_listener, .events = POLLIN},
    };
    char ignored[64];

    while (poll(fds, 2, -1) > 0) {
        if (fds[0].revents != 0 && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
            return;
        if (fds[1].revents != 0) {
            int peer = accept(open_listener, NULL, NULL);
            if (peer >= 0)
                close(peer);
        }
    }
}

static bool parse_port(const char *text, long *port)
{
    char *end;

    *port = strtol(text, &end, 10);
    return end != text && *end == '\0' && *port >= 1 && *port <= 65535;
}

static bool parse_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i += 2) {
        long *port = strcmp(argv[i], "--open") == 0     ? &options->open_port
                     : strcmp(argv[i], "--silent") == 0 ? &options->silent_port
                                                        : NULL;

        if (port == NULL || i + 1 == argc || !parse_port(argv[i + 1], port))
            return false;
    }
    return options->open_port != 0 || options->silent_port != 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int open_listener = -1;
    int silent_listener = -1;

    if (!parse_options(argc, argv, &options)) {
        fputs("usage: loopback_targets [--open PORT] [--silent PORT]\n", stderr);
        return 64;
    }
    if (options.open_port != 0 && (open_listener = listen_on(options.open_port, OPEN_BACKLOG)) < 0)
        return EXIT_FAILURE;
    if (options.silent_port != 0 && ((silent_listener = listen_on(options.silent_port, 1)) < 0 ||
                                     make_silent(silent_listener, options.silent_port) != 0))
        return EXIT_FAILURE;
    puts("ready");
    if (fflush(stdout) != 0)
        return EXIT_FAILURE;
    serve(open_listener);
    return EXIT_SUCCESS;
}
