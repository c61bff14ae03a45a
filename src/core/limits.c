/* Four numbers of two kinds, rates and counts. Unlimited is 0 in both, as it is in struct rate:
 * no limit of any of them can be 0, and what is zeroed holds nobody back. */
#include "core/limits.h"

#include <string.h>

#include "core/number.h"

#define IN_FLIGHT_MAX 1000000
#define PORTS_MAX     65535
#define PORTS_DEFAULT 16

#define ACCEPTED_RATE "connections a second (100 or 100/s; 0.001 to 1000000000) or unlimited"

const struct limit_info limit_table[LIMIT_COUNT] = {
    [LIMIT_RATE] = {"rate", "N/s", "1000/s", ACCEPTED_RATE, "connections a second, in all", 0},
    [LIMIT_HOST_RATE] = {"host_rate", "N/s", "20/s", ACCEPTED_RATE,
                         "connections a second to one address", 0},
    [LIMIT_HOST_IN_FLIGHT] = {"host_in_flight", "N", "8", "1-1000000 or unlimited",
                              "connections at once to one address", IN_FLIGHT_MAX},
    [LIMIT_ALLOW_MANY_PORTS] = {"allow_many_ports", "N", "16",
                                "1-65535, unlimited, true (unlimited) or false (16)",
                                "distinct ports of one address in a run", PORTS_MAX},
};

void restraint_add(struct restraint *restraint, enum limit_id id, int64_t waited_ns)
{
    restraint->counts[id]++;
    if (waited_ns > restraint->longest_ns[id])
        restraint->longest_ns[id] = waited_ns;
}

void limits_init(struct limits *limits)
{
    *limits = (struct limits){0};
    for (unsigned i = 0; i < LIMIT_COUNT; i++) {
        const char *text = limit_table[i].default_text;
        (void)limits_set(limits, (enum limit_id)i, text, strlen(text));
    }
    limits->given = 0;
}

static bool is_word(const char *word, const char *text, size_t length)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

static bool count_parse(const char *text, size_t length, int64_t max, uint32_t *count)
{
    int64_t number = 0;
    bool is_unlimited = is_word("unlimited", text, length);
    if (!is_unlimited && number_parse_int(text, length, 1, max, &number) != NUMBER_OK)
        return false;
    *count = (uint32_t)number;
    return true;
}

static bool ports_parse(const char *text, size_t length, uint32_t *ports)
{
    bool is_true = is_word("true", text, length);
    if (!is_true && !is_word("false", text, length))
        return count_parse(text, length, PORTS_MAX, ports);
    *ports = is_true ? 0 : PORTS_DEFAULT;
    return true;
}

static bool set(struct limits *limits, enum limit_id id, const char *text, size_t length)
{
    switch (id) {
    case LIMIT_RATE: return rate_parse(text, length, &limits->rate);
    case LIMIT_HOST_RATE: return rate_parse(text, length, &limits->host_rate);
    case LIMIT_HOST_IN_FLIGHT:
        return count_parse(text, length, IN_FLIGHT_MAX, &limits->host_in_flight);
    case LIMIT_ALLOW_MANY_PORTS: return ports_parse(text, length, &limits->host_ports);
    case LIMIT_COUNT: break;
    }
    return false;
}

bool limits_set(struct limits *limits, enum limit_id id, const char *text, size_t length)
{
    if (!set(limits, id, text, length))
        return false;
    limits->given |= UINT32_C(1) << id;
    return true;
}

static void copy(struct limits *limits, const struct limits *from, enum limit_id id)
{
    switch (id) {
    case LIMIT_RATE: limits->rate = from->rate; break;
    case LIMIT_HOST_RATE: limits->host_rate = from->host_rate; break;
    case LIMIT_HOST_IN_FLIGHT: limits->host_in_flight = from->host_in_flight; break;
    case LIMIT_ALLOW_MANY_PORTS: limits->host_ports = from->host_ports; break;
    case LIMIT_COUNT: return;
    }
    limits->given |= UINT32_C(1) << id;
}

static bool has(const struct limits *limits, unsigned id)
{
    return (limits->given >> id & 1) != 0;
}

void limits_override(struct limits *limits, const struct limits *from)
{
    for (unsigned i = 0; i < LIMIT_COUNT; i++)
        if (has(from, i))
            copy(limits, from, (enum limit_id)i);
}

static bool is_fewer(uint32_t count, uint32_t than)
{
    return count != 0 && (than == 0 || count < than);
}

static bool is_stricter(const struct limits *limits, const struct limits *than, enum limit_id id)
{
    switch (id) {
    case LIMIT_RATE: return limits->rate.interval_ps > than->rate.interval_ps;
    case LIMIT_HOST_RATE: return limits->host_rate.interval_ps > than->host_rate.interval_ps;
    case LIMIT_HOST_IN_FLIGHT: return is_fewer(limits->host_in_flight, than->host_in_flight);
    case LIMIT_ALLOW_MANY_PORTS: return is_fewer(limits->host_ports, than->host_ports);
    case LIMIT_COUNT: break;
    }
    return false;
}

void limits_tighten(struct limits *limits, const struct limits *from)
{
    for (unsigned i = 0; i < LIMIT_COUNT; i++) {
        enum limit_id id = (enum limit_id)i;
        if (has(from, i) && (!has(limits, i) || is_stricter(from, limits, id)))
            copy(limits, from, id);
    }
}

static void append_count(struct text *text, uint32_t count)
{
    if (count == 0)
        text_append_string(text, "unlimited");
    else
        text_append_int(text, count);
}

void limit_append(struct text *text, const struct limits *limits, enum limit_id id)
{
    switch (id) {
    case LIMIT_RATE: rate_append(text, &limits->rate); break;
    case LIMIT_HOST_RATE: rate_append(text, &limits->host_rate); break;
    case LIMIT_HOST_IN_FLIGHT: append_count(text, limits->host_in_flight); break;
    case LIMIT_ALLOW_MANY_PORTS: append_count(text, limits->host_ports); break;
    case LIMIT_COUNT: break;
    }
}
