/* The advice of an outcome (outcome_table.c) assumes that somebody wanted the port open, that the
 * routes chose the way, and that a router speaks of somebody else. Where a check or its
 * evidence says otherwise, that advice would send people to the wrong place: to start the
 * service that should be dead, to look at routes that were not asked. It is replaced here, case by
 * case, rather than hedged there for everybody. */
#include "core/advice.h"

#include <errno.h>
#include <string.h>

#include "core/finding.h"
#include "core/outcome.h"
#include "core/remark.h"

/* A connection opened that should not have, whatever became of it then. */
static const char *advice_opened(enum expectation expect)
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

/* It failed, and not in the way that was expected. */
static const char *advice_otherwise(enum expectation expect, bool has_icmp)
{
    switch (expect) {
    case EXPECT_OPEN:
    case EXPECT_CLOSED: return "";
    case EXPECT_REFUSED:
        return "The target itself should refuse, with a reset, and was not heard: something "
               "before it answers or drops, or the host is down. Try a port of the host that is "
               "open.";
    case EXPECT_DROPPED:
        return has_icmp ? "There should be silence, and an answer came: a rule rejects where it "
                          "should drop, or does not match. details.class and icmp.from say who "
                          "answered."
                        : "There should be silence, and an answer came without an ICMP message: "
                          "the target's own, or a rule that rejects with a TCP reset, where one "
                          "should drop.";
    case EXPECT_FILTERED:
        return "A firewall should stop this connection, and it was stopped by something else, so "
               "the firewall lets it pass or is not on this path: compare its rules with this "
               "source, target and port.";
    }
    return "";
}

static void append_too_few(struct text *out, const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct lookup_facts *lookup = attempt != NULL ? attempt->lookup : NULL;
    struct address_counts counts = result_count_addresses(result);
    bool is_name = result->check->host_kind == HOST_NAME;
    bool is_pinned = lookup != NULL && lookup->source == LOOKUP_PINNED;

    text_append_string(out, is_name ? "Every address is as expected, and there are too few: has "
                                    : "An address in the place of a name is the only one: has ");
    text_append_int(out, counts.tried);
    text_append_string(out, ", needs ");
    text_append_int(out, counts.required);
    if (!is_name)
        text_append_string(out, ". Check a name that has more, or leave require out.");
    else if (is_pinned)
        text_append_string(out, ". The name is pinned: give it more with --resolve.");
    else
        text_append_string(out, ". dig HOST A and dig HOST AAAA show what the name has.");
}

/* A name that the check gave, and the words before it. */
static void append_name(struct text *out, const char *before, const char *name,
                        void (*append)(struct text *out, const char *bytes, size_t length))
{
    text_append_string(out, before);
    append(out, name, strlen(name));
}

/* Where a route to the target decided nothing, since the check names the device. */
static bool append_no_route_through(struct text *out, const struct result *result,
                                    void (*append)(struct text *out, const char *bytes,
                                                   size_t length))
{
    const char *device = result->check->interface;
    if (result->outcome != TCPCHECK_NO_ROUTE || device == NULL)
        return false;
    append_name(out, "The check forces device ", device, append);
    append_name(out, ", through which no route leads there: ip route get ADDRESS oif ", device,
                append);
    text_append_string(out, " says the same. Leave interface out, or give it a route (ip route, "
                            "ip -6 route) and see that it is up (ip -br link).");
    return true;
}

/* Before advice about the way there. */
static void append_forced_device(struct text *out, const struct result *result,
                                 void (*append)(struct text *out, const char *bytes, size_t length))
{
    const char *device = result->check->interface;
    bool is_unheard =
        result->outcome == TCPCHECK_TIMEOUT || result->outcome == TCPCHECK_HOST_UNREACHABLE ||
        result->outcome == TCPCHECK_NET_UNREACHABLE || result->outcome == TCPCHECK_TTL_EXCEEDED;
    if (device == NULL || !is_unheard || finding_is_from_target(result))
        return;
    append_name(out, "The check forces device ", device, append);
    append_name(out, ", whatever the routes say: ip route get ADDRESS oif ", device, append);
    text_append_string(out, " shows the way that it takes; without via in it, the target is looked "
                            "for on that very link. ");
}

