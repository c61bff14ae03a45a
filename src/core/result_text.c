/* The words of a result: its error, its advice, and the names of its parts.
 *
 * The advice of an outcome assumes that somebody wanted the port open. Where a
 * check expects the contrary, it would send people to start the service that
 * should be dead, so an expectation that was not met has advice of its own. */
#include "core/outcome.h"
#include "core/result.h"

const char *result_error(const struct result *result)
{
    if (result->is_success)
        return "";
    if (result->is_too_slow)
        return "Too slow";
    if (result->has_too_few)
        return "Too few addresses";
    if (result->outcome == TCPCHECK_OPEN)
        return "Connection opened";
    return result_message(result->outcome, result_decisive(result));
}

const char *result_message(enum tcpcheck_outcome outcome, const struct tried *tried)
{
    bool is_denied = outcome == TCPCHECK_NOT_ALLOWED && tried != NULL && tried->denial != NULL;
    return is_denied ? tried->denial : outcome_info(outcome)->message;
}

static const char *const hint_slow =
    "The connection opened, and its time is outside the threshold. Where it is too long, it is "
    "the network or a busy target: compare connect_time with ping HOST; a second or more is a SYN "
    "that had to be sent again.";

static const char *const hint_too_few =
    "All addresses of the name are as expected, but it has fewer than `require` asks for: "
    "dig HOST A and dig HOST AAAA show what it has.";

static const char *hint_opened(enum expectation expect)
{
    switch (expect) {
    case EXPECT_OPEN: return "";
    case EXPECT_REFUSED:
    case EXPECT_CLOSED:
        return "The port should be closed, and something accepts connections on it: on the "
               "target, ss -ltnp names the process.";
    case EXPECT_DROPPED:
    case EXPECT_FILTERED:
        return "A firewall should keep this connection out and let it in: compare its rules with "
               "this source, target and port, and see with ip route get ADDRESS whether the "
               "connection passes it at all.";
    }
    return "";
}

static const char *hint_otherwise(enum expectation expect)
{
    switch (expect) {
    case EXPECT_OPEN:
    case EXPECT_CLOSED: return "";
    case EXPECT_REFUSED:
        return "The target itself should refuse, with a reset, and was not heard: something "
               "before it answers or drops, or the host is down. Try a port of the host that is "
               "open.";
    case EXPECT_DROPPED:
        return "There should be silence, and an answer came: a rule rejects where it should drop, "
               "or does not match. details.class and icmp.from say who answered.";
    case EXPECT_FILTERED:
        return "A firewall should stop this connection, and it was stopped by something else, so "
               "the firewall lets it pass or is not on this path: compare its rules with this "
               "source, target and port.";
    }
    return "";
}

const char *result_hint(const struct result *result)
{
    enum expectation expect = (enum expectation)result->check->expect;
    bool is_slow = (result->notes >> NOTE_SLOW & 1) != 0;
    if (result->is_too_slow || (result->is_success && is_slow))
        return hint_slow;
    if (result->is_success)
        return "";
    if (result->has_too_few)
        return hint_too_few;
    if (result->outcome == TCPCHECK_OPEN)
        return hint_opened(expect);

    /* Nothing about the target was found out, or it was found to have no address: what
     * was expected of it does not matter yet. */
    const struct outcome_info *info = outcome_info(result->outcome);
    bool is_about_target = info->verdict == TCPCHECK_DOWN && info->blame != BLAME_NAME;
    const char *hint = is_about_target ? hint_otherwise(expect) : "";
    return hint[0] != '\0' ? hint : info->hint;
}

const char *phase_name(enum phase phase)
{
    switch (phase) {
    case PHASE_RESOLVE: return "resolve";
    case PHASE_SOCKET: return "socket";
    case PHASE_BIND: return "bind";
    case PHASE_CONNECT: return "connect";
    case PHASE_HOLD: return "hold";
    }
    return "connect";
}

const char *note_name(enum note note)
{
    switch (note) {
    case NOTE_RESET_AFTER_HANDSHAKE: return "reset_after_handshake";
    case NOTE_ZERO_WINDOW: return "zero_window";
    case NOTE_SYNACK_REPEATED: return "synack_repeated";
    case NOTE_IPV6_FAILED: return "ipv6_failed";
    case NOTE_IPV4_FAILED: return "ipv4_failed";
    case NOTE_SLOW: return "slow";
    case NOTE_CLOCK_MS: return "clock_ms";
    case NOTE_COUNT: break;
    }
    return "";
}

const char *verdict_name(enum tcpcheck_verdict verdict)
{
    switch (verdict) {
    case TCPCHECK_UP: return "up";
    case TCPCHECK_DOWN: return "down";
    case TCPCHECK_UNKNOWN: return "unknown";
    }
    return "unknown";
}

const char *rtt_source_name(enum rtt_source source)
{
    switch (source) {
    case RTT_NONE: break;
    case RTT_KERNEL: return "kernel";
    case RTT_KERNEL_MS: return "kernel_ms";
    }
    return NULL;
}
