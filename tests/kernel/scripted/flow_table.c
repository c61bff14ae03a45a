/* Chained hashing by index into one array, and a list through it from the oldest to the
 * newest use. Expiry by time was not needed: what is silent longest goes first, and a port
 * that is used again says so by a new initial sequence number. */
#include "flow_table.h"

#include <stdlib.h>

#include "hash.h"

#define NONE UINT32_MAX

static uint32_t bucket_of(const struct flow_table *table, const struct segment *segment)
{
    uint64_t ports = (uint64_t)segment->from.port << 16 | segment->to.port;
    uint64_t hash = hash_add_address(ports, &segment->to.address);
    return (uint32_t)hash_add_address(hash, &segment->from.address) & (table->bucket_count - 1);
}

static bool is_same_end(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && ip_address_is_equal(&a->address, &b->address);
}

bool flow_table_init(struct flow_table *table, uint32_t capacity)
{
    uint32_t bucket_count = 1;
    while (bucket_count < capacity)
        bucket_count *= 2;
    *table = (struct flow_table){
        .flows = calloc(capacity, sizeof(*table->flows)),
        .buckets = malloc(bucket_count * sizeof(*table->buckets)),
        .capacity = capacity,
        .bucket_count = bucket_count,
        .oldest = NONE,
        .newest = NONE,
    };
    if (table->flows == NULL || table->buckets == NULL) {
        flow_table_fini(table);
        return false;
    }
    for (uint32_t i = 0; i < bucket_count; i++)
        table->buckets[i] = NONE;
    return true;
}

void flow_table_fini(struct flow_table *table)
{
    free(table->flows);
    free(table->buckets);
    *table = (struct flow_table){0};
}

/* ---- the list by age --------------------------------------------------- */

static void unlink_age(struct flow_table *table, struct flow *flow)
{
    if (flow->older == NONE)
        table->oldest = flow->newer;
    else
        table->flows[flow->older].newer = flow->newer;
    if (flow->newer == NONE)
        table->newest = flow->older;
    else
        table->flows[flow->newer].older = flow->older;
}

static void link_newest(struct flow_table *table, struct flow *flow)
{
    flow->older = table->newest;
    flow->newer = NONE;
    if (table->newest == NONE)
        table->oldest = flow->index;
    else
        table->flows[table->newest].newer = flow->index;
    table->newest = flow->index;
}

/* ---- the buckets ------------------------------------------------------- */

static void unlink_bucket(struct flow_table *table, const struct flow *flow)
{
    uint32_t *link = &table->buckets[flow->bucket];
    while (*link != flow->index)
        link = &table->flows[*link].chained;
    *link = flow->chained;
}

static struct flow *find_in(struct flow_table *table, uint32_t bucket,
                            const struct segment *segment)
{
    uint32_t index = table->buckets[bucket];
    while (index != NONE) {
        struct flow *flow = &table->flows[index];
        if (is_same_end(&flow->client, &segment->from) &&
            is_same_end(&flow->server, &segment->to)) {
            unlink_age(table, flow);
            link_newest(table, flow);
            return flow;
        }
        index = flow->chained;
    }
    return NULL;
}

struct flow *flow_table_find(struct flow_table *table, const struct segment *segment)
{
    return find_in(table, bucket_of(table, segment), segment);
}

/* A place that is in no list. */
static struct flow *make_room(struct flow_table *table)
{
    if (table->used < table->capacity) {
        struct flow *fresh = &table->flows[table->used];
        fresh->index = table->used++;
        return fresh;
    }
    struct flow *flow = &table->flows[table->oldest];
    unlink_age(table, flow);
    unlink_bucket(table, flow);
    table->forgotten++;
    return flow;
}

struct flow *flow_table_take(struct flow_table *table, const struct segment *segment)
{
    uint32_t bucket = bucket_of(table, segment);
    struct flow *flow = find_in(table, bucket, segment);
    if (flow != NULL)
        return flow;
    flow = make_room(table);
    flow->client = segment->from;
    flow->server = segment->to;
    flow->bucket = bucket;
    flow->chained = table->buckets[bucket];
    table->buckets[bucket] = flow->index;
    link_newest(table, flow);
    flow_restart(flow);
    return flow;
}

void flow_restart(struct flow *flow)
{
    flow->behaviour = NULL;
    flow->line = 0;
    flow->syn_count = 0;
    flow->serial++;
    flow->state = FLOW_ASKED;
    flow->has_sent_fin = false;
}
