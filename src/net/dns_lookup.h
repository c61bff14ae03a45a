/* One name asked of the name servers: which candidates of the search list, which servers, which
 * families, and when it is enough. */
#ifndef NET_DNS_LOOKUP_H
#define NET_DNS_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/lookup_facts.h"
#include "net/address_list.h"
#include "net/name_server.h"
#include "net/name_service.h"
#include "net/search.h"

/* Room for the names that were asked for. Those that do not fit are left out. */
#define ASKED_SIZE 1024

struct dns_lookup;

/* One family's way through the servers. */
struct dns_inquiry {
    struct dns_lookup *lookup;
    struct question question;
    bool is_settled;
    struct family_facts facts;        /* where settled */
    struct family_facts failure;      /* the strongest that a server gave; ANSWER_NONE */
    uint32_t order[NAME_SERVERS_MAX]; /* in which the servers are asked */
    uint32_t server;                  /* asked last */
    uint32_t turn;                    /* how many servers had theirs in this round */
    uint32_t round;
    uint32_t asked_again; /* 1 << server: those whose turn it is in a later round */
    uint32_t silent;      /* 1 << server: those that were silent in this round */
};

/* What the servers said of a name, or of all candidates. */
struct dns_said {
    bool is_known;
    enum answer answer;
    struct family_facts families[LOOKUP_FAMILIES];
};

struct dns_lookup {
    struct name_service *service;
    int64_t started_ns;
    struct address_list *found;
    struct answer_key key;
    struct search search;
    uint32_t candidate;
    char name[SEARCH_NAME_SIZE]; /* the candidate that is asked for */
    char asked[ASKED_SIZE];      /* all of them, each with its NUL */
    uint32_t asked_bytes;
    uint32_t inquiry_count;
    struct dns_inquiry inquiries[2];
    struct dns_said absolute;                        /* of the name itself */
    struct failed_server failures[NAME_SERVERS_MAX]; /* the strongest of each; ANSWER_NONE */
    struct failed_server failed[NAME_SERVERS_MAX];   /* of the facts */
    struct dns_said best; /* of the candidate that says the most of why there are none */
    bool is_cached;       /* `best` is what was said earlier */
    bool is_done;
    bool
        is_delayed; /* one family has addresses, or no such name: the other gets a little more time */
};

struct dns_lookup_options {
    enum family family;
    bool uses_search;
};

/* The service's reference is the lookup's from here on. `host` and `found` must outlive it, and
 * none of them may move. It may be done when this returns. */
void dns_lookup_start(struct dns_lookup *lookup, struct name_service *service, const char *host,
                      struct address_list *found, const struct dns_lookup_options *options);

/* The other family has had its time. The lookup may be done then, or ask for the next candidate. */
void dns_lookup_end_delay(struct dns_lookup *lookup);

/* A question of this lookup was answered. */
void dns_lookup_take_answer(struct dns_lookup *lookup, struct dns_inquiry *inquiry);

/* What is known of it, done or not. Its names and its failed servers are the lookup's; the addresses
 * are left to the caller. Before dns_lookup_stop(). */
struct lookup_facts dns_lookup_facts(struct dns_lookup *lookup);
/* 1 << enum note, for where there are addresses. */
uint32_t dns_lookup_notes(const struct dns_lookup *lookup);

/* Forgets what is under way and releases the service. */
void dns_lookup_stop(struct dns_lookup *lookup);

#endif
