/* A hash table of rings: in each, first those that are inside for a key, then those that wait for
 * one of them to leave. The first of a ring is the one in the table, and counts for all.
 *
 * The gate has no memory of its own but the buckets: what stands for a key is
 * whoever is inside. So entering cannot fail, and when there is no memory for more buckets the
 * chains merely get longer. Rejected: an entry for each key, which would have to be allocated
 * for every check with a source port. */
#include "engine/gate.h"

#include <stdlib.h>
#include <string.h>

void gate_init(struct gate *gate, uint32_t limit)
{
    memset(gate, 0, sizeof(*gate));
    gate->limit = limit;
    gate->buckets = gate->first_buckets;
    gate->bucket_count = GATE_FIRST_BUCKETS;
}

void gate_fini(struct gate *gate)
{
    if (gate->buckets != gate->first_buckets)
        free(gate->buckets);
    gate_init(gate, gate->limit);
}

static bool is_same(const struct gate_key *a, const struct gate_key *b)
{
    return a->source_port == b->source_port && address_is_equal(&a->address, &b->address);
}

static struct gate_pass **bucket_of(const struct gate *gate, const struct gate_key *key)
{
    uint64_t hash = address_hash(&key->address) + key->source_port * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    return &gate->buckets[hash & (gate->bucket_count - 1)];
}

/* Where the first pass of this key hangs; at the end of the chain, where there is none. */
static struct gate_pass **find(const struct gate *gate, const struct gate_key *key)
{
    struct gate_pass **link = bucket_of(gate, key);
    while (*link != NULL && !is_same(&(*link)->key, key))
        link = &(*link)->in_bucket;
    return link;
}

static void grow(struct gate *gate)
{
    struct gate_pass **old = gate->buckets;
    size_t old_count = gate->bucket_count;
    struct gate_pass **buckets = calloc(old_count * 2, sizeof(struct gate_pass *));
    if (buckets == NULL)
        return;
    gate->buckets = buckets;
    gate->bucket_count = old_count * 2;
    for (size_t i = 0; i < old_count; i++) {
        for (struct gate_pass *pass = old[i], *next; pass != NULL; pass = next) {
            next = pass->in_bucket;
            struct gate_pass **bucket = bucket_of(gate, &pass->key);
            pass->in_bucket = *bucket;
            *bucket = pass;
        }
    }
    if (old != gate->first_buckets)
        free(old);
}

/* At the end of the ring of `first`. */
static void link_into_ring(struct gate_pass *first, struct gate_pass *pass)
{
    pass->next = first;
    pass->prev = first->prev;
    first->prev->next = pass;
    first->prev = pass;
}

static void begin_ring(struct gate *gate, struct gate_pass *pass)
{
    if (gate->key_count >= gate->bucket_count)
        grow(gate);
    pass->next = pass;
    pass->prev = pass;
    pass->in_bucket = NULL;
    pass->first_waiting = NULL;
    pass->inside_count = 1;
    *find(gate, &pass->key) = pass;
    gate->key_count++;
}

bool gate_enter(struct gate *gate, struct gate_pass *pass, const struct gate_key *key)
{
    struct gate_pass *first = *find(gate, key);
    pass->key = *key;
    pass->state = GATE_INSIDE;
    if (first == NULL) {
        begin_ring(gate, pass);
        return true;
    }
    link_into_ring(first, pass);
    if (first->inside_count < gate->limit) {
        first->inside_count++;
        return true;
    }
    pass->state = GATE_WAITING;
    if (first->first_waiting == NULL)
        first->first_waiting = pass;
    return false;
}

static void unlink_from_ring(struct gate_pass *pass)
{
    struct gate_pass *next = pass->next;
    struct gate_pass *prev = pass->prev;
    prev->next = next;
    next->prev = prev;
    pass->next = NULL;
    pass->prev = NULL;
}

/* The next in line behind the one that waits first; NULL: the ring ends there. */
static struct gate_pass *line_behind(const struct gate_pass *first, const struct gate_pass *waiting)
{
    return waiting->next == first ? NULL : waiting->next;
}

/* One inside will leave: the first in line comes in, or nobody does. */
static struct gate_pass *let_in(struct gate_pass *first)
{
    struct gate_pass *successor = first->first_waiting;
    if (successor == NULL) {
        first->inside_count--;
        return NULL;
    }
    first->first_waiting = line_behind(first, successor);
    successor->state = GATE_INSIDE;
    return successor;
}

/* The next of the ring stands in the table in the place of its first; or nobody does. */
static void hand_over(struct gate *gate, struct gate_pass **link)
{
    struct gate_pass *first = *link;
    struct gate_pass *next = first->next;
    if (next == first) {
        *link = first->in_bucket;
        gate->key_count--;
        return;
    }
    next->in_bucket = first->in_bucket;
    next->first_waiting = first->first_waiting;
    next->inside_count = first->inside_count;
    *link = next;
}

struct gate_pass *gate_leave(struct gate *gate, struct gate_pass *pass)
{
    struct gate_pass *successor = NULL;
    if (pass->state == GATE_OUTSIDE)
        return NULL;
    struct gate_pass **link = find(gate, &pass->key);
    struct gate_pass *first = *link;
    if (first == NULL)
        return NULL;
    if (pass->state == GATE_INSIDE)
        successor = let_in(first);
    else if (first->first_waiting == pass)
        first->first_waiting = line_behind(first, pass);
    if (first == pass)
        hand_over(gate, link);
    unlink_from_ring(pass);
    pass->state = GATE_OUTSIDE;
    pass->in_bucket = NULL;
    return successor;
}
