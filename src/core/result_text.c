/* The error of a result, and the names of its parts. What to make of them is in finding.c and
 * advice.c. */
#include "core/outcome.h"
#include "core/remark.h"
#include "core/result.h"

const char *result_error(const struct result *result)
{
    if (result->is_success)
        return "";
    if (result->is_too_slow)
        return remark_of_unmet(UNMET_TOO_SLOW)->name;
    if (result->has_too_few)
        return remark_of_unmet(UNMET_TOO_FEW)->name;
    if (result->outcome == TCPCHECK_OPEN)
        return remark_of_unmet(UNMET_OPENED)->name;
    return result_message(result->outcome, result_decisive(result));
}

const char *result_message(enum tcpcheck_outcome outcome, const struct tried *tried)
{
    bool is_denied = outcome == TCPCHECK_NOT_ALLOWED && tried != NULL && tried->denial != NULL;
    return is_denied ? tried->denial : outcome_info(outcome)->message;
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
    return note < NOTE_COUNT ? remark_of_note(note)->name : "";
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
