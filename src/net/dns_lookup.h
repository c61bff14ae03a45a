/* One name asked of the name servers: which candidates of the search list, which servers, which
 * families, and when it is enough. */
#ifndef NET_DNS_LOOKUP_H
#define NET_DNS_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "net/address_list.h"
#include "net/name_server.h"
#include "net/name_service.h"
#include "net/search.h"

struct dns_lookup;

/* One family's way through the servers. */
struct dns_inquiry {
    struct dns_lookup *lookup;
    struct question question;
    bool is_settled;
    enum answer answer;  /* where settled */
    enum answer failure; /* the strongest that a server gave; ANSWER_NONE */
    uint32_t server;     /* asked last */
    uint32_t turn;       /* how many servers had theirs in this round */
    uint32_t round;
    uint32_t asked_again; /* 1 << server: those whose turn it is in a later round */
    uint32_t silent;      /* 1 << server: those that were silent in this round */
};

struct dns_lookup {
    struct name_service *service;
    struct address_list *found;
    enum family family;
    struct search search;
    uint32_t candidate;
    char name[SEARCH_NAME_SIZE]; /* the candidate that is asked for */
    uint32_t inquiry_count;
    struct dns_inquiry inquiries[2];
    enum answer absolute_answer; /* what became of the name itself */
    enum answer failure;         /* the strongest of a candidate; ANSWER_NONE */
    bool has_nodata;             /* a candidate exists, without such addresses */
    bool is_done;
    bool is_delayed; /* one family has addresses, and the other gets a little more time */
};

struct dns_lookup_options {
    enum family family;
    bool uses_search;
};

/* The service's reference is the lookup's from here on. `host` and `found` must outlive it, and
 * none of them may move. It may be done when this returns. */
void dns_lookup_start(struct dns_lookup *lookup, struct name_service *service, const char *host,
                      struct address_list *found, const struct dns_lookup_options *options);

/* A question of this lookup was answered. */
void dns_lookup_take_answer(struct dns_lookup *lookup, struct dns_inquiry *inquiry);

/* Why there are no addresses: ANSWER_NONE where it is not done and nothing is known. */
enum answer dns_lookup_failure(const struct dns_lookup *lookup);
/* 1 << enum note, for where there are addresses. */
uint32_t dns_lookup_notes(const struct dns_lookup *lookup);

/* Forgets what is under way and releases the service. */
void dns_lookup_stop(struct dns_lookup *lookup);

#endif
