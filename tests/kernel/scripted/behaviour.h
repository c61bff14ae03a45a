/* What a host does about a SYN: a kind, and the keys that make it particular. */
#ifndef SCRIPTED_BEHAVIOUR_H
#define SCRIPTED_BEHAVIOUR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ip_address.h"
#include "problem.h"

#define BEHAVIOUR_TEXT_MAX 512

/* X(id, spelling, what is accepted) in the order in which they are printed. */
#define BEHAVIOUR_KEYS(X)                                                \
    X(AFTER, "after", "a time: 250, 250us, 20ms, 3s; up to 1000s")       \
    X(NTH, "nth", "which SYN of a flow is answered: 1-255")              \
    X(TIMESTAMPS, "timestamps", "on or off")                             \
    X(THEN, "then", "a time: 250, 250us, 20ms, 3s; up to 1000s")         \
    X(TEXT, "text", "1-512 octets; \\s \\t \\r \\n \\\\ \\xHH")          \
    X(TYPE, "type", "0-255")                                             \
    X(CODE, "code", "0-255")                                             \
    X(FROM, "from", "an address")                                        \
    X(QUOTE, "quote", "octets of the packet after its IP header: 8-512") \
    X(MTU, "mtu", "0-65535")                                             \
    X(SYNACK, "synack", "a time: 250, 250us, 20ms, 3s; up to 1000s")     \
    X(DELTA, "delta", "1-4294967295")                                    \
    X(N, "n", "1-65535")                                                 \
    X(EVERY, "every", "a time: 250, 250us, 20ms, 3s; up to 1000s")

enum behaviour_key {
#define X(id, spelling, accepted) BEHAVIOUR_KEY_##id,
    BEHAVIOUR_KEYS(X)
#undef X
        BEHAVIOUR_KEY_COUNT
};

enum behaviour_kind {
    BEHAVIOUR_OPEN,
    BEHAVIOUR_OPEN_ON,
    BEHAVIOUR_REFUSE,
    BEHAVIOUR_DROP,
    BEHAVIOUR_ICMP,
    BEHAVIOUR_SYNACK_RST,
    BEHAVIOUR_SYNACK_FIN,
    BEHAVIOUR_SYNACK_DATA,
    BEHAVIOUR_SYNACK_SILENCE,
    BEHAVIOUR_ZERO_WINDOW,
    BEHAVIOUR_WRONG_ACK,
    BEHAVIOUR_DUPLICATE_SYNACK,
    BEHAVIOUR_KIND_COUNT
};

struct behaviour {
    enum behaviour_kind kind;
    uint32_t given;    /* 1 << key: what the file says; all else is its default */
    int64_t after_ns;  /* from a SYN to its answer */
    int64_t then_ns;   /* from the end of the handshake to what follows */
    int64_t synack_ns; /* from an ICMP message to the SYN-ACK after it; only if given */
    int64_t every_ns;  /* between repeated SYN-ACKs */
    uint32_t nth;      /* 0: every SYN is answered */
    uint32_t repeats;
    uint32_t delta; /* what a wrong acknowledgement is wrong by */
    uint32_t quote;
    uint32_t mtu;
    uint32_t icmp_type;
    uint32_t icmp_code;
    bool has_timestamps;    /* where the client offers them */
    struct ip_address from; /* the ICMP message's sender; if not given, the target itself */
    size_t text_length;
    uint8_t text[BEHAVIOUR_TEXT_MAX];
};

/* False: there is no such kind. */
bool behaviour_init(struct behaviour *behaviour, const char *kind)
    __attribute__((warn_unused_result));
/* One KEY=VALUE. */
bool behaviour_set(struct behaviour *behaviour, const char *word, struct problem *problem)
    __attribute__((warn_unused_result));
/* Whether all is there that the kind must have. */
bool behaviour_complete(const struct behaviour *behaviour, struct problem *problem)
    __attribute__((warn_unused_result));

bool behaviour_has(const struct behaviour *behaviour, enum behaviour_key key);
/* KIND KEY=VALUE…, as a rule file may say it. */
void behaviour_print(const struct behaviour *behaviour, FILE *file);
/* All kinds, for people. */
void behaviour_print_kinds(FILE *file);

#endif
