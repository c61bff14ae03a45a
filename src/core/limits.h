/* How hard a run may press on the world: the limits of check files and options, one table. */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/rate.h"
#include "core/text.h"

enum limit_id {
    LIMIT_RATE,             /* connections a second, in all */
    LIMIT_HOST_RATE,        /* connections a second to one address */
    LIMIT_HOST_IN_FLIGHT,   /* connections at once to one address */
    LIMIT_ALLOW_MANY_PORTS, /* distinct ports of one address in a run */
    LIMIT_COUNT
};

struct limits {
    uint32_t given; /* 1 << enum limit_id: what was set and not defaulted */
    struct rate rate;
    struct rate host_rate;
    uint32_t host_in_flight; /* 0: unlimited */
    uint32_t host_ports;     /* 0: unlimited */
};

/* How often, and how long, each limit was felt. */
struct restraint {
    uint64_t counts[LIMIT_COUNT];    /* connections that waited for it; of ALLOW_MANY_PORTS, those
                                        that were not made */
    int64_t longest_ns[LIMIT_COUNT]; /* that one of them waited */
};

/* A connection has waited for it. */
void restraint_add(struct restraint *restraint, enum limit_id id, int64_t waited_ns);

struct limit_info {
    const char *name;         /* "host_rate"; the option is --host-rate */
    const char *argument;     /* "N/s" */
    const char *default_text; /* what limits_init() sets */
    const char *accepted;     /* ends every message */
    const char *meaning;      /* one line */
    int64_t max;              /* of a count; 0: a rate */
};

/* LIMIT_COUNT entries, indexed by id. */
extern const struct limit_info limit_table[LIMIT_COUNT];

/* What holds where nobody says otherwise; nothing given. */
void limits_init(struct limits *limits);

/* Sets one limit from text and marks it as given. False, and nothing changed: not what the
 * table says is accepted. */
bool limits_set(struct limits *limits, enum limit_id id, const char *text, size_t length);

/* Copies each limit that `from` was given: how options override. */
void limits_override(struct limits *limits, const struct limits *from);
/* The same where `from` is stricter, or nothing was given so far: how files that are run
 * together share a run. */
void limits_tighten(struct limits *limits, const struct limits *from);

/* A limit's value as text that limits_set() reads back. */
void limit_append(struct text *text, const struct limits *limits, enum limit_id id);

#endif
