/* Writing JSON: strings, and results in the shape of the contract.
 *
 * A result, its keys in this order, always all of them unless said otherwise:
 *
 *   status         "success": the expectation held; else "error"
 *   host, port     as asked for, brackets removed; a number
 *   connected      a handshake finished
 *   error          with status "error" only
 *   attempts       made; with "success" it stands after response_time
 *   response_time  as docs/design.md defines it
 *   timestamp      the start, UTC, whole seconds
 *   name           host:port where the check has none
 *   line           of the list that the target came from; only there
 *   details        an object:
 *
 *   verdict          "up", "down" or "unknown"
 *   class            of the outcome: `tcpcheck explain` lists them
 *   errno            what the kernel gave ("ECONNREFUSED"), or null
 *   phase            in which it ended: "resolve", "socket", "bind", "connect"
 *   address          that decided, or null
 *   source           address:port that it was tried from, or null
 *   dns_time         of the lookup; null where nothing was looked up
 *   dns              what is known of the lookup, an object; null where nothing
 *                    was looked up:
 *
 *     name           that was asked for and has addresses, its own or as an alias:
 *                    after the search list and IDNA, without a final dot; null
 *                    where none has, or the system does not tell
 *     source         "dns", "hosts", "pinned", "rfc6761" or "system"
 *     cached         the addresses are an earlier lookup's, within their TTL
 *     server         that gave the deciding answer ("10.0.0.2"; with a port other
 *                    than 53 "10.0.0.2:5353"), or null: none did
 *     rcode          of that answer ("NOERROR", "REFUSED"), or null
 *     time           as dns_time
 *     addresses      in the order in which to try them
 *     families       {"ipv4": ..., "ipv6": ...}, each null (not asked for) or an
 *                    object with answer ("addresses", "nodata", "nxdomain",
 *                    "timeout", "unreachable", "servfail", "refused", "malformed",
 *                    "resource", or "pending": not waited for), server (that
 *                    answered or was asked last), rcode, time (when the answer was
 *                    there, since the start of the lookup), truncated (it answered
 *                    over UDP, cut short, and not over TCP), strays (what came from it
 *                    was no answer to a question)
 *     failed         a list, one object a name server that was asked and failed, in the
 *                    order of resolv.conf: server, answer
 *     asked          the names that name servers were asked for, in order, as far as
 *                    1 KiB goes
 *
 *   connect_time     of this address: the handshake, or the wait for its
 *                    failure; null where it did not come to a connect
 *   handshake_rtt    as the kernel measured it, or null
 *   rtt_source       "kernel", "kernel_ms" (known to 1 ms), or null
 *   syn_retransmits  of this address, or null
 *   total_time       of the check, attempts and pauses included
 *   icmp             {"type", "code", "from"} of the message that ended it, or null
 *   notes            a list of words
 *   hint             advice; null where none is needed
 *   attempts_detail  a list, one object an attempt, the first attempt first:
 *
 *     attempt        its number, from 1
 *     verdict, class, phase, address, dns_time, dns, connect_time, total_time,
 *     notes          as in details, of this attempt alone
 *     error          the outcome's message; null for "open"
 *     offset         its start, since the start of the check
 *     addresses      a list, one object an address, the first tried first:
 *
 *       address      without port
 *       verdict, class, errno, phase, source, connect_time, handshake_rtt,
 *       rtt_source, syn_retransmits, total_time, icmp, notes
 *                    as in details, of this address alone
 *       offset       its start, since the start of the attempt
 *
 * Every time is a number of seconds with exactly six decimals. What is not
 * known or does not apply is null, never missing. details holds what the last
 * attempt and the address that decided it showed; phase is null only for a
 * check that ended before its first attempt.
 * Later versions may add keys after those that stand here; none goes, moves or
 * changes its meaning. */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include "core/result.h"
#include "core/text.h"
#include "format/report.h"

/* The string in quotes: what RFC 8259 must have escaped, and DEL, C1, zero-width
 * and bidirectional controls too; a byte that is not UTF-8 becomes U+FFFD. */
void json_append_string(struct text *out, const char *string);

/* The result as one object on one line, no line feed. */
void json_append_result(struct text *out, const struct report_context *context,
                        const struct result *result);

#endif
