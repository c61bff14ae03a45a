/* Every class that an observation can fall into stands here at least once. A table, so that what is
 * tried beside what is expected can be seen at one glance; hence also the macros, since
 * a constant cannot be made by a function. */
#include "ending.h"

#include <errno.h>

#include "core/duration.h"
#include "virtual_net.h"

#define MS(number) ((number)*NS_PER_MS)
#define S(number)  ((number)*NS_PER_S)

#define BIT(outcome) (UINT32_C(1) << (outcome))
#define BUSY         BIT(TCPCHECK_SOURCE_PORT_BUSY)

#define FAILS(at_, error_)                                    \
    {                                                         \
        .kind = VIRTUAL_ERROR, .at = (at_), .error = (error_) \
    }
#define ICMP(type_, code_)                                                                      \
    {                                                                                           \
        .kind = VIRTUAL_ICMP, .error = EHOSTUNREACH, .icmp_type = (type_), .icmp_code = (code_) \
    }
#define HERE(type_, code_)                                                                       \
    {                                                                                            \
        .kind = VIRTUAL_ICMP, .error = EHOSTUNREACH, .is_from_here = true, .icmp_type = (type_), \
        .icmp_code = (code_)                                                                     \
    }

/* The first ones are what most hosts do most of the time. */
static const struct ending endings[] = {
    {FAMILY_ANY, {.kind = VIRTUAL_OPEN}, MS(300), TCPCHECK_OPEN, 0},
    {FAMILY_ANY, {.kind = VIRTUAL_OPEN, .closing_ns = MS(800)}, S(1), TCPCHECK_OPEN, 0},
    {FAMILY_ANY,
     {.kind = VIRTUAL_OPEN, .after_ns = S(1), .is_repeated = true},
     S(2),
     TCPCHECK_OPEN,
     0},
    {FAMILY_ANY, {.kind = VIRTUAL_REFUSE, .error = ECONNREFUSED}, S(1), TCPCHECK_REFUSED, 0},
    {FAMILY_ANY, {.kind = VIRTUAL_OPEN, .unheard_ns = S(2)}, S(4), TCPCHECK_OPEN, 0},
    {FAMILY_ANY, {.kind = VIRTUAL_OPEN, .noticed_ns = MS(3)}, MS(50), TCPCHECK_OPEN, 0},
    {FAMILY_ANY, {.kind = VIRTUAL_REFUSE, .error = ECONNREFUSED}, 0, TCPCHECK_REFUSED, 0},
    {FAMILY_ANY, {.kind = VIRTUAL_SILENCE}, 0, TCPCHECK_TIMEOUT, 0},
    {FAMILY_ANY,
     {.kind = VIRTUAL_OPEN, .hold_end = HOLD_RESET, .held_ns = MS(700)},
     S(1),
     TCPCHECK_OPEN,
     BIT(TCPCHECK_RESET_EARLY)},
    {FAMILY_ANY,
     {.kind = VIRTUAL_OPEN, .hold_end = HOLD_CLOSED, .held_ns = MS(1), .closing_ns = MS(20)},
     S(1),
     TCPCHECK_OPEN,
     BIT(TCPCHECK_CLOSED_EARLY)},
    {FAMILY_ANY, FAILS(OBSERVED_ASYNC, ECONNRESET), S(1), TCPCHECK_OPEN, 0},
    {FAMILY_ANY, FAILS(OBSERVED_ASYNC, ETIMEDOUT), S(4), TCPCHECK_TIMEOUT, 0},
    {FAMILY_ANY, FAILS(OBSERVED_ASYNC, EHOSTUNREACH), S(3), TCPCHECK_HOST_UNREACHABLE, 0},
    {FAMILY_ANY, FAILS(OBSERVED_ASYNC, ENETUNREACH), S(1), TCPCHECK_NET_UNREACHABLE, 0},
    {FAMILY_ANY, FAILS(OBSERVED_ASYNC, EACCES), S(1), TCPCHECK_FILTERED, 0},
    {FAMILY_ANY, FAILS(OBSERVED_ASYNC, EPROTO), S(1), TCPCHECK_ICMP_OTHER, 0},
    {FAMILY_IPV4, ICMP(3, 0), S(3), TCPCHECK_NET_UNREACHABLE, 0},
    {FAMILY_IPV4, ICMP(3, 1), S(4), TCPCHECK_HOST_UNREACHABLE, 0},
    {FAMILY_IPV4, ICMP(3, 2), S(1), TCPCHECK_ICMP_OTHER, 0},
    {FAMILY_IPV4, ICMP(3, 3), S(1), TCPCHECK_REFUSED_ICMP, 0},
    {FAMILY_IPV4, ICMP(3, 13), S(1), TCPCHECK_FILTERED, 0},
    {FAMILY_IPV4, ICMP(11, 0), S(1), TCPCHECK_TTL_EXCEEDED, 0},
    {FAMILY_IPV4, HERE(3, 13), MS(1), TCPCHECK_LOCAL_FIREWALL, 0},
    {FAMILY_IPV6, ICMP(1, 0), S(3), TCPCHECK_NET_UNREACHABLE, 0},
    {FAMILY_IPV6, ICMP(1, 1), S(1), TCPCHECK_FILTERED, 0},
    {FAMILY_IPV6, ICMP(1, 3), S(4), TCPCHECK_HOST_UNREACHABLE, 0},
    {FAMILY_IPV6, ICMP(1, 4), S(1), TCPCHECK_REFUSED_ICMP, 0},
    {FAMILY_IPV6, ICMP(3, 0), S(1), TCPCHECK_TTL_EXCEEDED, 0},
    {FAMILY_IPV6, ICMP(4, 0), S(1), TCPCHECK_ICMP_OTHER, 0},
    {FAMILY_IPV6, HERE(1, 1), MS(1), TCPCHECK_LOCAL_FIREWALL, 0},
    {FAMILY_ANY, FAILS(OBSERVED_SOCKET, EACCES), 0, TCPCHECK_PERMISSION, 0},
    {FAMILY_ANY, FAILS(OBSERVED_SOCKET, ENODEV), 0, TCPCHECK_SOURCE_UNAVAILABLE, 0},
    {FAMILY_ANY, FAILS(OBSERVED_BIND, EADDRINUSE), 0, TCPCHECK_PORTS_EXHAUSTED, BUSY},
    {FAMILY_ANY, FAILS(OBSERVED_BIND, EADDRNOTAVAIL), 0, TCPCHECK_SOURCE_UNAVAILABLE, 0},
    {FAMILY_ANY, FAILS(OBSERVED_CONNECT, EADDRNOTAVAIL), 0, TCPCHECK_PORTS_EXHAUSTED, BUSY},
    {FAMILY_ANY, FAILS(OBSERVED_CONNECT, ENETUNREACH), 0, TCPCHECK_NO_ROUTE, 0},
    {FAMILY_ANY, FAILS(OBSERVED_CONNECT, EINVAL), 0, TCPCHECK_LOCAL_CONFIG, 0},
    {FAMILY_ANY, FAILS(OBSERVED_CONNECT, EACCES), 0, TCPCHECK_PERMISSION, 0},
    {FAMILY_ANY, FAILS(OBSERVED_CONNECT, ENOBUFS), 0, TCPCHECK_RESOURCE, 0},
    {FAMILY_ANY, FAILS(OBSERVED_CONNECT, EAFNOSUPPORT), 0, TCPCHECK_INTERNAL, 0},
};

#define ENDINGS       (sizeof(endings) / sizeof(endings[0]))
#define USUAL_ENDINGS 4

const struct ending *ending_draw(uint64_t *random, enum family family)
{
    const struct ending *ending;
    uint64_t count = virtual_random(random, 2) == 0 ? USUAL_ENDINGS : ENDINGS;
    do {
        ending = &endings[virtual_random(random, count)];
    } while (ending->family != FAMILY_ANY && ending->family != family);
    return ending;
}
