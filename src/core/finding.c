/* Where the table of outcomes must speak for every check, this knows one: a router that says
 * "host unreachable" stands before a dead host, and a target that says so of itself is alive and
 * rejects. Classes of their own for such cases were rejected: who acts on a class wants few, and
 * these differ in what to do and not in what is true of the target. */
#include "core/finding.h"

#include <errno.h>
#include <string.h>

const char *finding_missing_device(const struct result *result)
{
    const struct tried *tried = result_decisive(result);
    bool is_missing = !result->is_success && tried != NULL && tried->error == ENODEV &&
                      tried->outcome == TCPCHECK_SOURCE_UNAVAILABLE;
    return is_missing ? result->check->interface : NULL;
}

const char *finding_missing_zone(const struct result *result)
{
    const struct check *check = result->check;
    const struct attempt *attempt = result_last_attempt(result);
    bool is_missing = !result->is_success && result->outcome == TCPCHECK_LOCAL_CONFIG &&
                      check->host_kind == HOST_IPV6 && attempt != NULL && attempt->tried_count == 0;
    const char *percent = is_missing ? strchr(check->host, '%') : NULL;
    return percent != NULL ? percent + 1 : NULL;
}

bool finding_is_from_target(const struct result *result)
{
    const struct tried *tried = result_decisive(result);
    return !result->is_success && tried != NULL && tried->icmp.is_present &&
           address_is_same_host(&tried->icmp.from, &tried->address);
}

bool finding_is_partial(const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    if (result->verdict != TCPCHECK_UNKNOWN || result->check->addresses != ADDRESSES_ALL ||
        result_decisive(result) == NULL)
        return false;
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        enum tcpcheck_outcome outcome = result->tried[attempt->tried_start + i].outcome;
        if (outcome_info(outcome)->verdict != TCPCHECK_UNKNOWN)
            return true;
    }
    return false;
}

/* Says so of itself: it lives, and a rule on it or just before it rejects. */
static bool is_rejected_by_target(const struct result *result)
{
    bool is_unreachable =
        result->outcome == TCPCHECK_HOST_UNREACHABLE || result->outcome == TCPCHECK_NET_UNREACHABLE;
    return is_unreachable && finding_is_from_target(result);
}

const char *finding_meaning(const struct result *result)
{
    if (finding_is_partial(result))
        return "Other addresses of the name could be checked, this one could not, and the answer "
               "depends on it.";
    if (finding_missing_device(result) != NULL)
        return "This host has no device of the name that the check gives; no packet left.";
    if (finding_missing_zone(result) != NULL)
        return "The zone of the address is no interface of this host; no packet left.";
    if (is_rejected_by_target(result))
        return "The target's own address says that it cannot be reached: the host is up, and a "
               "rule on it rejects the connection.";
    return outcome_info(result->outcome)->meaning;
}

enum outcome_blame finding_blame(const struct result *result)
{
    if (is_rejected_by_target(result))
        return BLAME_FIREWALL;
    return outcome_info(result->outcome)->blame;
}

void finding_append_detail(struct text *out, const struct result *result)
{
    const char *device = finding_missing_device(result);
    const char *zone = finding_missing_zone(result);
    if (device != NULL)
        text_append_strings(out, "no such device ", device, NULL);
    else if (zone != NULL)
        text_append_strings(out, "zone ", zone, " is no interface of this host", NULL);
}

void finding_append_counts(struct text *out, const struct result *result, const char *noun)
{
    struct address_counts counts = result_count_addresses(result);
    text_append_int(out, counts.met);
    text_append_string(out, " of ");
    text_append_int(out, counts.tried);
    text_append_strings(out, noun, " as expected, ", NULL);
    text_append_int(out, counts.required);
    text_append_string(out, " required");
}
