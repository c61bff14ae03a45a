/* tcpcheck: can a TCP connection be made from here to there, how long does it
 * take, and if not, why not?
 *
 * The whole public interface of libtcpcheck. An engine runs many checks at
 * once in the thread that calls it; different threads may each own an engine.
 * It makes threads of its own (eight at most) only for checks that ask for
 * `resolver: system`, since getaddrinfo(3) cannot be waited for otherwise. The
 * library installs no signal handler, writes to no stream, and reads no file
 * but those that names need (/etc/resolv.conf, /etc/hosts, /etc/services, and
 * what getaddrinfo(3) reads).
 *
 * Ownership: what a function called ..._create returns is yours until you hand
 * it to the matching ..._destroy, and so is each result that
 * tcpcheck_engine_next_result() returns until tcpcheck_result_destroy().
 * Strings that a function returns belong to the object they were asked of and
 * live as long as it does. A check is copied when it is submitted.
 *
 * Times are int64_t nanoseconds. A function that can fail returns 0 or a
 * negative errno value (-EINVAL, -ENOMEM, ...) unless it says otherwise.
 */
#ifndef TCPCHECK_H
#define TCPCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TCPCHECK_VERSION "0.1.0"

#if defined(__GNUC__)
#define TCPCHECK_API      __attribute__((visibility("default")))
#define TCPCHECK_MUST_USE __attribute__((warn_unused_result))
#else
#define TCPCHECK_API
#define TCPCHECK_MUST_USE
#endif

/* What the network, or this host, did with an attempt. The numbers are part of
 * the ABI: new outcomes are added at the end. `tcpcheck explain` describes
 * each one. */
enum tcpcheck_outcome {
    TCPCHECK_OPEN = 0,
    TCPCHECK_REFUSED = 1,
    TCPCHECK_REFUSED_ICMP = 2,
    TCPCHECK_TIMEOUT = 3,
    TCPCHECK_DNS_NXDOMAIN = 4,
    TCPCHECK_DNS_NODATA = 5,
    TCPCHECK_NET_UNREACHABLE = 6,
    TCPCHECK_NO_ROUTE = 7,
    TCPCHECK_PERMISSION = 8,
    TCPCHECK_SOURCE_PORT_BUSY = 9,
    TCPCHECK_HOST_UNREACHABLE = 10,
    TCPCHECK_FILTERED = 11,
    TCPCHECK_TTL_EXCEEDED = 12,
    TCPCHECK_ICMP_OTHER = 13,
    TCPCHECK_LOCAL_FIREWALL = 14,
    TCPCHECK_RESET_EARLY = 15,
    TCPCHECK_CLOSED_EARLY = 16,
    TCPCHECK_DNS_TIMEOUT = 17,
    TCPCHECK_DNS_SERVFAIL = 18,
    TCPCHECK_DNS_REFUSED = 19,
    TCPCHECK_DNS_MALFORMED = 20,
    TCPCHECK_DNS_UNREACHABLE = 21,
    TCPCHECK_RESOURCE = 22,
    TCPCHECK_PORTS_EXHAUSTED = 23,
    TCPCHECK_SOURCE_UNAVAILABLE = 24,
    TCPCHECK_LOCAL_CONFIG = 25,
    TCPCHECK_NOT_ALLOWED = 26,
    TCPCHECK_CANCELLED = 27,
    TCPCHECK_INTERNAL = 28
};

/* What an outcome says of the target: it answers, it does not, or this host
 * could not find out. */
enum tcpcheck_verdict { TCPCHECK_UP = 0, TCPCHECK_DOWN = 1, TCPCHECK_UNKNOWN = 2 };

struct tcpcheck_engine;
struct tcpcheck_check;
struct tcpcheck_result;

/* The version of the library that is running, as in TCPCHECK_VERSION. */
TCPCHECK_API const char *tcpcheck_version(void);

/* The name of an outcome ("refused"), or "internal" for a number that is none. */
TCPCHECK_API const char *tcpcheck_outcome_name(enum tcpcheck_outcome outcome);

/* The message for people ("Connection refused"); "" for TCPCHECK_OPEN. */
TCPCHECK_API const char *tcpcheck_outcome_message(enum tcpcheck_outcome outcome);

/* What to do about it, in a sentence or two; "" for TCPCHECK_OPEN. */
TCPCHECK_API const char *tcpcheck_outcome_hint(enum tcpcheck_outcome outcome);

TCPCHECK_API enum tcpcheck_verdict tcpcheck_outcome_verdict(enum tcpcheck_outcome outcome);

/* ---- checks ----------------------------------------------------------- */

/* A check with every parameter at its default and neither host nor port.
 * NULL when memory is short. */
TCPCHECK_API struct tcpcheck_check *tcpcheck_check_create(void);
TCPCHECK_API void tcpcheck_check_destroy(struct tcpcheck_check *check);

/* Sets a parameter of tcpcheck-checks(5) ("host", "port", "timeout", ...) or
 * "name" from text, as a check file would: ("timeout", "1.5s"). Setting it again
 * replaces it. -ENOENT: no such parameter; -EINVAL: the value is not accepted;
 * -ENOMEM. After a failure the check is as before and
 * tcpcheck_check_error() says what was wrong. */
TCPCHECK_API TCPCHECK_MUST_USE int tcpcheck_check_set(struct tcpcheck_check *check,
                                                      const char *parameter, const char *text);

/* What the last failed call on this check found wrong; "" when none failed. */
TCPCHECK_API const char *tcpcheck_check_error(const struct tcpcheck_check *check);

