/* A name server that follows a script, over UDP and TCP, in a thread of its own. */
#ifndef TESTS_KERNEL_DNS_PEER_H
#define TESTS_KERNEL_DNS_PEER_H

#include <stdbool.h>
#include <stdint.h>

#define DNS_PORT 53

enum dns_reply {
    REPLY_NXDOMAIN,
    REPLY_ADDRESS, /* 127.0.1.1 or ::1:1 */
    REPLY_NODATA,
    REPLY_SERVFAIL,
    REPLY_REFUSED,
    REPLY_NOTIMP,
    REPLY_FORMERR,
    REPLY_NOTAUTH, /* an rcode that nobody expects */
    REPLY_SILENCE,
    REPLY_SHORT,             /* three bytes */
    REPLY_EMPTY,             /* no bytes, then REPLY_ADDRESS */
    REPLY_WRONG_ID,          /* and nothing else */
    REPLY_WRONG_NAME,        /* and nothing else */
    REPLY_GARBAGE,           /* a record that ends before its end */
    REPLY_ALIAS,             /* a CNAME, and its address */
    REPLY_BARE_ALIAS,        /* a CNAME alone */
    REPLY_MANY,              /* 100 addresses; too many for UDP */
    REPLY_TRUNCATED,         /* over UDP; REPLY_ADDRESS over TCP */
    REPLY_TRUNCATED_SILENCE, /* over UDP; silence over TCP */
    REPLY_COUNT
};

struct dns_script {
    const char *name; /* NULL ends the script; a name that is not in it does not exist */
    enum dns_reply a;
    enum dns_reply aaaa;
    uint32_t ttl_s; /* of the addresses, or of the alias: its address has a minute */
};

struct dns_peer;

/* Serves at address:53 until it is stopped. Aborts where it cannot. */
struct dns_peer *dns_peer_start(const char *address, const struct dns_script *script, bool has_tcp);
void dns_peer_stop(struct dns_peer *peer);

/* The queries so far, in order, without the root's dot: "a.example/1 a.example/28/tcp ". The
 * caller's to free(). */
char *dns_peer_log(struct dns_peer *peer);

#endif
