/* The seam between the engine and the world: what an engine needs done. src/net
 * does it on Linux, tests/virtual on a clock and a network of its own.
 *
 * A slot is a number of the engine's choosing that names one connection or one lookup at a
 * time. Slots of connections and of lookups are counted apart; those of connections are below
 * engine_options.socket_limit, those of lookups below its concurrency, and of either the one
 * that became free last is used next, so that they stay dense. All calls come from one thread. */
#ifndef ENGINE_OPS_H
#define ENGINE_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "core/check.h"
#include "core/lookup_facts.h"
#include "core/observation.h"
#include "tcpcheck.h"

#define RESOLVED_ADDRESSES_MAX CHECK_ADDRESSES_MAX

struct connect_options {
    struct address source_address; /* FAMILY_ANY: the kernel's choice */
    const char *interface;         /* NULL: routing decides; lives as long as the check */
    uint16_t source_port;          /* 0: the kernel's choice */
    enum handshake handshake;      /* half open: close is reset */
    enum close_mode close;         /* how an open connection is closed */
    bool is_to_be_held;            /* not at once when it has opened: by connect_conclude() */
};

struct resolve_options {
    enum family family;
    enum resolver resolver;
    bool search;   /* use the search list of resolv.conf */
    uint16_t port; /* copied into each address */
};

enum event_kind {
    EVENT_NONE,
    EVENT_OBSERVED, /* a handshake has ended, or a connection that was held: `observation` */
    EVENT_RELEASED, /* a connection that was `is_closing` is gone: its slot is free */
    EVENT_RESOLVED, /* a lookup has ended: `resolution` */
};

/* How a lookup ended. */
struct resolution {
    uint32_t slot;
    bool is_resolved;
    /* Where it is not resolved: one of the dns classes, resource, or local_config for a literal
     * whose zone is no interface. */
    enum tcpcheck_outcome outcome;
    uint32_t notes; /* 1 << enum note */
    int64_t ended_ns;
    uint32_t count;
    const struct address *addresses;  /* in the order in which to try them; until the next call */
    const struct lookup_facts *facts; /* NULL: not known; until the next call */
};

struct event {
    enum event_kind kind;
    bool is_closing; /* OBSERVED: the slot stays taken until RELEASED follows */
    bool is_held;    /* OBSERVED: it has opened, the slot stays taken; OBSERVED follows once more
                        if the peer ends it */
    uint32_t slot;   /* of any kind */
    union {
        struct observation observation;
        struct resolution resolution;
    };
};

struct net; /* the world's own state */

struct ops {
    /* Monotonic time, never decreasing. */
    int64_t (*now)(struct net *net);

    /* Waits until until_ns (INT64_MAX: without end), or until there are
     * events, or until somebody woke it. */
    void (*wait_until)(struct net *net, int64_t until_ns);

    /* Starts a handshake; whatever becomes of it, even at once, is told by
     * exactly one EVENT_OBSERVED, and one more where that says so. */
    void (*connect_start)(struct net *net, uint32_t slot, const struct address *address,
                          const struct connect_options *options);

    /* When the handshake began: of one that has yet to begin, now. That is later than
     * connect_start() where others have to do what it asks for. */
    int64_t (*connect_began_ns)(struct net *net, uint32_t slot);

    /* The time of a handshake, or of a connection that is held, is up. *event is the
     * EVENT_OBSERVED that tells how it ended, or would have told; a handshake that turns out to
     * have opened goes on as that says. Valid until the next call. */
    void (*connect_conclude)(struct net *net, uint32_t slot, struct event *event);

    /* Ends a handshake, or a connection that is held or closing, now, and frees the slot: no
     * event follows. *last gets what is known of a handshake, or of what is held. */
    void (*connect_cancel)(struct net *net, uint32_t slot, struct observation *last);

    /* Starts a lookup of a name, or of a literal with a zone; ends in exactly
     * one EVENT_RESOLVED. */
    void (*resolve_start)(struct net *net, uint32_t slot, const char *host,
                          const struct resolve_options *options);

    /* Ends a lookup: no event follows. *last gets what is known: addresses of one family
     * (ended_ns is when they came), or why there are none (TCPCHECK_DNS_TIMEOUT and its
     * like). */
    void (*resolve_cancel)(struct net *net, uint32_t slot, struct resolution *last);

    /* The next thing that happened; EVENT_NONE: nothing more for now. The
     * event is the net's until the next call. */
    const struct event *(*next_event)(struct net *net);
};

#endif