static const char *advice_local_config(const struct tried *tried)
{
    if (address_is_link_local(&tried->address) && tried->address.scope == 0)
        return "A link-local address needs its zone, the interface behind a percent sign: "
               "HOST%eth0. ip -br link lists the interfaces.";
    switch (tried->error) {
    case EINVAL:
        return "A blackhole route of this host: ip route get ADDRESS says 'Invalid argument', ip "
               "route show table all type blackhole (or ip rule) shows it. Take it away there, if "
               "it is not meant.";
    case EACCES:
    case EPERM:
        return "A prohibit route of this host: ip route get ADDRESS says 'Permission denied', ip "
               "route show table all type prohibit (or ip rule) shows it. Take it away there, if "
               "it is not meant.";
    case EHOSTUNREACH:
        return "An unreachable route of this host: ip route get ADDRESS says 'No route to host', "
               "ip route show table all type unreachable (or ip rule) shows it. Take it away "
               "there, if it is not meant.";
    default: return outcome_info(TCPCHECK_LOCAL_CONFIG)->hint;
    }
}

/* What this host itself is to blame for, where more is known than the class. */
static bool append_local(struct text *out, const struct result *result,
                         void (*append)(struct text *out, const char *bytes, size_t length))
{
    const struct tried *tried = result_decisive(result);
    const char *device = finding_missing_device(result);
    const char *zone = finding_missing_zone(result);

    if (device != NULL) {
        append_name(out, "There is no such device here as ", device, append);
        text_append_string(out, ": ip -br link lists those that there are. In a container or a "
                                "network namespace its own devices count, not the host's.");
    } else if (zone != NULL) {
        append_name(out, "The zone ", zone, append);
        text_append_string(out, " is no interface of this host: ip -br link lists those that there "
                                "are, and the zone is the name or number of one.");
    } else if (result->outcome == TCPCHECK_LOCAL_CONFIG && tried != NULL) {
        text_append_string(out, advice_local_config(tried));
    } else {
        return append_no_route_through(out, result, append);
    }
    return true;
}

static const char *advice_of_outcome(const struct result *result)
{
    bool is_unreachable =
        result->outcome == TCPCHECK_HOST_UNREACHABLE || result->outcome == TCPCHECK_NET_UNREACHABLE;
    if (is_unreachable && finding_is_from_target(result))
        return "On the target, nft list ruleset (or iptables-save) has a rule that rejects this "
               "source and port with an ICMP message; a firewall before it may speak with its "
               "address. What the service itself does is not known.";
    return outcome_info(result->outcome)->hint;
}

static void append_failure(struct text *out, const struct result *result,
                           void (*append)(struct text *out, const char *bytes, size_t length))
{
    enum expectation expect = (enum expectation)result->check->expect;
    const struct outcome_info *info = outcome_info(result->outcome);
    const struct tried *tried = result_decisive(result);

    if (outcome_has_handshake(result->outcome) && expect != EXPECT_OPEN) {
        text_append_string(out, advice_opened(expect));
        return;
    }
    if (append_local(out, result, append))
        return;
    append_forced_device(out, result, append);
    /* Nothing about the target was found out, or it was found to have no address: what
     * was expected of it does not matter yet. */
    bool is_about_target = info->verdict == TCPCHECK_DOWN && info->blame != BLAME_NAME;
    bool has_icmp = tried != NULL && tried->icmp.is_present;
    const char *advice = is_about_target ? advice_otherwise(expect, has_icmp) : "";
    text_append_string(out, advice[0] != '\0' ? advice : advice_of_outcome(result));
}

/* Of a success: the notes that somebody should look into. */
static void append_note(struct text *out, uint32_t notes)
{
    static const enum note advised[] = {NOTE_ZERO_WINDOW, NOTE_SYNACK_REPEATED};
    for (size_t i = 0; i < sizeof(advised) / sizeof(advised[0]); i++) {
        if ((notes >> advised[i] & 1) != 0) {
            text_append_string(out, remark_of_note(advised[i])->advice);
            return;
        }
    }
}

void advice_append(struct text *out, const struct result *result,
                   void (*append)(struct text *out, const char *bytes, size_t length))
{
    bool is_slow = (result->notes >> NOTE_SLOW & 1) != 0;
    if (result->is_too_slow || (result->is_success && is_slow))
        text_append_string(out, remark_of_unmet(UNMET_TOO_SLOW)->advice);
    else if (result->is_success)
        append_note(out, result->notes);
    else if (result->has_too_few)
        append_too_few(out, result);
    else
        append_failure(out, result, append);
}
