/* Counting results; the exit code and "the prober is cut off" are read off the
 * counts, so that a run of a million targets needs no memory of them. */
#include "core/tally.h"

void tally_add(struct tally *tally, const struct result *result)
{
    tally->total++;
    tally->by_outcome[result->outcome]++;
    if (result->is_success) {
        tally->success++;
        tally->slow += result->notes >> NOTE_SLOW & 1;
    } else if (result->verdict == TCPCHECK_UNKNOWN) {
        tally->unknown++;
    } else {
        tally->failed++;
    }
}

int tally_exit_code(const struct tally *tally)
{
    if (tally->failed > 0)
        return 1;
    return tally->unknown > 0 ? 3 : 0;
}

/* Interruption and our own rules say nothing about what this host can reach. */
static bool is_cut_off(enum tcpcheck_outcome outcome)
{
    return outcome_info(outcome)->verdict == TCPCHECK_UNKNOWN && outcome != TCPCHECK_CANCELLED &&
           outcome != TCPCHECK_NOT_ALLOWED;
}

enum tcpcheck_outcome tally_common_cause(const struct tally *tally)
{
    for (size_t i = 0; tally->total >= 2 && i < OUTCOME_COUNT; i++)
        if (tally->by_outcome[i] == tally->total && is_cut_off((enum tcpcheck_outcome)i))
            return (enum tcpcheck_outcome)i;
    return TCPCHECK_OPEN;
}
