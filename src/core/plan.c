/* When to try again, and when to try the next address. On values only, so that a
 * schedule of an hour is a table in a test. */
#include "core/plan.h"

#include <string.h>

#include "core/duration.h"
#include "core/outcome.h"

/* A SYN is repeated after a second; somewhat later than that, one lost packet
 * has had its second chance. */
#define STAGGER_MIN_NS (NS_PER_S + NS_PER_S / 2)

/* RFC 8305, section 5: the delay between two that race. */
#define RACE_DELAY_NS (250 * NS_PER_MS)

static bool is_worth_another(const struct result *result, const struct attempt *attempt,
                             bool is_endless)
{
    /* Our own rules do not change while we wait. */
    if (is_endless)
        return attempt->outcome != TCPCHECK_CANCELLED && attempt->outcome != TCPCHECK_NOT_ALLOWED;
    return result->attempt_count < result->check->attempts &&
           outcome_info(attempt->outcome)->is_retried;
}

struct plan_step plan_next(const struct result *result, bool is_endless, int64_t now_ns)
{
    const struct check *check = result->check;
    const struct attempt *attempt = result_last_attempt(result);
    /* Thresholds have no say: to connect again until it is fast would hide that it is slow. */
    if (result_attempt_holds(result, attempt) || !is_worth_another(result, attempt, is_endless))
        return (struct plan_step){.is_finished = true};
    return (struct plan_step){.start_ns = now_ns + check->retry_delay_ns};
}

/* The time left is shared evenly by the address just started and those still to be tried;
 * so the last one gets as long as the first one had, and addresses that fail early leave
 * their share to the others. Under the minimum a share is of no use: then fewer addresses are
 * tried, each for long enough to answer. */
int64_t plan_stagger_ns(enum addresses addresses, int64_t now_ns, int64_t deadline_ns,
                        uint32_t left)
{
    if (addresses == ADDRESSES_RACE)
        return now_ns + RACE_DELAY_NS;
    int64_t share_ns = (deadline_ns - now_ns) / ((int64_t)left + 1);
    return now_ns + (share_ns > STAGGER_MIN_NS ? share_ns : STAGGER_MIN_NS);
}

/* The next of that family at or behind `start`, or of any where it has none left. */
static uint32_t find_family(const struct address *addresses, uint32_t start, uint32_t count,
                            uint8_t family)
{
    for (uint32_t i = start; i < count; i++)
        if (addresses[i].family == family)
            return i;
    return start;
}

static void move_to(struct address *addresses, uint32_t from, uint32_t to)
{
    struct address moved = addresses[from];
    memmove(&addresses[to + 1], &addresses[to], (from - to) * sizeof(*addresses));
    addresses[to] = moved;
}

void plan_race_order(struct address *addresses, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint8_t wanted = addresses[i - 1].family == FAMILY_IPV6 ? FAMILY_IPV4 : FAMILY_IPV6;
        move_to(addresses, find_family(addresses, i, count, wanted), i);
    }
}
