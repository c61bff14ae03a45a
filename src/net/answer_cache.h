/* What name servers have said, for as long as it holds: whole answers with addresses, each until the
 * shortest time to live in it has passed. */
#ifndef NET_ANSWER_CACHE_H
#define NET_ANSWER_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/lookup_facts.h"
#include "net/list.h"

/* Beyond this the one that nobody has used for longest goes: some 2 MiB in all, 9 MiB where each
 * has 64 addresses. */
#define ANSWER_CACHE_MAX 4096

struct cached_answer;

struct answer_cache {
    struct cached_answer **buckets; /* NULL: nothing was ever kept */
    struct list used;               /* all, the least recently used first */
    uint32_t count;
};

/* What was asked: the name as it was asked for, byte by byte. */
struct answer_key {
    const char *host;
    enum family family;
    bool uses_search;
};

void answer_cache_init(struct answer_cache *cache);
void answer_cache_fini(struct answer_cache *cache);

/* What was said, or NULL: nothing that holds at now_ns. Valid until the next call. */
const struct lookup_facts *answer_cache_find(struct answer_cache *cache,
                                             const struct answer_key *key, int64_t now_ns);

/* Keeps a copy up to, and not at, expires_ns, in the place of what was kept for this key. Where
 * memory is short, nothing is kept. */
void answer_cache_keep(struct answer_cache *cache, const struct answer_key *key,
                       const struct lookup_facts *facts, int64_t expires_ns);

#endif
