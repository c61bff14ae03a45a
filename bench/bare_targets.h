/* What the bare loop connects to. */
#ifndef BENCH_BARE_TARGETS_H
#define BENCH_BARE_TARGETS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct bare_target {
    union {
        struct sockaddr base;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } address;
    const char *text; /* as written: 192.0.2.1:80 or [2001:db8::1]:80 */
};

struct bare_targets {
    struct bare_target *items;
    size_t count;
    char *text; /* what the items' texts are parts of */
};

/* From a file with a target a line; "-" is standard input. Says on standard error what is wrong;
 * nothing is to be freed then. */
bool bare_targets_read(struct bare_targets *targets, const char *path)
    __attribute__((warn_unused_result));

/* `count` addresses of one port, from `first` on: 192.0.2.1 or 2001:db8::1. Likewise. */
bool bare_targets_count(struct bare_targets *targets, const char *first, size_t count,
                        unsigned long port) __attribute__((warn_unused_result));

void bare_targets_free(struct bare_targets *targets);

socklen_t bare_target_size(const struct bare_target *target);

#endif
