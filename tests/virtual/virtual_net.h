/* A network and a clock that exist only in a test. Time passes in wait_until()
 * alone, what happens is written down beforehand, and the same seed gives the same run. Contracts
 * of ops that the engine breaks fail the test on the spot. */
#ifndef VIRTUAL_NET_H
#define VIRTUAL_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "engine/ops.h"
#include "virtual_script.h"

/* A connection that was started. */
struct virtual_start {
    int64_t when_ns; /* since the epoch */
    uint32_t slot;
    struct connect_options options;
    struct address address;
};

struct virtual_options {
    uint64_t seed;
    int64_t late_max_ns;       /* wake-ups come up to so much late */
    uint32_t spurious_percent; /* so many of a hundred come for no reason, at a random moment */
    int64_t connect_cost_ns;   /* time that passes in connect_start() */
    int64_t begin_late_ns;     /* handshakes begin so much later than they are started */
    bool goes_round;           /* who has given his last answer begins again with the first */
    bool forgets_starts;       /* keeps no list of what was started: for runs without measure */
};

extern const struct ops virtual_ops;

struct net *virtual_net_create(const struct virtual_options *options);
/* Nothing may be open or being looked up. */
void virtual_net_destroy(struct net *net);

/* Slots of connections and of lookups must lie below these from now on. */
void virtual_net_set_limits(struct net *net, uint32_t slot_limit, uint32_t lookup_limit);

/* What connections to this address and port (0: any) meet: the first, the second, ..., and all
 * later ones the last of them (unless `goes_round`). Without an entry: silence. */
void virtual_net_answers(struct net *net, const char *address, uint16_t port,
                         const struct virtual_answer *answers, uint32_t count);
/* The same for an address that always answers alike. */
void virtual_net_answer(struct net *net, const char *address, struct virtual_answer answer);
/* The same for lookups of a name. The strings outlive the net. Without an entry: silence. */
void virtual_net_lookups(struct net *net, const char *name, const struct virtual_lookup *lookups,
                         uint32_t count);

/* Moments of a kind are given in their order, and no stall begins before the last one ends.
 *
 * From then on (since the epoch) at most so many sockets can be made. */
void virtual_net_descriptors(struct net *net, int64_t from_ns, uint32_t limit);
/* The process does not run for `for_ns` from then on. */
void virtual_net_stall(struct net *net, int64_t from_ns, int64_t for_ns);
/* Somebody wakes the engine then. */
void virtual_net_wake_at(struct net *net, int64_t when_ns);

/* An event that nobody waits for, told next: what no net may do. */
void virtual_net_tell(struct net *net, enum event_kind kind, uint32_t slot);

/* Since the epoch. */
int64_t virtual_net_time(const struct net *net);
uint32_t virtual_net_open_count(const struct net *net);
uint32_t virtual_net_lookup_count(const struct net *net);
uint32_t virtual_net_most_open(const struct net *net);
/* Connections started in all, in order; only their number where they are forgotten. */
uint32_t virtual_net_start_count(const struct net *net);
const struct virtual_start *virtual_net_start(const struct net *net, uint32_t index);
/* How often it found nothing to wait for and nothing to tell, in a row, at most. */
uint32_t virtual_net_most_idle(const struct net *net);

/* A number below `limit`, which is not 0. */
uint64_t virtual_random(uint64_t *state, uint64_t limit);

#endif