/* ---- the engine ------------------------------------------------------- */

/* Set `size` to sizeof(struct tcpcheck_engine_options) and all else to zero
 * for the defaults; later versions add members at the end only. */
struct tcpcheck_engine_options {
    size_t size;
    /* Checks under way at once; 0 is 256. Fewer where RLIMIT_NOFILE is low. */
    uint32_t concurrency;
    /* Results kept until taken; 0 is 1024. While so many wait, nothing new starts. */
    uint32_t result_limit;
    /* Connects a second, in all and to one address; 0 is unlimited. */
    uint32_t rate;
    uint32_t host_rate;
    /* Connections to one address at once, and distinct ports of one address as long as the engine
     * lives: checks of others are TCPCHECK_NOT_ALLOWED. 0 is unlimited: the defaults of the
     * programs do not hold here. */
    uint32_t host_in_flight;
    uint32_t host_ports;
};

/* options may be NULL. -EINVAL: a size that this library does not know;
 * -ENOMEM, or what epoll_create1(2) and eventfd(2) say. */
TCPCHECK_API TCPCHECK_MUST_USE int tcpcheck_engine_create(
    struct tcpcheck_engine **engine, const struct tcpcheck_engine_options *options);

/* Ends what is under way without a result and frees results not taken. */
TCPCHECK_API void tcpcheck_engine_destroy(struct tcpcheck_engine *engine);

/* Has NAME mean these addresses, comma-separated, for every port, instead of
 * asking a name server: ("db.example.com", "10.0.0.5,2001:db8::5"). -EINVAL. */
TCPCHECK_API TCPCHECK_MUST_USE int tcpcheck_engine_resolve(struct tcpcheck_engine *engine,
                                                           const char *name, const char *addresses);

/* Hands in a copy of the check; `cookie` comes back with its result. The id,
 * which is never 0, is written to *id unless that is NULL. Checks wait in line
 * without limit. -EINVAL (host or port missing, parameters that exclude each
 * other: see tcpcheck_check_error()), -ENOMEM. */
TCPCHECK_API TCPCHECK_MUST_USE int tcpcheck_engine_submit(struct tcpcheck_engine *engine,
                                                          struct tcpcheck_check *check,
                                                          void *cookie, uint64_t *id);

/* Ends a check early; its result is TCPCHECK_CANCELLED with what is known. Looks
 * through all that have not ended. -ENOENT: it has ended already, or never was;
 * -ENOMEM, and it goes on. */
TCPCHECK_API int tcpcheck_engine_cancel(struct tcpcheck_engine *engine, uint64_t id);

/* A descriptor that polls readable when tcpcheck_engine_step() has work to do,
 * which may be so even after it has returned 0: for use in a poll loop of yours,
 * together with tcpcheck_engine_timeout(). It stays the same for the engine's life. */
TCPCHECK_API int tcpcheck_engine_fd(const struct tcpcheck_engine *engine);

/* How long until tcpcheck_engine_step() must be called even if the descriptor
 * does not become readable, in nanoseconds; 0 is now, -1 is never. */
TCPCHECK_API int64_t tcpcheck_engine_timeout(const struct tcpcheck_engine *engine);

/* Moves every check as far as it will go, waiting at most timeout_ns for
 * something to happen (0: does not wait; -1: without limit). It does not wait
 * either when a result has come since the last call, or when nothing can happen:
 * nothing is under way, and nothing waits that may start. Take the results after
 * each call: those that are left are not announced again. Returns 1 while checks
 * or closing connections are under way or waiting, 0 when there are none. */
TCPCHECK_API int tcpcheck_engine_step(struct tcpcheck_engine *engine, int64_t timeout_ns);

/* The next finished check, in the order in which they finished, or NULL. */
TCPCHECK_API struct tcpcheck_result *tcpcheck_engine_next_result(struct tcpcheck_engine *engine);

/* ---- results ---------------------------------------------------------- */

TCPCHECK_API void tcpcheck_result_destroy(struct tcpcheck_result *result);
TCPCHECK_API uint64_t tcpcheck_result_id(const struct tcpcheck_result *result);
TCPCHECK_API void *tcpcheck_result_cookie(const struct tcpcheck_result *result);
TCPCHECK_API enum tcpcheck_outcome tcpcheck_result_outcome(const struct tcpcheck_result *result);
TCPCHECK_API enum tcpcheck_verdict tcpcheck_result_verdict(const struct tcpcheck_result *result);
/* The expectation held, and no critical threshold was crossed. */
TCPCHECK_API bool tcpcheck_result_is_success(const struct tcpcheck_result *result);
/* A handshake finished. */
TCPCHECK_API bool tcpcheck_result_is_connected(const struct tcpcheck_result *result);
/* `response_time` of the result contract. */
TCPCHECK_API int64_t tcpcheck_result_response_time_ns(const struct tcpcheck_result *result);
/* Attempts made. */
TCPCHECK_API uint32_t tcpcheck_result_attempts(const struct tcpcheck_result *result);
/* The errno that the kernel gave, or 0. */
TCPCHECK_API int tcpcheck_result_errno(const struct tcpcheck_result *result);
/* The address that decided, without port, or "" when none was reached. */
TCPCHECK_API const char *tcpcheck_result_address(const struct tcpcheck_result *result);
/* The whole result as the one-line JSON object of tcpcheck(1), without a line
 * feed. NULL when memory is short. */
TCPCHECK_API const char *tcpcheck_result_json(struct tcpcheck_result *result);

#ifdef __cplusplus
}
#endif

#endif
