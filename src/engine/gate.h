/* A gate for each key: so many passes are inside at a time, the others wait before it
 * in the order in which they came. */
#ifndef ENGINE_GATE_H
#define ENGINE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"

#define GATE_FIRST_BUCKETS 16

struct gate_key {
    struct address address;
    uint16_t source_port; /* 0 where it does not matter */
};

enum gate_state { GATE_OUTSIDE, GATE_WAITING, GATE_INSIDE };

/* Lives in whoever wants through; zeroed is outside. Stays where it is until it
 * has left. */
struct gate_pass {
    enum gate_state state;
    struct gate_key key;
    struct gate_pass *next; /* a ring: those inside, then those that wait */
    struct gate_pass *prev;
    /* Of the first of the ring, which stands for all: */
    struct gate_pass *in_bucket;     /* the next with a hash like this */
    struct gate_pass *first_waiting; /* or NULL */
    uint32_t inside_count;
};

/* Stays where it is. */
struct gate {
    struct gate_pass **buckets; /* the first of each ring, by hash */
    size_t bucket_count;        /* a power of two */
    size_t key_count;           /* rings */
    uint32_t limit;
    struct gate_pass *first_buckets[GATE_FIRST_BUCKETS];
};

/* At most `limit` (at least 1) are inside for each key. */
void gate_init(struct gate *gate, uint32_t limit);
/* Everybody has left. */
void gate_fini(struct gate *gate);

/* A pass that is outside wants in. True: it is; false: it waits. Never fails. */
bool gate_enter(struct gate *gate, struct gate_pass *pass, const struct gate_key *key);

/* Goes away, from inside or from the line; nothing happens to one outside.
 * Returns the pass that has come inside in its stead, or NULL. */
struct gate_pass *gate_leave(struct gate *gate, struct gate_pass *pass);

#endif
