/* A week's world, all of it from one seed: how each host and name answers, what befalls the process,
 * and each of the checks. A check is computed from its number alone, so that none needs to be kept. */
#ifndef WEEK_H
#define WEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/check.h"
#include "core/duration.h"
#include "core/result.h"
#include "engine/engine.h"
#include "virtual_net.h"

#define WEEK_NS    (INT64_C(7) * 24 * 3600 * NS_PER_S)
#define WEEK_HOSTS 1200
#define WEEK_NAMES 300

/* The longest stall, and what little comes on top of it. */
#define WEEK_LATENESS_NS (INT64_C(3) * NS_PER_S)

struct week_entry {
    char text[24];
    enum host_kind kind;
    uint32_t endings; /* 1 << enum tcpcheck_outcome: what it can give of itself */
};

struct week {
    uint64_t seed;
    uint64_t check_count;
    struct week_entry hosts[WEEK_HOSTS]; /* literals, a third of them IPv6 */
    struct week_entry names[WEEK_NAMES]; /* the first is a literal with a zone */
    struct net *net;
};

/* Of so many checks, spread evenly over the week. */
void week_init(struct week *week, uint64_t seed, uint64_t check_count);
void week_fini(struct week *week);

/* What the engine is to keep to. */
struct engine_options week_limits(void);

/* When the check is due, since the epoch: never before the one with the number below. */
int64_t week_due_ns(const struct week *week, uint64_t number);
/* The check, completed. Its strings are the week's. */
void week_write_check(const struct week *week, uint64_t number, struct check *check);

/* Until when whoever takes results is held up at this moment, or the moment itself; since the
 * epoch. */
int64_t week_blocked_until(int64_t now_ns);

/* Fails the test where an address or a name ended as it never can. */
void week_expect_possible(const struct week *week, const struct result *result);

#endif
