/* Hosts answer with endings, each of which has its class. What
 * was drawn for a host is remembered as a set of classes: that suffices to notice a wrong cause,
 * and needs no second engine. (Which of them is due when is for test_model.c.) */
#include "week.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ending.h"

#define MS(number) ((number)*NS_PER_MS)
#define S(number)  ((number)*NS_PER_S)

#define POPULAR_HOSTS 8
#define HOUR_NS       S(INT64_C(3600))
#define HOURS         (WEEK_NS / HOUR_NS)

static const enum tcpcheck_outcome dns_failures[] = {
    TCPCHECK_DNS_NXDOMAIN, TCPCHECK_DNS_NODATA,    TCPCHECK_DNS_TIMEOUT,     TCPCHECK_DNS_SERVFAIL,
    TCPCHECK_DNS_REFUSED,  TCPCHECK_DNS_MALFORMED, TCPCHECK_DNS_UNREACHABLE, TCPCHECK_RESOURCE,
};

static int64_t up_to(uint64_t *random, int64_t limit_ns)
{
    return (int64_t)virtual_random(random, (uint64_t)limit_ns + 1);
}

static bool one_in(uint64_t *random, uint64_t number)
{
    return virtual_random(random, number) == 0;
}

static uint32_t bit(enum tcpcheck_outcome outcome)
{
    return UINT32_C(1) << outcome;
}

/* ---- who answers how ------------------------------------------------------ */

static enum family family_of(int host)
{
    return host % 3 == 2 ? FAMILY_IPV6 : FAMILY_IPV4;
}

static void name_host(struct week_entry *entry, int host)
{
    bool is_ipv6 = family_of(host) == FAMILY_IPV6;
    entry->kind = is_ipv6 ? HOST_IPV6 : HOST_IPV4;
    if (is_ipv6)
        snprintf(entry->text, sizeof(entry->text), "fd00::%x:%x", host / 256, host % 256);
    else
        snprintf(entry->text, sizeof(entry->text), "10.0.%d.%d", host / 256, host % 256);
}

/* Which host has this address. */
static int host_at(const struct address *address)
{
    if (address->family == FAMILY_IPV6)
        return address->bytes[13] * 256 + address->bytes[15];
    return address->bytes[2] * 256 + address->bytes[3];
}

static void write_host(struct week *week, int host, uint64_t *random)
{
    struct virtual_answer answers[VIRTUAL_ANSWERS_MAX];
    struct week_entry *entry = &week->hosts[host];
    uint32_t count = (uint32_t)virtual_random(random, VIRTUAL_ANSWERS_MAX) + 1;
    name_host(entry, host);
    for (uint32_t i = 0; i < count; i++) {
        const struct ending *ending = ending_draw(random, family_of(host));
        answers[i] = ending->answer;
        answers[i].after_ns += up_to(random, ending->within_ns);
        entry->endings |= bit(ending->outcome) | ending->also;
    }
    virtual_net_answers(week->net, entry->text, 0, answers, count);
}

static struct virtual_lookup some_lookup(const struct week *week, uint64_t *random)
{
    struct virtual_lookup lookup = {.after_ns = up_to(random, S(2))};
    switch (virtual_random(random, 8)) {
    case 0:
    case 1: lookup.failure = dns_failures[virtual_random(random, 8)]; return lookup;
    case 2: lookup.after_ns = INT64_MAX; return lookup;
    case 3: /* one family never answers */
        lookup.after_ns = INT64_MAX;
        lookup.known_after_ns = S(1);
        break;
    default: break;
    }
    lookup.count = (uint32_t)virtual_random(random, one_in(random, 50) ? 40 : 5) + 1;
    lookup.notes = one_in(random, 5) ? 1 << NOTE_IPV6_FAILED : 0;
    for (uint32_t i = 0; i < lookup.count; i++)
        lookup.addresses[i] = week->hosts[virtual_random(random, WEEK_HOSTS)].text;
    return lookup;
}

