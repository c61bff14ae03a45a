/* Checks as values: defaults, inheritance, and what only the whole can tell.
 *
 * Which parameters were given is remembered as bits, so that a file may be read
 * in any order and still built-in < defaults < check < command line holds.
 * Comparing with the defaults instead was rejected: `timeout: 10` in a check must
 * win over `timeout: 3` in `defaults`. */
#include "core/check.h"

#include <string.h>

#include "core/duration.h"
#include "core/parameter.h"

_Static_assert(PARAMETER_COUNT <= 32, "check.given has a bit for each parameter");

/* tests/unit/test_parameter.c holds these against default_text of the table. */
void check_init(struct check *check)
{
    *check = (struct check){
        .timeout_ns = 10 * NS_PER_S,
        .attempts = 1,
        .retry_delay_ns = NS_PER_S,
        .family = FAMILY_ANY,
        .addresses = ADDRESSES_ANY,
        .resolver = RESOLVER_DNS,
        .search = true,
        .handshake = HANDSHAKE_FULL,
        .close = CLOSE_GRACEFUL,
        .expect = EXPECT_OPEN,
    };
}

bool check_has(const struct check *check, enum parameter_id id)
{
    return (check->given >> id & 1) != 0;
}

static void copy(struct check *check, const struct check *from, enum parameter_id id)
{
    switch (id) {
    case PARAM_HOST:
        check->host = from->host;
        check->host_labels = from->host_labels;
        check->host_kind = from->host_kind;
        check->literal = from->literal;
        break;
    case PARAM_PORT: check->port = from->port; break;
    case PARAM_TIMEOUT: check->timeout_ns = from->timeout_ns; break;
    case PARAM_SOURCE_PORT: check->source_port = from->source_port; break;
    case PARAM_ATTEMPTS: check->attempts = from->attempts; break;
    case PARAM_RETRY_DELAY: check->retry_delay_ns = from->retry_delay_ns; break;
    case PARAM_SOURCE_ADDRESS: check->source_address = from->source_address; break;
    case PARAM_INTERFACE: check->interface = from->interface; break;
    case PARAM_FAMILY: check->family = from->family; break;
    case PARAM_ADDRESSES: check->addresses = from->addresses; break;
    case PARAM_REQUIRE: check->require = from->require; break;
    case PARAM_RESOLVER: check->resolver = from->resolver; break;
    case PARAM_SEARCH: check->search = from->search; break;
    case PARAM_HANDSHAKE: check->handshake = from->handshake; break;
    case PARAM_HOLD: check->hold_ns = from->hold_ns; break;
    case PARAM_CLOSE: check->close = from->close; break;
    case PARAM_EXPECT: check->expect = from->expect; break;
    case PARAM_WARNING: check->warning = from->warning; break;
    case PARAM_CRITICAL: check->critical = from->critical; break;
    case PARAMETER_COUNT: break;
    }
    check->given |= UINT32_C(1) << id;
}

static void copy_all(struct check *check, const struct check *from, uint32_t wanted)
{
    for (uint32_t left = wanted; left != 0; left &= left - 1)
        copy(check, from, (enum parameter_id)__builtin_ctz(left));
}

void check_inherit(struct check *check, const struct check *from)
{
    copy_all(check, from, from->given & ~check->given);
}

void check_override(struct check *check, const struct check *from)
{
    copy_all(check, from, from->given);
}

static bool has_target(const struct check *check, enum parameter_id *at, struct text *why)
{
    bool has_host = check_has(check, PARAM_HOST);
    bool has_port = check_has(check, PARAM_PORT);
    if (has_host && has_port)
        return true;
    *at = has_host ? PARAM_PORT : PARAM_HOST;
    if (!has_host && !has_port)
        text_append_string(why, "host and port are missing");
    else
        text_append_strings(why, parameters[*at].name, " is missing: accepted is ",
                            parameters[*at].accepted, NULL);
    return false;
}

/* The family that a literal host will be connected by; any for a name. */
static enum family host_family(const struct check *check)
{
    if (check->host_kind == HOST_NAME)
        return FAMILY_ANY;
    /* A zone by name is not an address yet; it is IPv6 all the same. */
    if (check->literal.family == FAMILY_ANY)
        return FAMILY_IPV6;
    return (enum family)address_connected_to(&check->literal).family;
}

static bool is_contradiction(enum family a, enum family b)
{
    return a != FAMILY_ANY && b != FAMILY_ANY && a != b;
}

