/* A check: what to connect to, how, and what is expected of it. */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/host.h"
#include "core/range.h"
#include "core/text.h"

enum parameter_id {
    PARAM_HOST,
    PARAM_PORT,
    PARAM_TIMEOUT,
    PARAM_SOURCE_PORT,
    PARAM_ATTEMPTS,
    PARAM_RETRY_DELAY,
    PARAM_SOURCE_ADDRESS,
    PARAM_INTERFACE,
    PARAM_FAMILY,
    PARAM_ADDRESSES,
    PARAM_REQUIRE,
    PARAM_RESOLVER,
    PARAM_SEARCH,
    PARAM_HANDSHAKE,
    PARAM_HOLD,
    PARAM_CLOSE,
    PARAM_EXPECT,
    PARAM_WARNING,
    PARAM_CRITICAL,
    PARAMETER_COUNT
};

/* Which of a name's addresses are tried: one after another until one opens, all of them at once, or
 * as clients do that race them (RFC 8305). */
enum addresses { ADDRESSES_ANY, ADDRESSES_ALL, ADDRESSES_RACE };
enum resolver { RESOLVER_DNS, RESOLVER_SYSTEM };
enum handshake { HANDSHAKE_FULL, HANDSHAKE_HALF_OPEN };
enum close_mode { CLOSE_GRACEFUL, CLOSE_RESET };
enum expectation { EXPECT_OPEN, EXPECT_REFUSED, EXPECT_DROPPED, EXPECT_FILTERED, EXPECT_CLOSED };

struct policy;

struct label {
    const char *key;
    const char *value;
};

/* So many addresses of a name are tried at most, and so many can be required. */
#define CHECK_ADDRESSES_MAX 64

/* Plain data: strings belong to the arena of whoever made the check. */
struct check {
    const char *name; /* NULL: "host:port" stands for it */
    const char *description;
    const char *host;        /* brackets removed */
    const char *host_labels; /* its A-labels, where it is not ASCII; else NULL */
    const char *interface;   /* NULL: routing decides */
    const struct label *labels;
    const struct policy *policy; /* of its file; NULL: none */
    uint32_t label_count;
    uint32_t line; /* where it stands in its file or list; 0: nowhere */
    uint32_t column;
    uint32_t given;  /* 1 << enum parameter_id: what was set and not defaulted */
    bool shows_line; /* its result carries `line`: it comes from a list */
    bool search;
    uint8_t host_kind; /* enum host_kind */
    uint8_t family;    /* enum family */
    uint8_t addresses; /* enum addresses */
    uint8_t require;   /* ADDRESSES_ALL: so many must meet the expectation; 0: each */
    uint8_t resolver;  /* enum resolver */
    uint8_t handshake; /* enum handshake */
    uint8_t close;     /* enum close_mode */
    uint8_t expect;    /* enum expectation */
    uint16_t port;
    uint16_t source_port; /* 0: the kernel's choice */
    uint16_t attempts;
    struct address literal; /* the host where it is an address, without port; FAMILY_ANY: it is a
                               name, or its zone is one */
    int64_t timeout_ns;
    int64_t retry_delay_ns;
    int64_t hold_ns;               /* 0: a connection that opened ends at once */
    struct address source_address; /* FAMILY_ANY: the kernel's choice */
    struct range warning;          /* where given */
    struct range critical;
};

/* Every parameter at its default, nothing given. */
void check_init(struct check *check);

bool check_has(const struct check *check, enum parameter_id id);

/* Copies from `from` each parameter that it was given and `check` was not:
 * how defaults become part of a check. Strings are shared. */
void check_inherit(struct check *check, const struct check *from);
/* Copies each parameter that `from` was given: how options override. */
void check_override(struct check *check, const struct check *from);

/* Completes what depends on several parameters (`close` with source_port and
 * handshake, the family that an address implies) and finds what they exclude. False: `why`
 * says what is missing or contradicts, and *at says which parameter (for its
 * place). Call it last, once. */
bool check_complete(struct check *check, enum parameter_id *at, struct text *why);

/* What is asked of name servers: the host, in A-labels. */
const char *check_lookup_name(const struct check *check);

/* `name`, or host:port with brackets where the host needs them. */
void check_append_name(struct text *text, const struct check *check);

#endif
