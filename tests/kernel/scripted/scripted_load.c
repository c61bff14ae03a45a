/*
 * scripted_load: as many connects as a scripted network is to carry, and what became of each.
 *
 *   scripted_load FIRST_ADDRESS ADDRESSES PORT CONNECTS IN_FLIGHT
 *
 * A bare epoll loop: a socket a connect, IN_FLIGHT at a time, to ADDRESSES addresses in turn from the
 * first on; what opens is closed with a reset. Prints one line:
 *
 *   opened=N refused=N failed=N silent=N seconds=S per_second=N
 *
 * silent: still waiting when nothing had happened for WATCHDOG_MS. Exits with 1 if there are any, with
 * 70 where the kernel refuses a socket or a connect.
 *
 * It measures the network, not the programs: no TCP_INFO, no deadline, nothing shared with them.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ip_address.h"
#include "monotonic.h"

enum {
    EVENTS_MAX = 512,
    WATCHDOG_MS = 10000,
    EXIT_USAGE = 64,
    EXIT_KERNEL = 70,
};

union any_address {
    struct sockaddr base;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

struct load {
    struct ip_address first;
    unsigned long addresses;
    unsigned long port;
    unsigned long connects;
    unsigned long in_flight_most;
    int epoll_fd;
    unsigned long started;
    unsigned long in_flight;
    unsigned long opened;
    unsigned long refused;
    unsigned long failed;
};

/* The first address and so many on, in its last 32 bits. */
static struct ip_address address_at(const struct ip_address *first, unsigned long offset)
{
    struct ip_address address = *first;
    unsigned long carry = offset;
    for (int i = 15; i >= 12; i--) {
        carry += address.bytes[i];
        address.bytes[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return address;
}

static socklen_t set_sockaddr(union any_address *any, const struct ip_address *address,
                              unsigned long port)
{
    *any = (union any_address){0};
    if (ip_address_is_ipv4(address)) {
        any->ipv4.sin_family = AF_INET;
        any->ipv4.sin_port = htons((uint16_t)port);
        memcpy(&any->ipv4.sin_addr, ip_address_wire(address), sizeof(any->ipv4.sin_addr));
        return sizeof(any->ipv4);
    }
    any->ipv6.sin6_family = AF_INET6;
    any->ipv6.sin6_port = htons((uint16_t)port);
    memcpy(&any->ipv6.sin6_addr, ip_address_wire(address), sizeof(any->ipv6.sin6_addr));
    return sizeof(any->ipv6);
}

/* Returns 0 or an errno. */
static int start_one(struct load *load)
{
    union any_address target;
    struct ip_address address = address_at(&load->first, load->started % load->addresses);
    socklen_t length = set_sockaddr(&target, &address, load->port);
    int fd = socket(target.base.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.fd = fd};
    bool is_going = connect(fd, &target.base, length) == 0 || errno == EINPROGRESS;
    if (!is_going || epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        int error = errno;
        close(fd);
        return error;
    }
    load->started++;
    load->in_flight++;
    return 0;
}

static void end_one(struct load *load, int fd)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    load->opened += error == 0;
    load->refused += error == ECONNREFUSED;
    load->failed += error != 0 && error != ECONNREFUSED;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(fd);
    load->in_flight--;
}

/* Returns 0 or an errno; what is still in flight then has been silent. */
static int run(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        while (load->in_flight < load->in_flight_most && load->started < load->connects) {
            int error = start_one(load);
            if (error != 0)
                return error;
        }
        if (load->in_flight == 0)
            return 0;
        int count = epoll_wait(load->epoll_fd, events, EVENTS_MAX, WATCHDOG_MS);
        if (count == 0)
            return 0;
        if (count < 0 && errno != EINTR)
            return errno;
        for (int i = 0; i < count; i++)
            end_one(load, events[i].data.fd);
    }
}

static bool parse_count(const char *text, unsigned long most, unsigned long *count)
{
    char *end;
    *count = strtoul(text, &end, 10);
    return *end == '\0' && *count >= 1 && *count <= most;
}

static bool parse_arguments(int argc, char **argv, struct load *load)
{
    *load = (struct load){0};
    return argc == 6 && ip_address_parse(argv[1], &load->first) &&
           parse_count(argv[2], 1UL << 24, &load->addresses) &&
           parse_count(argv[3], UINT16_MAX, &load->port) &&
           parse_count(argv[4], 1UL << 28, &load->connects) &&
           parse_count(argv[5], 1UL << 20, &load->in_flight_most);
}

static bool raise_descriptor_limit(unsigned long wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    if (limit.rlim_cur < wanted)
        limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted;
}

int main(int argc, char **argv)
{
    struct load load;
    if (!parse_arguments(argc, argv, &load)) {
        fputs("usage: scripted_load FIRST_ADDRESS ADDRESSES PORT CONNECTS IN_FLIGHT\n", stderr);
        return EXIT_USAGE;
    }
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (load.epoll_fd < 0 || !raise_descriptor_limit(load.in_flight_most + 16)) {
        fputs("scripted_load: not so many descriptors are allowed\n", stderr);
        return EXIT_KERNEL;
    }
    int64_t started_ns = monotonic_ns();
    int error = run(&load);
    double seconds = (double)(monotonic_ns() - started_ns) / 1e9;
    printf("opened=%lu refused=%lu failed=%lu silent=%lu seconds=%.3f per_second=%.0f\n",
           load.opened, load.refused, load.failed, load.in_flight, seconds,
           (double)load.started / seconds);
    if (error != 0) {
        fprintf(stderr, "scripted_load: %s\n", strerror(error));
        return EXIT_KERNEL;
    }
    return load.in_flight == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