/* "family ipv6", "host '10.0.0.1'" */
static void append_setting(struct text *why, const struct check *check, enum parameter_id id)
{
    text_append_strings(why, parameters[id].name, " ", NULL);
    if (id == PARAM_HOST)
        text_append_quoted(why, check->host, strlen(check->host));
    else
        parameter_append(why, check, &parameters[id]);
}

static bool exclude(const struct check *check, enum parameter_id a, enum parameter_id b,
                    const char *reason, struct text *why)
{
    append_setting(why, check, a);
    text_append_string(why, " and ");
    append_setting(why, check, b);
    text_append_strings(why, " exclude each other: ", reason, NULL);
    return false;
}

static bool families_agree(const struct check *check, enum family host, enum parameter_id *at,
                           struct text *why)
{
    static const char *const reason = "one is IPv4, the other IPv6";
    enum family family = (enum family)check->family;
    enum family source = (enum family)check->source_address.family;
    *at = PARAM_FAMILY;
    if (is_contradiction(family, host))
        return exclude(check, PARAM_FAMILY, PARAM_HOST, reason, why);
    *at = PARAM_SOURCE_ADDRESS;
    if (is_contradiction(source, family))
        return exclude(check, PARAM_SOURCE_ADDRESS, PARAM_FAMILY, reason, why);
    if (is_contradiction(source, host))
        return exclude(check, PARAM_SOURCE_ADDRESS, PARAM_HOST, reason, why);
    return true;
}

/* A threshold judges how fast a connection opens. To accept one where none should
 * open, and ignore it, would promise an alert that never comes. */
static bool thresholds_fit(const struct check *check, enum parameter_id *at, struct text *why)
{
    static const char *const reason = "only a connection that opens is fast or slow";
    if (check->expect == EXPECT_OPEN)
        return true;
    *at = check_has(check, PARAM_WARNING) ? PARAM_WARNING : PARAM_CRITICAL;
    return !check_has(check, *at) || exclude(check, *at, PARAM_EXPECT, reason, why);
}

/* The end of a connection that was never whole can only be a reset. */
static bool close_fits(const struct check *check, enum parameter_id *at, struct text *why)
{
    static const char *const reason = "what is half open can only be reset";
    *at = PARAM_CLOSE;
    return check->handshake == HANDSHAKE_FULL || !check_has(check, PARAM_CLOSE) ||
           check->close == CLOSE_RESET || exclude(check, PARAM_CLOSE, PARAM_HANDSHAKE, reason, why);
}

/* A connection that never was whole cannot be kept. */
static bool hold_fits(const struct check *check, enum parameter_id *at, struct text *why)
{
    static const char *const reason = "what is half open cannot be held";
    *at = PARAM_HOLD;
    return check->handshake == HANDSHAKE_FULL || !check_has(check, PARAM_HOLD) ||
           exclude(check, PARAM_HOLD, PARAM_HANDSHAKE, reason, why);
}

static bool require_fits(const struct check *check, enum parameter_id *at, struct text *why)
{
    static const char *const reason = "only addresses all counts them";
    *at = PARAM_REQUIRE;
    return check->addresses == ADDRESSES_ALL || !check_has(check, PARAM_REQUIRE) ||
           exclude(check, PARAM_REQUIRE, PARAM_ADDRESSES, reason, why);
}

bool check_complete(struct check *check, enum parameter_id *at, struct text *why)
{
    if (!has_target(check, at, why))
        return false;
    enum family host = host_family(check);
    if (!families_agree(check, host, at, why) || !thresholds_fit(check, at, why) ||
        !close_fits(check, at, why) || !hold_fits(check, at, why) || !require_fits(check, at, why))
        return false;

    if (check->family == FAMILY_ANY)
        check->family = host != FAMILY_ANY ? (uint8_t)host : check->source_address.family;
    bool is_better_reset =
        check_has(check, PARAM_SOURCE_PORT) || check->handshake == HANDSHAKE_HALF_OPEN;
    if (is_better_reset && !check_has(check, PARAM_CLOSE))
        check->close = CLOSE_RESET;
    return true;
}

const char *check_lookup_name(const struct check *check)
{
    return check->host_labels != NULL ? check->host_labels : check->host;
}

void check_append_name(struct text *text, const struct check *check)
{
    bool needs_brackets = check->host_kind == HOST_IPV6;
    if (check->name != NULL) {
        text_append_string(text, check->name);
        return;
    }
    if (needs_brackets)
        text_append_char(text, '[');
    if (check->host != NULL)
        text_append_string(text, check->host);
    text_append_string(text, needs_brackets ? "]:" : ":");
    text_append_int(text, check->port);
}