static void write_name(struct week *week, int name, uint64_t *random)
{
    struct virtual_lookup lookups[VIRTUAL_ANSWERS_MAX];
    struct week_entry *entry = &week->names[name];
    uint32_t count = (uint32_t)virtual_random(random, VIRTUAL_ANSWERS_MAX) + 1;
    entry->kind = name == 0 ? HOST_IPV6 : HOST_NAME;
    if (name == 0)
        snprintf(entry->text, sizeof(entry->text), "fe80::1%%lan0");
    else
        snprintf(entry->text, sizeof(entry->text), "name%d.test", name);
    for (uint32_t i = 0; i < count; i++) {
        lookups[i] = some_lookup(week, random);
        if (lookups[i].count == 0 && lookups[i].after_ns < INT64_MAX)
            entry->endings |= bit(lookups[i].failure);
    }
    virtual_net_lookups(week->net, entry->text, lookups, count);
}

/* ---- what befalls the process --------------------------------------------- */

/* Each hour descriptors grow scarce, then there are none at all for a while. */
static void write_shortages(struct week *week, uint64_t *random)
{
    for (int64_t hour = 0; hour < HOURS; hour++) {
        int64_t from_ns = hour * HOUR_NS + up_to(random, HOUR_NS / 2);
        uint32_t few = (uint32_t)virtual_random(random, 30) + 2;
        virtual_net_descriptors(week->net, from_ns, few);
        virtual_net_descriptors(week->net, from_ns + S(300), 0);
        virtual_net_descriptors(week->net, from_ns + S(300) + up_to(random, S(40)), UINT32_MAX);
    }
}

static void write_stalls(struct week *week, uint64_t *random)
{
    for (int64_t from_ns = 0; from_ns < WEEK_NS; from_ns += HOUR_NS / 12) {
        int64_t offset_ns = up_to(random, HOUR_NS / 24);
        virtual_net_stall(week->net, from_ns + offset_ns, MS(1) + up_to(random, S(2)));
    }
}

/* For twenty seconds of each hour nobody reads what is written. */
int64_t week_blocked_until(int64_t now_ns)
{
    int64_t in_hour_ns = now_ns % HOUR_NS;
    bool is_blocked = in_hour_ns >= S(1800) && in_hour_ns < S(1820);
    return is_blocked ? now_ns - in_hour_ns + S(1820) : now_ns;
}

struct engine_options week_limits(void)
{
    return (struct engine_options){
        .concurrency = 200,
        .result_limit = 50,
        .socket_limit = 48,
        .rate = {.interval_ps = S(1000) / 60},
        .host_rate = {.interval_ps = S(1000) / 2},
        .host_in_flight = 4,
        .host_ports = 16,
    };
}

void week_init(struct week *week, uint64_t seed, uint64_t check_count)
{
    const struct virtual_options options = {
        .seed = seed,
        .late_max_ns = MS(2),
        .spurious_percent = 10,
        .connect_cost_ns = NS_PER_MS * 3 / 100,
        .goes_round = true,
        .forgets_starts = true,
    };
    struct engine_options limits = week_limits();
    uint64_t random = seed;
    *week = (struct week){.seed = seed, .check_count = check_count};
    week->net = virtual_net_create(&options);
    virtual_net_set_limits(week->net, limits.socket_limit, limits.concurrency);
    for (int i = 0; i < WEEK_HOSTS; i++)
        write_host(week, i, &random);
    for (int i = 0; i < WEEK_NAMES; i++)
        write_name(week, i, &random);
    write_shortages(week, &random);
    write_stalls(week, &random);
}

void week_fini(struct week *week)
{
    virtual_net_destroy(week->net);
}

/* ---- the checks ----------------------------------------------------------- */

/* Evenly for a while, then in waves, then in larger waves. */
int64_t week_due_ns(const struct week *week, uint64_t number)
{
    static const uint64_t waves[] = {1, 100, 1, 500};
    uint64_t first = number - number % waves[number / 5000 % 4];
    uint64_t whole = (uint64_t)WEEK_NS / week->check_count * first;
    return (int64_t)(whole + (uint64_t)WEEK_NS % week->check_count * first / week->check_count);
}

static const struct week_entry *some_entry(const struct week *week, uint64_t *random)
{
    switch (virtual_random(random, 8)) {
    case 0:
    case 1: return &week->names[virtual_random(random, WEEK_NAMES)];
    case 2: return &week->hosts[virtual_random(random, POPULAR_HOSTS)];
    default: return &week->hosts[virtual_random(random, WEEK_HOSTS)];
    }
}

