/* What resolv.conf(5) says, with the C library's defaults and ceilings. */
#ifndef NET_RESOLV_CONF_H
#define NET_RESOLV_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"

#define NAME_SERVERS_MAX   3
#define SEARCH_DOMAINS_MAX 32
#define SEARCH_TEXT_MAX    2048

struct resolv_conf {
    struct address servers[NAME_SERVERS_MAX]; /* with port */
    uint32_t server_count;
    bool is_default; /* the server is: none was named */
    uint32_t domain_count;
    uint16_t domains[SEARCH_DOMAINS_MAX]; /* where each starts in domain_text */
    char domain_text[SEARCH_TEXT_MAX];    /* NUL-terminated, without trailing dots */
    uint32_t ndots;                       /* 0-15 */
    uint32_t timeout_s;                   /* 1-30: for one server to answer in */
    uint32_t attempts;                    /* 1-5: rounds of asking all servers */
    bool rotates;                         /* each lookup starts with another server */
    bool uses_tcp;                        /* use-vc */
    bool has_search;                      /* a list was named, if only an empty one: "search ." */
};

/* No servers, no domains, defaults else. */
void resolv_conf_init(struct resolv_conf *conf);

/* Adds what a text in the form of resolv.conf(5) says. What is not understood is passed over, and
 * so are servers and domains beyond the ceilings. */
void resolv_conf_parse(struct resolv_conf *conf, const char *text, size_t length);

/* Adds what the value of an `options` line says ("ndots:2 rotate"). */
void resolv_conf_parse_options(struct resolv_conf *conf, const char *text, size_t length);
/* Replaces the search list ("corp.example example"). */
void resolv_conf_parse_search(struct resolv_conf *conf, const char *text, size_t length);

const char *resolv_conf_domain(const struct resolv_conf *conf, uint32_t index);

/* Reads the file, the environment (LOCALDOMAIN, RES_OPTIONS) and, where nothing names a search
 * list, the host's own name. A file that cannot be read counts as empty: the server
 * is then 127.0.0.1. Returns 0, or a negative errno where we are short of memory or descriptors. */
int resolv_conf_read(struct resolv_conf *conf, const char *path)
    __attribute__((warn_unused_result));

#endif
