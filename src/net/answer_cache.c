/* A hash table whose entries also stand in a list by their last use, so that to make room costs
 * the same however many there are. What has expired is dropped where it is found, or in its turn:
 * a heap by expiry would only free memory that is bounded anyway.
 *
 * Rejected: to keep "no such name" for as long as its SOA allows. Who is told "not found" goes and
 * adds the name, and the next check must see it. */
#include "net/answer_cache.h"

#include <stdlib.h>
#include <string.h>

#define BUCKET_COUNT ANSWER_CACHE_MAX

struct cached_answer {
    struct cached_answer *next; /* of the same bucket */
    struct list_node node;
    struct lookup_facts *facts;
    int64_t expires_ns;
    enum family family;
    bool uses_search;
    char host[]; /* NUL-terminated */
};

void answer_cache_init(struct answer_cache *cache)
{
    *cache = (struct answer_cache){0};
    list_init(&cache->used);
}

/* FNV-1a. */
static size_t bucket_of(const char *host)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *host != '\0'; host++)
        hash = (hash ^ (uint8_t)*host) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32) % BUCKET_COUNT;
}

static bool is_of(const struct cached_answer *entry, const struct answer_key *key)
{
    return entry->family == key->family && entry->uses_search == key->uses_search &&
           strcmp(entry->host, key->host) == 0;
}

/* Where the pointer to it is; *result is NULL where there is none. */
static struct cached_answer **find_link(const struct answer_cache *cache,
                                        const struct answer_key *key)
{
    struct cached_answer **link = &cache->buckets[bucket_of(key->host)];
    while (*link != NULL && !is_of(*link, key))
        link = &(*link)->next;
    return link;
}

static void drop(struct answer_cache *cache, struct cached_answer **link)
{
    struct cached_answer *entry = *link;
    *link = entry->next;
    list_remove(&entry->node);
    cache->count--;
    free(entry->facts);
    free(entry);
}

static void drop_least_used(struct answer_cache *cache)
{
    struct list_node *oldest = list_first(&cache->used);
    if (oldest == NULL)
        return;
    const struct cached_answer *entry = list_entry(oldest, struct cached_answer, node);
    struct cached_answer **link = &cache->buckets[bucket_of(entry->host)];
    while (*link != NULL && *link != entry)
        link = &(*link)->next;
    if (*link != NULL)
        drop(cache, link);
}

void answer_cache_fini(struct answer_cache *cache)
{
    while (cache->count != 0)
        drop_least_used(cache);
    free(cache->buckets);
    answer_cache_init(cache);
}

const struct lookup_facts *answer_cache_find(struct answer_cache *cache,
                                             const struct answer_key *key, int64_t now_ns)
{
    if (cache->buckets == NULL)
        return NULL;
    struct cached_answer **link = find_link(cache, key);
    struct cached_answer *entry = *link;
    if (entry == NULL)
        return NULL;
    if (now_ns >= entry->expires_ns) {
        drop(cache, link);
        return NULL;
    }
    list_remove(&entry->node);
    list_append(&cache->used, &entry->node);
    return entry->facts;
}

/* NULL: memory. */
static struct cached_answer *create(const struct answer_key *key, const struct lookup_facts *facts)
{
    size_t host_bytes = strlen(key->host) + 1;
    struct cached_answer *entry = calloc(1, sizeof(*entry) + host_bytes);
    if (entry == NULL)
        return NULL;
    entry->facts = lookup_facts_copy(facts);
    if (entry->facts == NULL) {
        free(entry);
        return NULL;
    }
    entry->family = key->family;
    entry->uses_search = key->uses_search;
    memcpy(entry->host, key->host, host_bytes);
    return entry;
}

void answer_cache_keep(struct answer_cache *cache, const struct answer_key *key,
                       const struct lookup_facts *facts, int64_t expires_ns)
{
    if (cache->buckets == NULL)
        cache->buckets = calloc(BUCKET_COUNT, sizeof(struct cached_answer *));
    struct cached_answer *entry = cache->buckets == NULL ? NULL : create(key, facts);
    if (entry == NULL)
        return;
    struct cached_answer **link = find_link(cache, key);
    if (*link != NULL)
        drop(cache, link);
    else if (cache->count == ANSWER_CACHE_MAX)
        drop_least_used(cache);
    link = &cache->buckets[bucket_of(key->host)];
    entry->next = *link;
    *link = entry;
    entry->expires_ns = expires_ns;
    list_append(&cache->used, &entry->node);
    cache->count++;
}
