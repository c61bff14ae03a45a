/* A schedule in place of a bucket of tokens: each connection moves the moment of the next by one
 * interval, and nothing is ever divided or rounded.
 *
 * What is remembered of a host is one such moment. Once it lies so far back
 * that it has no bearing on any later one, the host is as good as
 * new; such hosts are dropped whenever the table would have to grow, so that
 * it holds no more than the hosts of the last interval.
 *
 * Rejected: the moment at which the connection really started, plus the interval.
 * Every wake-up is 50 to 100 us late, which at 1,000 a second is a tenth of the rate. */
#include "engine/pace.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY 16
#define PS_PER_NS      1000

void pace_init(struct pace *pace, struct rate total, struct rate host)
{
    *pace = (struct pace){.total = total, .host = host};
}

void pace_fini(struct pace *pace)
{
    free(pace->hosts);
    *pace = (struct pace){0};
}

static int64_t catch_up_ns(const struct rate *rate)
{
    int64_t interval_ns = rate->interval_ps / PS_PER_NS;
    return interval_ns > PACE_CATCH_UP_NS ? interval_ns : PACE_CATCH_UP_NS;
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
    return a_ns > b_ns ? a_ns : b_ns;
}

static int64_t earliest_ns(const struct pace_moment *next, int64_t now_ns)
{
    return later(next->ns + (next->ps > 0), now_ns);
}

/* The connection takes the moment that it was due at, as far as it may count that far back. */
static void advance(struct pace_moment *next, const struct rate *rate, int64_t now_ns,
                    int64_t since_ns)
{
    int64_t due_ns = later(since_ns, now_ns - catch_up_ns(rate));
    if (next->ns < due_ns)
        *next = (struct pace_moment){.ns = due_ns};
    next->ps += rate->interval_ps;
    next->ns += next->ps / PS_PER_NS;
    next->ps %= PS_PER_NS;
}

static struct address host_of(const struct address *address)
{
    struct address host = *address;
    host.port = 0;
    return host;
}

/* The host's place, or the empty one where it would stand. */
static struct pace_host *find(struct pace_host *hosts, size_t capacity, const struct address *host)
{
    size_t place = address_hash(host) & (capacity - 1);
    while (hosts[place].address.family != FAMILY_ANY &&
           !address_is_equal(&hosts[place].address, host))
        place = (place + 1) & (capacity - 1);
    return &hosts[place];
}

/* advance() would come to the same without what is known of this host. */
static bool is_forgettable(const struct pace *pace, const struct pace_host *entry, int64_t now_ns)
{
    return entry->address.family == FAMILY_ANY ||
           entry->next.ns + catch_up_ns(&pace->host) < now_ns;
}

/* Moves what still matters into a table with room for one more. */
static int rebuild(struct pace *pace, int64_t now_ns)
{
    size_t kept = 0;
    for (size_t i = 0; i < pace->host_capacity; i++)
        kept += !is_forgettable(pace, &pace->hosts[i], now_ns);
    size_t capacity = FIRST_CAPACITY;
    while (capacity / 2 <= kept)
        capacity *= 2;
    struct pace_host *hosts = calloc(capacity, sizeof(struct pace_host));
    if (hosts == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < pace->host_capacity; i++) {
        const struct pace_host *entry = &pace->hosts[i];
        if (!is_forgettable(pace, entry, now_ns))
            *find(hosts, capacity, &entry->address) = *entry;
    }
    free(pace->hosts);
    pace->hosts = hosts;
    pace->host_capacity = capacity;
    pace->host_count = kept;
    return 0;
}

int64_t pace_total_ns(const struct pace *pace, int64_t now_ns)
{
    return pace->total.interval_ps == 0 ? now_ns : earliest_ns(&pace->next, now_ns);
}

int64_t pace_host_ns(const struct pace *pace, const struct address *address, int64_t now_ns)
{
    if (pace->host_capacity == 0)
        return now_ns;
    struct address host = host_of(address);
    const struct pace_host *entry = find(pace->hosts, pace->host_capacity, &host);
    return entry->address.family == FAMILY_ANY ? now_ns : earliest_ns(&entry->next, now_ns);
}

void pace_take_total(struct pace *pace, int64_t now_ns, int64_t since_ns)
{
    if (pace->total.interval_ps != 0)
        advance(&pace->next, &pace->total, now_ns, since_ns);
}

int pace_take_host(struct pace *pace, const struct address *address, int64_t now_ns,
                   int64_t since_ns)
{
    if (pace->host.interval_ps == 0)
        return 0;
    struct address host = host_of(address);
    bool is_full = (pace->host_count + 1) * 4 > pace->host_capacity * 3;
    if (is_full && rebuild(pace, now_ns) < 0)
        return -ENOMEM;
    struct pace_host *entry = find(pace->hosts, pace->host_capacity, &host);
    if (entry->address.family == FAMILY_ANY) {
        entry->address = host;
        pace->host_count++;
    }
    advance(&entry->next, &pace->host, now_ns, since_ns);
    return 0;
}
