/* The addresses of an attempt into one answer.
 *
 * With one answer wanted, an address that opened is it, and otherwise the strongest evidence. With
 * all of them wanted, each has a share in the answer: it met the expectation, it could not be
 * checked, or it failed. A vote by outcomes instead of shares was rejected: two refusals and a
 * time-out are no more "refused" than one refusal and two time-outs. */
#include "core/fold.h"

#include <stddef.h>

#include "core/outcome.h"

static bool is_open(const struct tried *tried)
{
    return tried->outcome == TCPCHECK_OPEN;
}

/* Since the start of the attempt. */
static int64_t opened_ns(const struct tried *tried)
{
    return tried->offset_ns + tried->connect_time_ns;
}

const struct tried *fold_first_open(const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct tried *first = NULL;
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        if (outcome_has_handshake(tried->outcome) &&
            (first == NULL || opened_ns(tried) < opened_ns(first)))
            first = tried;
    }
    return first;
}

/* What our own rules forbade says less than any other local cause. */
static int strength_of(const struct tried *tried)
{
    return tried->outcome == TCPCHECK_NOT_ALLOWED ? -1 : outcome_strength(tried->outcome);
}

static bool address_holds(const struct result *result, const struct tried *tried)
{
    return expectation_holds((enum expectation)result->check->expect, tried->outcome, tried->phase);
}

static bool is_unknown(const struct tried *tried)
{
    return outcome_info(tried->outcome)->verdict == TCPCHECK_UNKNOWN;
}

/* What an address adds to an answer about all of them. */
enum share { SHARE_MET, SHARE_UNKNOWN, SHARE_FAILED };

static enum share share_of(const struct result *result, const struct tried *tried)
{
    if (address_holds(result, tried))
        return SHARE_MET;
    return is_unknown(tried) ? SHARE_UNKNOWN : SHARE_FAILED;
}

static uint32_t count_unknown(const struct result *result, const struct attempt *attempt)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < attempt->tried_count; i++)
        count += share_of(result, &result->tried[attempt->tried_start + i]) == SHARE_UNKNOWN;
    return count;
}

/* The strongest evidence among those that have this share; there is one. */
static const struct tried *strongest_share(const struct result *result,
                                           const struct attempt *attempt, enum share share)
{
    const struct tried *best = NULL;
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        if (share_of(result, tried) == share &&
            (best == NULL || strength_of(tried) > strength_of(best)))
            best = tried;
    }
    return best;
}

/* Before it in a list of those that met the expectation, the fastest first. */
static uint32_t count_faster(const struct result *result, const struct attempt *attempt,
                             const struct tried *than)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        bool is_faster = tried->connect_time_ns < than->connect_time_ns ||
                         (tried->connect_time_ns == than->connect_time_ns && tried < than);
        count += is_faster && address_holds(result, tried);
    }
    return count;
}

/* The one with which `needed` have met the expectation; so many have. */
static const struct tried *last_needed(const struct result *result, const struct attempt *attempt,
                                       uint32_t needed)
{
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        if (address_holds(result, tried) && count_faster(result, attempt, tried) + 1 == needed)
            return tried;
    }
    return NULL;
}

static const struct tried *fold_all(const struct result *result, struct attempt *attempt)
{
    struct address_counts counts = result_count_addresses(result);
    uint32_t needed = counts.required;
    uint32_t met = counts.met;
    uint32_t unknown = count_unknown(result, attempt);
    attempt->has_too_few = met == attempt->tried_count && met < needed;
    if (met >= needed || attempt->has_too_few)
        return last_needed(result, attempt, met < needed ? met : needed);
    bool is_uncertain =
        unknown > 0 && (met + unknown >= needed || met + unknown == attempt->tried_count);
    return strongest_share(result, attempt, is_uncertain ? SHARE_UNKNOWN : SHARE_FAILED);
}

static const struct tried *fold_any(const struct result *result, const struct attempt *attempt)
{
    const struct tried *best = fold_first_open(result);
    if (best != NULL)
        return best;
    best = &result->tried[attempt->tried_start];
    for (uint32_t i = 1; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        if (strength_of(tried) > strength_of(best))
            best = tried;
    }
    return best;
}

/* The note of a family none of whose addresses opened, while the other's did. What this host
 * could not check has not failed. */
static uint32_t family_note(const struct result *result, const struct attempt *attempt,
                            enum family family, enum note note)
{
    bool has_failed = false;
    bool has_other_open = false;
    for (uint32_t i = 0; i < attempt->tried_count; i++) {
        const struct tried *tried = &result->tried[attempt->tried_start + i];
        bool is_of_it = tried->address.family == family;
        if (is_of_it && is_open(tried))
            return 0;
        has_failed |= is_of_it && outcome_info(tried->outcome)->verdict == TCPCHECK_DOWN;
        has_other_open |= !is_of_it && is_open(tried);
    }
    return has_failed && has_other_open ? UINT32_C(1) << note : 0;
}

void fold_addresses(struct result *result)
{
    struct attempt *attempt = result_last_attempt(result);
    bool counts_all = result->check->addresses == ADDRESSES_ALL;
    const struct tried *tried = counts_all ? fold_all(result, attempt) : fold_any(result, attempt);
    attempt->decided_by = (int32_t)(tried - result->tried);
    attempt->outcome = tried->outcome;
    attempt->phase = tried->phase;
    attempt->notes |= tried->notes;
    attempt->notes |= family_note(result, attempt, FAMILY_IPV6, NOTE_IPV6_FAILED);
    attempt->notes |= family_note(result, attempt, FAMILY_IPV4, NOTE_IPV4_FAILED);
}
