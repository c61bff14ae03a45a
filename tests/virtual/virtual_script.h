/* What will happen in a virtual network, written down beforehand: how each address answers, what
 * each name resolves to, and what befalls the process. Times of schedules are since the epoch. */
#ifndef VIRTUAL_SCRIPT_H
#define VIRTUAL_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/observation.h"
#include "engine/ops.h"

#define VIRTUAL_EPOCH_NS    INT64_C(1000000000000) /* when every test begins */
#define VIRTUAL_ANSWERS_MAX 8

enum virtual_kind { VIRTUAL_SILENCE, VIRTUAL_OPEN, VIRTUAL_REFUSE, VIRTUAL_ICMP, VIRTUAL_ERROR };

/* What comes of a connection to an address. */
struct virtual_answer {
    enum virtual_kind kind;
    int64_t after_ns;       /* since its start */
    int64_t unheard_ns;     /* so much later it is told; who asks by cancelling knows it before */
    int64_t noticed_ns;     /* so much later than it happened is its end believed to be,
                               at the latest now */
    bool is_repeated;       /* VIRTUAL_OPEN: a SYN was retransmitted */
    int64_t closing_ns;     /* VIRTUAL_OPEN: how long a graceful close takes; 0: no time */
    enum hold_end hold_end; /* VIRTUAL_OPEN: what the peer does to it while it is held, */
    int64_t held_ns;        /* so long after it opened */
    enum observed_at at;    /* VIRTUAL_ERROR */
    int error;
    bool is_from_here; /* VIRTUAL_ICMP: from this host's own firewall, not from a router */
    uint8_t icmp_type; /* VIRTUAL_ICMP, of the address's family */
    uint8_t icmp_code;
};

struct virtual_answer opens_after(int64_t ns);
struct virtual_answer opens_and_closes(int64_t ns, int64_t closing_ns);
struct virtual_answer opens_until(int64_t ns, enum hold_end hold_end, int64_t held_ns);
struct virtual_answer refuses_after(int64_t ns);
struct virtual_answer icmp_after(int64_t ns, uint8_t type, uint8_t code);
/* Destination unreachable, of IPv4. */
struct virtual_answer unreachable_after(int64_t ns, uint8_t code);
struct virtual_answer fails_at(enum observed_at at, int error);
struct virtual_answer is_silent(void);

/* What comes of a lookup. */
struct virtual_lookup {
    int64_t after_ns;              /* INT64_MAX: silence */
    enum tcpcheck_outcome failure; /* where there are no addresses */
    bool is_hollow;                /* said to be resolved, without addresses: what no net may do */
    uint32_t notes;
    uint32_t count;
    int64_t known_after_ns; /* when cancelled since then, the addresses are known all the same;
                               0: they are not */
    const char *addresses[RESOLVED_ADDRESSES_MAX];
};

struct script_host;
struct script_name;

struct script_moment {
    int64_t from_ns;
    int64_t for_ns;
    uint32_t limit;
};

/* Things that happen at a moment, in their order. */
struct script_schedule {
    struct script_moment *moments;
    uint32_t count;
    uint32_t capacity;
};

struct virtual_script {
    bool goes_round;            /* after the last answer of a host or name comes its first again */
    struct script_host **hosts; /* by hash */
    struct script_name **names; /* by hash */
    struct script_schedule descriptors;
    struct script_schedule stalls;
    struct script_schedule wakes;
};

void virtual_script_init(struct virtual_script *script);
void virtual_script_fini(struct virtual_script *script);

struct address virtual_address(const char *text, uint16_t port);

/* Each address and port (0: any), and each name, once. */
void virtual_script_add_host(struct virtual_script *script, const struct address *address,
                             const struct virtual_answer *answers, uint32_t count);
void virtual_script_add_name(struct virtual_script *script, const char *name,
                             const struct virtual_lookup *lookups, uint32_t count);
/* After all that were added before, and after their ends. */
void virtual_script_add(struct script_schedule *schedule, int64_t from_ns, int64_t for_ns,
                        uint32_t limit);

/* The next answer of this address, and the next lookup of this name. */
struct virtual_answer virtual_script_answer(struct virtual_script *script,
                                            const struct address *address);
const struct virtual_lookup *virtual_script_lookup(struct virtual_script *script, const char *name);
/* How many sockets can be made now; when a stall that has begun ends, or now; and when somebody
 * wakes the engine next, or INT64_MAX. */
uint32_t virtual_script_descriptors(const struct virtual_script *script, int64_t now_ns);
int64_t virtual_script_stalled_until(const struct virtual_script *script, int64_t now_ns);
int64_t virtual_script_next_wake(const struct virtual_script *script, int64_t now_ns);

#endif
