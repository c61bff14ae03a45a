/* What became of a check: each address tried, each attempt, and all of them
 * folded into one answer. */
#ifndef CORE_RESULT_H
#define CORE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/check.h"
#include "core/lookup_facts.h"
#include "core/observation.h"
#include "core/text.h"
#include "tcpcheck.h"

enum phase { PHASE_RESOLVE, PHASE_SOCKET, PHASE_BIND, PHASE_CONNECT, PHASE_HOLD };

/* Remarks; none changes a verdict. The word for each is note_name(). */
enum note {
    NOTE_RESET_AFTER_HANDSHAKE,
    NOTE_ZERO_WINDOW,
    NOTE_SYNACK_REPEATED,
    NOTE_IPV6_FAILED,
    NOTE_IPV4_FAILED,
    NOTE_SLOW,
    NOTE_CLOCK_MS,
    NOTE_COUNT
};

/* One address of an attempt. */
struct tried {
    struct address address; /* with port */
    struct address source;  /* with port; FAMILY_ANY: never had one */
    enum tcpcheck_outcome outcome;
    enum phase phase;
    int error;
    uint32_t notes; /* 1 << enum note */
    struct icmp_error icmp;
    enum rtt_source rtt_source;
    bool has_syn_retransmits;
    uint8_t syn_retransmits;
    int64_t rtt_ns;
    int64_t offset_ns;       /* its start, since the start of the attempt */
    int64_t connect_time_ns; /* the kernel's handshake time where it has one, else wall time */
    int64_t wall_ns;         /* from its start to its end, what it was held included */
    const char *denial; /* TCPCHECK_NOT_ALLOWED: the message that names the rule or limit, whose
                           owner outlives the result; else NULL */
};

struct attempt {
    enum tcpcheck_outcome outcome;
    enum phase phase;
    bool has_resolved;    /* a name was looked up: dns_time_ns means something */
    uint32_t tried_start; /* its addresses: result.tried[tried_start .. + tried_count] */
    uint32_t tried_count;
    bool has_too_few;   /* all addresses met the expectation, and they are fewer than `require` */
    int32_t decided_by; /* index into result.tried, or -1: no address decided */
    uint32_t notes;
    int64_t offset_ns; /* its start, since the start of the check */
    int64_t began_ns;  /* when its first lookup or connection really started, monotonic; 0: never */
    int64_t dns_time_ns;
    int64_t wall_ns;
    struct lookup_facts *lookup; /* the result's; NULL: a literal, or memory was short */
};

struct result {
    const struct check *check;
    uint64_t sequence;  /* the number of the check in its source, from 0 */
    int64_t started_ns; /* monotonic */
    int64_t began_ns;   /* when the first lookup or connection really started, monotonic: later
                           where our own limits held the check back; 0: never */
    int64_t held_ns;    /* how long our own pacing and queues held it back: in no time below */
    int64_t response_time_ns;
    int64_t total_time_ns;
    enum tcpcheck_outcome outcome;
    enum tcpcheck_verdict verdict;
    enum tcpcheck_outcome forgotten; /* of the attempts forgotten, the last one's */
    bool is_connected;
    bool is_success;
    bool is_too_slow; /* outside `critical` */
    bool has_too_few; /* fewer addresses than `require` */
    uint32_t notes;
    uint32_t attempt_count; /* attempts made */
    uint32_t attempt_kept;  /* entries of `attempts` */
    uint32_t attempt_capacity;
    uint32_t tried_count;
    uint32_t tried_capacity;
    struct attempt *attempts;
    struct tried *tried;
    struct attempt first_attempt; /* where there is one, that is all of `attempts`; */
    struct tried first_tried;     /* the same of `tried` */
};

/* Zeroed, for this check. Stays where it is as long as it has attempts. */
void result_init(struct result *result, const struct check *check, uint64_t sequence);
void result_fini(struct result *result);

/* A new attempt, or address of the last attempt, to be filled in; NULL when
 * memory is short, never for the first. Valid until the next call of the same function. */
struct attempt *result_add_attempt(struct result *result);
struct tried *result_add_tried(struct result *result);
/* Forgets the attempts kept so far, not their number: for checks that are
 * repeated without end. */
void result_forget_attempts(struct result *result);

/* The last attempt, or NULL. */
struct attempt *result_last_attempt(const struct result *result);
/* The outcome of the last attempt that was not cancelled, kept or forgotten;
 * TCPCHECK_CANCELLED when there was none. */
enum tcpcheck_outcome result_last_known(const struct result *result);
/* The address that decided the last attempt, or NULL. */
const struct tried *result_decisive(const struct result *result);

/* Of the addresses of the last attempt: how many were as expected, and how many had to be. */
struct address_counts {
    uint32_t tried;
    uint32_t met;
    uint32_t required; /* `require`, else each of them */
};
struct address_counts result_count_addresses(const struct result *result);

/* Whether the attempt is what the check expects. */
bool result_attempt_holds(const struct result *result, const struct attempt *attempt);

/* Whether an outcome is what was expected. An unknown verdict never is. */
bool expectation_holds(enum expectation expect, enum tcpcheck_outcome outcome, enum phase phase);

/* Folds the attempts into the answer; ended_ns is monotonic. Without any attempt
 * it is TCPCHECK_CANCELLED. */
void result_finish(struct result *result, int64_t ended_ns);
/* Ends it as a failure that is not the attempts' own, whatever they were:
 * cancelled, or out of memory. */
void result_finish_as(struct result *result, enum tcpcheck_outcome outcome, int64_t ended_ns);

/* `error` of the contract: the outcome's message (with the rule or limit that forbade it), "Too
 * slow", or what stands against the expectation ("Connection opened"); "" on success. */
const char *result_error(const struct result *result);
/* The message of an outcome that this address met, or NULL for no address. */
const char *result_message(enum tcpcheck_outcome outcome, const struct tried *tried);

const char *phase_name(enum phase phase);
const char *note_name(enum note note);
const char *verdict_name(enum tcpcheck_verdict verdict);
/* "kernel", "kernel_ms", or NULL for RTT_NONE. */
const char *rtt_source_name(enum rtt_source source);

#endif