static int64_t some_timeout(uint64_t *random)
{
    switch (virtual_random(random, 50)) {
    case 0: return MS(1);
    case 1: return S(60);
    default: return MS(100) + up_to(random, S(6));
    }
}

static void write_connection(struct check *check, uint64_t *random)
{
    check->port = (uint16_t)(80 + virtual_random(random, 2));
    check->close = (uint8_t)virtual_random(random, 2);
    if (one_in(random, 8)) {
        check->handshake = HANDSHAKE_HALF_OPEN;
        check->close = CLOSE_RESET;
    }
    if (one_in(random, 10))
        check->source_port = (uint16_t)(5000 + virtual_random(random, 5));
    if (check->host_kind == HOST_IPV4 && one_in(random, 10))
        check->source_address = virtual_address("10.255.0.7", 0);
}

/* A few are held, and of some names more than one address counts. */
static void write_extras(struct check *check, uint64_t *random)
{
    if (check->handshake == HANDSHAKE_FULL && one_in(random, 8))
        check->hold_ns = MS(1) + up_to(random, S(2));
    if (!one_in(random, 4))
        return;
    check->addresses = (uint8_t)virtual_random(random, ADDRESSES_RACE + 1);
    if (check->addresses == ADDRESSES_ALL && one_in(random, 2))
        check->require = (uint8_t)(1 + virtual_random(random, 4));
}

static void write_expectation(struct check *check, uint64_t *random)
{
    check->expect = (uint8_t)(one_in(random, 2) ? 0 : virtual_random(random, EXPECT_CLOSED + 1));
    if (check->expect != EXPECT_OPEN || !one_in(random, 4))
        return;
    check->warning = (struct range){.end_ns = MS(100)};
    check->critical = (struct range){.end_ns = MS(500)};
    check->given |= UINT32_C(1) << PARAM_WARNING | UINT32_C(1) << PARAM_CRITICAL;
}

void week_write_check(const struct week *week, uint64_t number, struct check *check)
{
    uint64_t random = week->seed ^ (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    const struct week_entry *entry = some_entry(week, &random);
    check_init(check);
    check->host = entry->text;
    check->host_kind = (uint8_t)entry->kind;
    /* A zone by name leaves it as it is. */
    (void)address_parse(entry->text, strlen(entry->text), &check->literal);
    check->given = UINT32_C(1) << PARAM_HOST | UINT32_C(1) << PARAM_PORT;
    check->line = (uint32_t)number + 1;
    check->shows_line = true;
    check->timeout_ns = some_timeout(&random);
    check->attempts = (uint16_t)(1 + virtual_random(&random, 4));
    check->retry_delay_ns = one_in(&random, 10) ? 0 : up_to(&random, S(3));
    write_connection(check, &random);
    write_extras(check, &random);
    write_expectation(check, &random);
}

/* ---- what may come of them ------------------------------------------------- */

/* Whatever an address does, its time may run out, others may win, and descriptors may be short. */
static void expect_possible_address(const struct week *week, const struct tried *tried)
{
    uint32_t always = bit(TCPCHECK_TIMEOUT) | bit(TCPCHECK_CANCELLED) | bit(TCPCHECK_RESOURCE);
    int host = host_at(&tried->address);
    assert_in_range(host, 0, WEEK_HOSTS - 1);
    assert_true((week->hosts[host].endings | always) & bit(tried->outcome));
}

static void expect_possible_lookup(const struct week *week, const struct check *check,
                                   enum tcpcheck_outcome outcome)
{
    uint32_t possible = bit(TCPCHECK_CANCELLED) | bit(TCPCHECK_RESOURCE);
    for (int i = 0; i < WEEK_NAMES; i++)
        if (check->host == week->names[i].text)
            possible |= week->names[i].endings | bit(TCPCHECK_DNS_TIMEOUT);
    assert_true(possible & bit(outcome));
}

void week_expect_possible(const struct week *week, const struct result *result)
{
    for (uint32_t i = 0; i < result->tried_count; i++)
        expect_possible_address(week, &result->tried[i]);
    for (uint32_t i = 0; i < result->attempt_kept; i++)
        if (result->attempts[i].decided_by < 0)
            expect_possible_lookup(week, result->check, result->attempts[i].outcome);
}
