/* The words for remarks, in one table, as outcome_table.c has those for outcomes. They are no
 * outcomes themselves: a note changes no verdict, and a connection that opened too late, or where
 * it should not, is as open as any other. */
#include "core/remark.h"

static const struct remark notes[NOTE_COUNT] = {
    [NOTE_RESET_AFTER_HANDSHAKE] =
        {
            .name = "reset_after_handshake",
            .meaning = "The handshake finished, and the peer had reset the connection before this "
                       "program came to close it.",
            .advice = "Check it with hold 500ms: a service that throws connections out is "
                      "reset_early then, and its log says why. One that is only in a hurry is "
                      "not.",
        },
    [NOTE_ZERO_WINDOW] =
        {
            .name = "zero_window",
            .meaning = "Held to the end, the connection took no data: the peer's window stayed "
                       "shut.",
            .advice = "On the target, ss -tnmp 'sport = :PORT' shows what its program leaves "
                      "unread. A SYN proxy before a server that is gone, and a tarpit, do the "
                      "same.",
        },
    [NOTE_SYNACK_REPEATED] =
        {
            .name = "synack_repeated",
            .meaning = "While the connection was held, the peer sent its SYN-ACK again: it has not "
                       "taken note that the connection opened.",
            .advice = "On the target, ss -ltn 'sport = :PORT': Recv-Q above Send-Q is a full "
                      "accept queue, and its program hangs. With TCP_DEFER_ACCEPT it is normal "
                      "near the end of the defer period; else packets get lost on the way there.",
        },
    [NOTE_IPV6_FAILED] =
        {
            .name = "ipv6_failed",
            .meaning = "No IPv6 address of the name opened, and an IPv4 address did.",
            .advice = "tcpcheck -6 HOST PORT says why. Who tries IPv6 first waits for it to fail: "
                      "repair it, or take the AAAA record away.",
        },
    [NOTE_IPV4_FAILED] =
        {
            .name = "ipv4_failed",
            .meaning = "No IPv4 address of the name opened, and an IPv6 address did.",
            .advice = "tcpcheck -4 HOST PORT says why. Hosts without IPv6 cannot reach the target: "
                      "repair it, or take the A record away.",
        },
    [NOTE_SLOW] =
        {
            .name = "slow",
            .meaning = "The connection opened, and its time is outside the range of warning.",
            .advice =
                "Compare connect_time with ping HOST: the network, or a busy target. A second "
                "or more is a SYN that had to be sent again.",
        },
    [NOTE_CLOCK_MS] =
        {
            .name = "clock_ms",
            .meaning = "A SYN had to be sent again, so the handshake's time comes from TCP "
                       "timestamps, in steps of 1 ms.",
            .advice = "One lost packet is nothing. Where it happens often, look for loss on the "
                      "way: mtr -T -P PORT HOST.",
        },
};

static const struct remark unmets[UNMET_COUNT] = {
    [UNMET_TOO_SLOW] =
        {
            .name = "Too slow",
            .meaning = "The connection opened, and its time is outside the range of critical.",
            .advice = "The connection opened, and its time is outside the threshold. Where it is "
                      "too long, it is the network or a busy target: compare connect_time with "
                      "ping HOST; a second or more is a SYN that had to be sent again.",
        },
    [UNMET_TOO_FEW] =
        {
            .name = "Too few addresses",
            .meaning = "Every address is as expected, and there are fewer than require asks for.",
            .advice = "dig HOST A and dig HOST AAAA show what the name has. A host that is an "
                      "address has one, a name pinned with --resolve those given there, and a "
                      "name in /etc/hosts those of its lines.",
        },
    [UNMET_OPENED] =
        {
            .name = "Connection opened",
            .meaning = "The target accepts connections on a port where the check expects it not "
                       "to.",
            .advice = "On the target, ss -ltnp 'sport = :PORT' names the process. Where a firewall "
                      "should keep the connection out, compare its rules with this source, target "
                      "and port.",
        },
};

const struct remark *remark_of_note(enum note note)
{
    return &notes[note];
}

const struct remark *remark_of_unmet(enum unmet unmet)
{
    return &unmets[unmet];
}
