/* The names that a name may stand for: itself, and itself within each domain of the
 * search list (resolv.conf(5)). Pure. */
#ifndef NET_SEARCH_H
#define NET_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "net/resolv_conf.h"

#define SEARCH_NAME_SIZE 256

struct search {
    const char *host;
    const struct resolv_conf *conf;
    uint32_t candidate_count; /* at least 1 */
    uint32_t absolute;        /* which candidate is the name itself: the first or the last */
};

/* host and conf must outlive it. `uses_list` false, or a trailing dot: the name itself only. */
void search_init(struct search *search, const char *host, const struct resolv_conf *conf,
                 bool uses_list);

/* Writes candidate `index`, without a trailing dot. False: it would be longer than a name
 * may be. */
bool search_candidate(const struct search *search, uint32_t index, char name[SEARCH_NAME_SIZE]);

#endif
