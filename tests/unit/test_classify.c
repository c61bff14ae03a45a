/* core/classify: every trigger of the table of outcomes, and what must not trigger. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/classify.h"
#include "core/outcome.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct address router = {.bytes = {10, 0, 0, 1}, .family = FAMILY_IPV4};
static const struct address own = {.bytes = {10, 0, 0, 9}, .port = 40312, .family = FAMILY_IPV4};

static void assert_class(const struct observation *observation, enum tcpcheck_outcome expected)
{
    assert_string_equal(outcome_info(classify(observation))->name, outcome_info(expected)->name);
}

/* What the kernel says late about a handshake that a message from `router` ended. */
static struct observation by_icmp(uint8_t version, uint8_t type, uint8_t code, int error)
{
    return (struct observation){
        .at = OBSERVED_ASYNC,
        .error = error,
        .source = own,
        .icmp =
            {.is_present = true, .version = version, .type = type, .code = code, .from = router},
    };
}

static void a_message_of_icmp_means_what_it_says(void **state)
{
    static const struct {
        uint8_t type, code;
        int error;
        enum tcpcheck_outcome expected;
    } cases[] = {
        {3, 0, ENETUNREACH, TCPCHECK_NET_UNREACHABLE},
        {3, 1, EHOSTUNREACH, TCPCHECK_HOST_UNREACHABLE},
        {3, 2, ENOPROTOOPT, TCPCHECK_ICMP_OTHER},
        {3, 3, ECONNREFUSED, TCPCHECK_REFUSED_ICMP},
        {3, 5, EOPNOTSUPP, TCPCHECK_ICMP_OTHER},
        {3, 6, ENETUNREACH, TCPCHECK_NET_UNREACHABLE},
        {3, 7, EHOSTDOWN, TCPCHECK_HOST_UNREACHABLE},
        {3, 8, ENONET, TCPCHECK_HOST_UNREACHABLE},
        {3, 9, ENETUNREACH, TCPCHECK_FILTERED},
        {3, 10, EHOSTUNREACH, TCPCHECK_FILTERED},
        {3, 11, ENETUNREACH, TCPCHECK_NET_UNREACHABLE},
        {3, 12, EHOSTUNREACH, TCPCHECK_HOST_UNREACHABLE},
        {3, 13, EHOSTUNREACH, TCPCHECK_FILTERED},
        {3, 14, EHOSTUNREACH, TCPCHECK_FILTERED},
        {3, 15, EHOSTUNREACH, TCPCHECK_FILTERED},
        {3, 16, EHOSTUNREACH, TCPCHECK_ICMP_OTHER},
        {11, 0, EHOSTUNREACH, TCPCHECK_TTL_EXCEEDED},
        {11, 2, EHOSTUNREACH, TCPCHECK_ICMP_OTHER},
        {12, 0, EPROTO, TCPCHECK_ICMP_OTHER},
        {42, 0, EHOSTUNREACH, TCPCHECK_ICMP_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen = by_icmp(4, cases[i].type, cases[i].code, cases[i].error);
        assert_class(&seen, cases[i].expected);
    }
}

static void a_message_of_icmpv6_means_what_it_says(void **state)
{
    static const struct {
        uint8_t type, code;
        int error;
        enum tcpcheck_outcome expected;
    } cases[] = {
        {1, 0, ENETUNREACH, TCPCHECK_NET_UNREACHABLE},
        {1, 1, EACCES, TCPCHECK_FILTERED},
        {1, 2, EHOSTUNREACH, TCPCHECK_HOST_UNREACHABLE},
        {1, 3, EHOSTUNREACH, TCPCHECK_HOST_UNREACHABLE},
        {1, 4, ECONNREFUSED, TCPCHECK_REFUSED_ICMP},
        {1, 5, EACCES, TCPCHECK_FILTERED},
        {1, 6, EACCES, TCPCHECK_FILTERED},
        {1, 7, EPROTO, TCPCHECK_ICMP_OTHER},
        {1, 8, EPROTO, TCPCHECK_ICMP_OTHER},
        {3, 0, EHOSTUNREACH, TCPCHECK_TTL_EXCEEDED},
        {3, 1, EHOSTUNREACH, TCPCHECK_ICMP_OTHER},
        {4, 0, EPROTO, TCPCHECK_ICMP_OTHER},
        {4, 1, EPROTO, TCPCHECK_ICMP_OTHER},
        {4, 2, EPROTO, TCPCHECK_ICMP_OTHER},
        {11, 0, EPROTO, TCPCHECK_ICMP_OTHER},
        {100, 0, EPROTO, TCPCHECK_ICMP_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen = by_icmp(6, cases[i].type, cases[i].code, cases[i].error);
        assert_class(&seen, cases[i].expected);
    }
}

/* They lie in the queue and have ended nothing: the errno that came later counts. */
static void a_message_that_the_kernel_ignores_decides_nothing(void **state)
{
    static const struct {
        uint8_t version, type, code;
    } cases[] = {
        {4, 3, 4}, {4, 4, 0}, {4, 5, 0}, {4, 5, 1}, {4, 11, 1}, {6, 2, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen =
            by_icmp(cases[i].version, cases[i].type, cases[i].code, ECONNREFUSED);
        assert_class(&seen, TCPCHECK_REFUSED);

        seen.error = 0;
        seen.at = OBSERVED_DEADLINE;
        seen.is_syn_sent = true;
        assert_class(&seen, TCPCHECK_TIMEOUT);
    }
}

static void an_errno_means_different_things_in_different_places(void **state)
{
    static const struct {
        enum observed_at at;
        int error;
        enum tcpcheck_outcome expected;
    } cases[] = {
        {OBSERVED_SOCKET, EACCES, TCPCHECK_PERMISSION},
        {OBSERVED_SOCKET, EPERM, TCPCHECK_PERMISSION},
        {OBSERVED_SOCKET, ENODEV, TCPCHECK_SOURCE_UNAVAILABLE},
        {OBSERVED_SOCKET, EMFILE, TCPCHECK_RESOURCE},
        {OBSERVED_SOCKET, ENFILE, TCPCHECK_RESOURCE},
        {OBSERVED_SOCKET, ENOBUFS, TCPCHECK_RESOURCE},
        {OBSERVED_SOCKET, ENOMEM, TCPCHECK_RESOURCE},
        {OBSERVED_SOCKET, EINVAL, TCPCHECK_INTERNAL},
        {OBSERVED_SOCKET, ENETUNREACH, TCPCHECK_INTERNAL},

        {OBSERVED_BIND, EACCES, TCPCHECK_PERMISSION},
        {OBSERVED_BIND, EPERM, TCPCHECK_PERMISSION},
        {OBSERVED_BIND, EADDRNOTAVAIL, TCPCHECK_SOURCE_UNAVAILABLE},
        {OBSERVED_BIND, ENODEV, TCPCHECK_SOURCE_UNAVAILABLE},
        {OBSERVED_BIND, EADDRINUSE, TCPCHECK_PORTS_EXHAUSTED},
        {OBSERVED_BIND, ENOMEM, TCPCHECK_RESOURCE},
        {OBSERVED_BIND, EINVAL, TCPCHECK_INTERNAL},

        {OBSERVED_CONNECT, EACCES, TCPCHECK_PERMISSION},
        {OBSERVED_CONNECT, EPERM, TCPCHECK_PERMISSION},
        {OBSERVED_CONNECT, ENETUNREACH, TCPCHECK_NO_ROUTE},
        {OBSERVED_CONNECT, EINVAL, TCPCHECK_LOCAL_CONFIG},
        {OBSERVED_CONNECT, EHOSTUNREACH, TCPCHECK_LOCAL_CONFIG},
        {OBSERVED_CONNECT, EADDRNOTAVAIL, TCPCHECK_PORTS_EXHAUSTED},
        {OBSERVED_CONNECT, ENODEV, TCPCHECK_SOURCE_UNAVAILABLE},
        {OBSERVED_CONNECT, ENOBUFS, TCPCHECK_RESOURCE},
        {OBSERVED_CONNECT, ECONNREFUSED, TCPCHECK_REFUSED},
        {OBSERVED_CONNECT, ETIMEDOUT, TCPCHECK_TIMEOUT},
        {OBSERVED_CONNECT, EAFNOSUPPORT, TCPCHECK_INTERNAL},

        {OBSERVED_ASYNC, ECONNREFUSED, TCPCHECK_REFUSED},
        {OBSERVED_ASYNC, ETIMEDOUT, TCPCHECK_TIMEOUT},
        {OBSERVED_ASYNC, ENETUNREACH, TCPCHECK_NET_UNREACHABLE},
        {OBSERVED_ASYNC, EHOSTUNREACH, TCPCHECK_HOST_UNREACHABLE},
        {OBSERVED_ASYNC, EHOSTDOWN, TCPCHECK_HOST_UNREACHABLE},
        {OBSERVED_ASYNC, ENONET, TCPCHECK_HOST_UNREACHABLE},
        {OBSERVED_ASYNC, EACCES, TCPCHECK_FILTERED},
        {OBSERVED_ASYNC, ENOPROTOOPT, TCPCHECK_ICMP_OTHER},
        {OBSERVED_ASYNC, EOPNOTSUPP, TCPCHECK_ICMP_OTHER},
        {OBSERVED_ASYNC, EPROTO, TCPCHECK_ICMP_OTHER},
        {OBSERVED_ASYNC, ENOBUFS, TCPCHECK_RESOURCE},
        {OBSERVED_ASYNC, EPERM, TCPCHECK_INTERNAL},
        {OBSERVED_ASYNC, EINVAL, TCPCHECK_INTERNAL},
        {OBSERVED_ASYNC, EADDRNOTAVAIL, TCPCHECK_INTERNAL},
        {OBSERVED_ASYNC, 0, TCPCHECK_INTERNAL},

        {OBSERVED_DEADLINE, 0, TCPCHECK_TIMEOUT},
        {OBSERVED_DEADLINE, ETIMEDOUT, TCPCHECK_TIMEOUT},
        {OBSERVED_DEADLINE, ECONNREFUSED, TCPCHECK_REFUSED},
        {OBSERVED_DEADLINE, EHOSTUNREACH, TCPCHECK_HOST_UNREACHABLE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen = {.at = cases[i].at, .error = cases[i].error};
        assert_class(&seen, cases[i].expected);
        assert_int_equal(classify_notes(&seen), 0);
    }
}

static void with_a_source_port_it_is_the_port_that_is_busy(void **state)
{
    static const struct {
        enum observed_at at;
        int error;
        enum tcpcheck_outcome expected;
    } cases[] = {
        {OBSERVED_BIND, EADDRINUSE, TCPCHECK_SOURCE_PORT_BUSY},
        {OBSERVED_CONNECT, EADDRNOTAVAIL, TCPCHECK_SOURCE_PORT_BUSY},
        {OBSERVED_BIND, EADDRNOTAVAIL, TCPCHECK_SOURCE_UNAVAILABLE},
        {OBSERVED_BIND, EACCES, TCPCHECK_PERMISSION},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen = {
            .at = cases[i].at, .error = cases[i].error, .has_source_port = true};
        assert_class(&seen, cases[i].expected);
    }
}

static void a_prohibit_route_is_no_lack_of_permission(void **state)
{
    struct observation seen = {.at = OBSERVED_CONNECT, .error = EACCES, .is_prohibit_route = true};
    (void)state;
    assert_class(&seen, TCPCHECK_LOCAL_CONFIG);
    seen.at = OBSERVED_BIND;
    assert_class(&seen, TCPCHECK_PERMISSION);
}

static void a_finished_handshake_is_open_wherever_it_is_seen(void **state)
{
    static const enum observed_at places[] = {OBSERVED_CONNECT, OBSERVED_ASYNC, OBSERVED_DEADLINE};
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        struct observation seen = {.at = places[i], .is_established = true};
        assert_class(&seen, TCPCHECK_OPEN);
        assert_int_equal(classify_notes(&seen), 0);
        seen.is_self_connected = true;
        assert_class(&seen, TCPCHECK_REFUSED);
        assert_int_equal(classify_notes(&seen), 0);
    }
}

/* With IP_RECVERR even a finished handshake is told of later messages. */
static void a_message_after_the_handshake_does_not_undo_it(void **state)
{
    struct observation seen = by_icmp(4, 3, 1, EHOSTUNREACH);
    (void)state;
    seen.is_established = true;
    assert_class(&seen, TCPCHECK_OPEN);
}

static void no_error_in_syn_sent_is_not_open(void **state)
{
    struct observation seen = {.at = OBSERVED_ASYNC, .is_syn_sent = true};
    (void)state;
    assert_class(&seen, TCPCHECK_INTERNAL);
    seen.at = OBSERVED_DEADLINE;
    assert_class(&seen, TCPCHECK_TIMEOUT);
}

static void a_reset_after_the_handshake_is_open_with_a_note(void **state)
{
    static const int errors[] = {ECONNRESET, EPIPE};
    static const enum observed_at places[] = {OBSERVED_CONNECT, OBSERVED_ASYNC, OBSERVED_DEADLINE};
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        for (size_t j = 0; j < COUNT(places); j++) {
            struct observation seen = {.at = places[j], .error = errors[i]};
            if (places[j] == OBSERVED_CONNECT && errors[i] == EPIPE)
                continue;
            assert_class(&seen, TCPCHECK_OPEN);
            assert_int_equal(classify_notes(&seen), 1U << NOTE_RESET_AFTER_HANDSHAKE);
        }
    }
}

/* Disconnecting a socket in SYN_SENT leaves ECONNRESET behind. */
static void a_reset_without_a_handshake_is_not_open(void **state)
{
    struct observation seen = {.at = OBSERVED_ASYNC, .error = ECONNRESET, .is_syn_sent = true};
    (void)state;
    assert_class(&seen, TCPCHECK_INTERNAL);
    seen.at = OBSERVED_DEADLINE;
    assert_class(&seen, TCPCHECK_TIMEOUT);
    assert_int_equal(classify_notes(&seen), 0);
}

static void a_reject_of_this_host_is_not_the_networks(void **state)
{
    struct observation seen = by_icmp(4, 3, 13, EHOSTUNREACH);
    (void)state;
    seen.icmp.from = own;
    seen.icmp.from.port = 0;
    seen.is_syn_sent = true;
    assert_class(&seen, TCPCHECK_LOCAL_FIREWALL);
    seen.icmp.code = 3;
    assert_class(&seen, TCPCHECK_LOCAL_FIREWALL);
    seen.error = 0; /* what SO_ERROR says when it is asked again */
    assert_class(&seen, TCPCHECK_LOCAL_FIREWALL);
    seen.at = OBSERVED_DEADLINE;
    assert_class(&seen, TCPCHECK_LOCAL_FIREWALL);
}

static void a_reject_over_ipv6_is_known_by_the_address_alone(void **state)
{
    const struct address link = {
        .bytes = {0xfe, 0x80, [15] = 9}, .scope = 3, .family = FAMILY_IPV6};
    struct observation seen = by_icmp(6, 1, 1, EACCES);
    (void)state;
    seen.is_syn_sent = true;
    seen.source = link;
    seen.source.port = 40312;
    seen.icmp.from = link;
    seen.icmp.from.scope = 0;
    assert_class(&seen, TCPCHECK_LOCAL_FIREWALL);
    seen.icmp.from.bytes[15] = 1;
    assert_class(&seen, TCPCHECK_FILTERED);
}

static void a_message_is_not_local_only_because_it_comes_from_here(void **state)
{
    struct observation seen = by_icmp(4, 3, 1, EHOSTUNREACH);
    (void)state;
    seen.icmp.from = own;

    /* Nobody answered for the address: the kernel has given up, and the state is CLOSE. */
    assert_class(&seen, TCPCHECK_HOST_UNREACHABLE);

    /* The target is this host, so of course it answers. */
    seen.is_syn_sent = true;
    seen.is_target_local = true;
    assert_class(&seen, TCPCHECK_HOST_UNREACHABLE);

    seen.is_target_local = false;
    seen.icmp.from = router;
    assert_class(&seen, TCPCHECK_HOST_UNREACHABLE);

    /* Neither has an address: no address is not the same address. */
    seen.icmp.from = seen.source = (struct address){0};
    assert_class(&seen, TCPCHECK_HOST_UNREACHABLE);
}

static void a_source_that_cannot_be_answered_is_to_blame(void **state)
{
    struct observation silent = {.at = OBSERVED_DEADLINE, .is_source_too_narrow = true};
    struct observation beyond_scope = by_icmp(6, 1, 2, EHOSTUNREACH);
    struct observation no_network = by_icmp(6, 1, 0, ENETUNREACH);
    struct observation refused = {
        .at = OBSERVED_ASYNC, .error = ECONNREFUSED, .is_source_too_narrow = true};
    (void)state;
    beyond_scope.is_source_too_narrow = no_network.is_source_too_narrow = true;
    assert_class(&silent, TCPCHECK_SOURCE_UNAVAILABLE);
    assert_class(&beyond_scope, TCPCHECK_SOURCE_UNAVAILABLE);
    assert_class(&no_network, TCPCHECK_SOURCE_UNAVAILABLE);
    assert_class(&refused, TCPCHECK_REFUSED);
    refused.error = ECONNRESET;
    assert_class(&refused, TCPCHECK_OPEN);
}

/* connect(2) says EINVAL to 127.0.0.1 towards the world, as it does for a blackhole route. */
static void a_loopback_source_is_no_matter_of_routing(void **state)
{
    struct observation seen = {
        .at = OBSERVED_CONNECT,
        .error = EINVAL,
        .source = {.bytes = {127, 0, 0, 1}, .family = FAMILY_IPV4},
    };
    (void)state;
    assert_class(&seen, TCPCHECK_SOURCE_UNAVAILABLE);
    seen.source = own;
    assert_class(&seen, TCPCHECK_LOCAL_CONFIG);
    seen.source = (struct address){0};
    assert_class(&seen, TCPCHECK_LOCAL_CONFIG);
}

static void the_clock_of_an_open_connection_is_noted(void **state)
{
    static const struct {
        enum rtt_source source;
        uint32_t notes;
    } cases[] = {{RTT_NONE, 0}, {RTT_KERNEL, 0}, {RTT_KERNEL_MS, 1U << NOTE_CLOCK_MS}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen = {
            .at = OBSERVED_ASYNC, .is_established = true, .rtt_source = cases[i].source};
        assert_int_equal(classify_notes(&seen), cases[i].notes);
        seen.is_established = false;
        seen.error = ECONNREFUSED;
        assert_int_equal(classify_notes(&seen), 0);
    }
}

static void the_phase_is_the_place(void **state)
{
    static const struct {
        enum observed_at at;
        enum phase phase;
    } cases[] = {
        {OBSERVED_SOCKET, PHASE_SOCKET},    {OBSERVED_BIND, PHASE_BIND},
        {OBSERVED_CONNECT, PHASE_CONNECT},  {OBSERVED_ASYNC, PHASE_CONNECT},
        {OBSERVED_DEADLINE, PHASE_CONNECT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct observation seen = {.at = cases[i].at};
        assert_int_equal(classify_phase(&seen), cases[i].phase);
    }
}

/* Whatever an errno is, it has a class; and only a handshake is open. */
static void no_errno_alone_is_open(void **state)
{
    (void)state;
    for (int at = OBSERVED_SOCKET; at <= OBSERVED_DEADLINE; at++) {
        for (int error = 0; error < 134; error++) {
            struct observation seen = {.at = (enum observed_at)at, .error = error};
            if (error != ECONNRESET && error != EPIPE)
                assert_int_not_equal(classify(&seen), TCPCHECK_OPEN);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_of_icmp_means_what_it_says),
        cmocka_unit_test(a_message_of_icmpv6_means_what_it_says),
        cmocka_unit_test(a_message_that_the_kernel_ignores_decides_nothing),
        cmocka_unit_test(an_errno_means_different_things_in_different_places),
        cmocka_unit_test(with_a_source_port_it_is_the_port_that_is_busy),
        cmocka_unit_test(a_prohibit_route_is_no_lack_of_permission),
        cmocka_unit_test(a_finished_handshake_is_open_wherever_it_is_seen),
        cmocka_unit_test(a_message_after_the_handshake_does_not_undo_it),
        cmocka_unit_test(no_error_in_syn_sent_is_not_open),
        cmocka_unit_test(a_reset_after_the_handshake_is_open_with_a_note),
        cmocka_unit_test(a_reset_without_a_handshake_is_not_open),
        cmocka_unit_test(a_reject_of_this_host_is_not_the_networks),
        cmocka_unit_test(a_reject_over_ipv6_is_known_by_the_address_alone),
        cmocka_unit_test(a_message_is_not_local_only_because_it_comes_from_here),
        cmocka_unit_test(a_source_that_cannot_be_answered_is_to_blame),
        cmocka_unit_test(a_loopback_source_is_no_matter_of_routing),
        cmocka_unit_test(the_clock_of_an_open_connection_is_noted),
        cmocka_unit_test(the_phase_is_the_place),
        cmocka_unit_test(no_errno_alone_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
