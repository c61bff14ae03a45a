/* A hash table of the passes that are inside, each the head of a ring of those that wait for it
 * to leave.
 *
 * The gate has no memory of its own but the buckets: what stands for a key is
 * whoever is inside. So entering cannot fail, and when there is no memory for more buckets the
 * chains merely get longer. Rejected: an entry for each key, which would have to be allocated
 * for every check with a source port. */
#include "engine/gate.h"

#include <stdlib.h>
#include <string.h>

void gate_init(struct gate *gate)
{
    memset(gate, 0, sizeof(*gate));
    gate->buckets = gate->first_buckets;
    gate->bucket_count = GATE_FIRST_BUCKETS;
}

void gate_fini(struct gate *gate)
{
    if (gate->buckets != gate->first_buckets)
        free(gate->buckets);
    gate_init(gate);
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

/* Where the pass inside for this key hangs; at the end of the chain, where there is none. */
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

bool gate_enter(struct gate *gate, struct gate_pass *pass, const struct gate_key *key)
{
    struct gate_pass *inside = *find(gate, key);
    pass->key = *key;
    if (inside != NULL) {
        pass->state = GATE_WAITING;
        pass->next = inside;
        pass->prev = inside->prev;
        inside->prev->next = pass;
        inside->prev = pass;
        return false;
    }
    if (gate->inside_count >= gate->bucket_count)
        grow(gate);
    pass->state = GATE_INSIDE;
    pass->next = pass;
    pass->prev = pass;
    pass->in_bucket = NULL;
    *find(gate, key) = pass;
    gate->inside_count++;
    return true;
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

/* The next in line stands in the table in its place; or nobody does. */
static struct gate_pass *make_way(struct gate *gate, const struct gate_pass *pass)
{
    struct gate_pass **link = find(gate, &pass->key);
    struct gate_pass *next = pass->next;
    if (next == pass) {
        *link = pass->in_bucket;
        gate->inside_count--;
        return NULL;
    }
    next->state = GATE_INSIDE;
    next->in_bucket = pass->in_bucket;
    *link = next;
    return next;
}

struct gate_pass *gate_leave(struct gate *gate, struct gate_pass *pass)
{
    enum gate_state state = pass->state;
    struct gate_pass *successor = NULL;
    if (state == GATE_OUTSIDE)
        return NULL;
    if (state == GATE_INSIDE)
        successor = make_way(gate, pass);
    unlink_from_ring(pass);
    pass->state = GATE_OUTSIDE;
    pass->in_bucket = NULL;
    return successor;
}
