/* The table of parameters, and showing a value of one.
 *
 * Everything a user can be told about a parameter stands here once. How a value
 * becomes part of a check is parameter_set.c; a table of offsets into struct
 * check would have joined both, at the price of the compiler's help with types. */
#include "core/parameter.h"

#include <string.h>

#include "core/duration.h"
#include "core/suggest.h"

#define DURATION_FORMS "seconds, or a number with ms, s, m or h"
#define RANGE_FORMS    "a range of seconds: 10, 10:, ~:10, 10:20 or @10:20"

static const char *const families[] = {"any", "ipv4", "ipv6", NULL};
static const char *const addresses[] = {
    [ADDRESSES_ANY] = "any", [ADDRESSES_ALL] = "all", [ADDRESSES_RACE] = "race", NULL};
static const char *const resolvers[] = {[RESOLVER_DNS] = "dns", [RESOLVER_SYSTEM] = "system", NULL};
static const char *const handshakes[] = {
    [HANDSHAKE_FULL] = "full", [HANDSHAKE_HALF_OPEN] = "half_open", NULL};
static const char *const closes[] = {[CLOSE_GRACEFUL] = "graceful", [CLOSE_RESET] = "reset", NULL};
static const char *const expectations[] = {
    [EXPECT_OPEN] = "open",         [EXPECT_REFUSED] = "refused", [EXPECT_DROPPED] = "dropped",
    [EXPECT_FILTERED] = "filtered", [EXPECT_CLOSED] = "closed",   NULL};

const struct parameter parameters[PARAMETER_COUNT] = {
    [PARAM_HOST] =
        {
            .id = PARAM_HOST,
            .type = PARAMETER_HOST,
            .name = "host",
            .argument = "HOST",
            .accepted = "a name or an IP address",
            .meaning = "what to connect to; an IPv6 address with or without brackets and %zone",
            .is_required = true,
        },
    [PARAM_PORT] =
        {
            .id = PARAM_PORT,
            .type = PARAMETER_PORT,
            .name = "port",
            .argument = "PORT",
            .accepted = "1-65535 or a service name",
            .meaning = "TCP port of the target, by number or by name (https)",
            .min = 1,
            .max = UINT16_MAX,
            .is_required = true,
        },
    [PARAM_TIMEOUT] =
        {
            .id = PARAM_TIMEOUT,
            .type = PARAMETER_DURATION,
            .name = "timeout",
            .argument = "DURATION",
            .default_text = "10",
            .accepted = "1ms to 1h (" DURATION_FORMS ")",
            .meaning = "deadline of one attempt: name resolution and every address tried",
            .min = NS_PER_MS,
            .max = NS_PER_HOUR,
        },
    [PARAM_SOURCE_PORT] =
        {
            .id = PARAM_SOURCE_PORT,
            .type = PARAMETER_INTEGER,
            .name = "source_port",
            .argument = "PORT",
            .accepted = "1-65535",
            .meaning = "local port to connect from; the kernel chooses one where none is given",
            .min = 1,
            .max = UINT16_MAX,
        },
    [PARAM_ATTEMPTS] =
        {
            .id = PARAM_ATTEMPTS,
            .type = PARAMETER_INTEGER,
            .name = "attempts",
            .argument = "NUMBER",
            .default_text = "1",
            .accepted = "1-1000",
            .meaning = "attempts at most; the first that meets the expectation is the last",
            .min = 1,
            .max = 1000,
        },
    [PARAM_RETRY_DELAY] =
        {
            .id = PARAM_RETRY_DELAY,
            .type = PARAMETER_DURATION,
            .name = "retry_delay",
            .argument = "DURATION",
            .default_text = "1",
            .accepted = "0 to 1h (" DURATION_FORMS ")",
            .meaning = "pause between two attempts",
            .max = NS_PER_HOUR,
        },
    [PARAM_SOURCE_ADDRESS] =
        {
            .id = PARAM_SOURCE_ADDRESS,
            .type = PARAMETER_ADDRESS,
            .name = "source_address",
            .argument = "ADDRESS",
            .accepted = "an IPv4 or IPv6 address",
            .meaning = "address of this host to connect from; it decides the family, too",
        },
    [PARAM_INTERFACE] =
        {
            .id = PARAM_INTERFACE,
            .type = PARAMETER_DEVICE,
            .name = "interface",
            .argument = "DEVICE",
            .accepted = "the name of a network device: 1-15 octets, no / and no white space",
            .meaning = "network device to connect through, whatever the routes prefer",
        },
    [PARAM_FAMILY] =
        {
            .id = PARAM_FAMILY,
            .type = PARAMETER_CHOICE,
            .name = "family",
            .argument = "FAMILY",
            .default_text = "any",
            .accepted = "any, ipv4 or ipv6",
            .meaning = "which of a name's addresses count",
            .choices = families,
        },
    [PARAM_ADDRESSES] =
        {
            .id = PARAM_ADDRESSES,
            .type = PARAMETER_CHOICE,
            .name = "addresses",
            .argument = "WHICH",
            .default_text = "any",
            .accepted = "any, all or race",
            .meaning = "of a name's addresses: any stops at the first that opens, all tries each "
                       "of them at once, race starts them as RFC 8305 says and tells of the "
                       "losers, too",
            .choices = addresses,
        },
    [PARAM_REQUIRE] =
        {
            .id = PARAM_REQUIRE,
            .type = PARAMETER_INTEGER,
            .name = "require",
            .argument = "NUMBER",
            .accepted = "1-64",
            .meaning = "so many addresses must meet the expectation, with addresses all; each of "
                       "them where no number is given",
            .min = 1,
            .max = CHECK_ADDRESSES_MAX,
        },
    [PARAM_RESOLVER] =
        {
            .id = PARAM_RESOLVER,
            .type = PARAMETER_CHOICE,
            .name = "resolver",
            .argument = "RESOLVER",
            .default_text = "dns",
            .accepted = "dns or system",
            .meaning = "who resolves names: dns asks the name servers (after /etc/hosts), system "
                       "asks whatever /etc/nsswitch.conf says",
            .choices = resolvers,
        },
    [PARAM_SEARCH] =
        {
            .id = PARAM_SEARCH,
            .type = PARAMETER_BOOLEAN,
            .name = "search",
            .argument = "BOOLEAN",
            .default_text = "true",
            .accepted = "true or false",
            .meaning = "whether the search list of /etc/resolv.conf completes names",
        },
    [PARAM_HANDSHAKE] =
        {
            .id = PARAM_HANDSHAKE,
            .type = PARAMETER_CHOICE,
            .name = "handshake",
            .argument = "HOW",
            .default_text = "full",
            .accepted = "full or half_open",
            .meaning = "half_open resets the connection before its third packet, so that the "
                       "server's program never sees it",
            .choices = handshakes,
        },
    [PARAM_HOLD] =
        {
            .id = PARAM_HOLD,
            .type = PARAMETER_DURATION,
            .name = "hold",
            .argument = "DURATION",
            .accepted = "1ms to 1h (" DURATION_FORMS ")",
            .meaning = "keep an open connection for so long and watch whether the peer resets or "
                       "closes it; not with handshake half_open",
            .min = NS_PER_MS,
            .max = NS_PER_HOUR,
        },
    [PARAM_CLOSE] =
        {
            .id = PARAM_CLOSE,
            .type = PARAMETER_CHOICE,
            .name = "close",
            .argument = "HOW",
            .default_text = "graceful",
            .accepted = "graceful or reset",
            .meaning = "how an open connection ends; reset is the default with source_port, since "
                       "it frees the port at once, and all there is with handshake half_open",
            .choices = closes,
        },
    [PARAM_EXPECT] =
        {
            .id = PARAM_EXPECT,
            .type = PARAMETER_CHOICE,
            .name = "expect",
            .argument = "EXPECTATION",
            .default_text = "open",
            .accepted = "open, refused, dropped, filtered or closed",
            .meaning = "what the check takes for success",
            .choices = expectations,
        },
    [PARAM_WARNING] =
        {
            .id = PARAM_WARNING,
            .type = PARAMETER_RANGE,
            .name = "warning",
            .argument = "RANGE",
            .accepted = RANGE_FORMS,
            .meaning = "response_time outside of it adds the note slow; only with expect open",
        },
    [PARAM_CRITICAL] =
        {
            .id = PARAM_CRITICAL,
            .type = PARAMETER_RANGE,
            .name = "critical",
            .argument = "RANGE",
            .accepted = RANGE_FORMS,
            .meaning = "response_time outside of it is the error \"Too slow\"; only with expect "
                       "open",
        },
};

const struct parameter *parameter_find(const char *name, size_t length)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (strlen(parameters[i].name) == length && memcmp(parameters[i].name, name, length) == 0)
            return &parameters[i];
    return NULL;
}

const char *parameter_suggest(const char *name, size_t length)
{
    const char *names[PARAMETER_COUNT + 1] = {NULL};
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        names[i] = parameters[i].name;
    return suggest_nearest(names, name, length);
}

static const char *family_name(enum family family)
{
    switch (family) {
    case FAMILY_ANY: return families[0];
    case FAMILY_IPV4: return families[1];
    case FAMILY_IPV6: return families[2];
    }
    return families[0];
}

static void append_port(struct text *text, uint16_t port)
{
    if (port != 0)
        text_append_int(text, port);
}

static void append_range(struct text *text, const struct check *check, enum parameter_id id,
                         const struct range *range)
{
    if (check_has(check, id))
        range_append(text, range);
}

void parameter_append(struct text *text, const struct check *check,
                      const struct parameter *parameter)
{
    switch (parameter->id) {
    case PARAM_HOST:
        if (check->host != NULL)
            text_append_string(text, check->host);
        break;
    case PARAM_PORT: append_port(text, check->port); break;
    case PARAM_TIMEOUT: duration_append(text, check->timeout_ns); break;
    case PARAM_SOURCE_PORT: append_port(text, check->source_port); break;
    case PARAM_ATTEMPTS: text_append_int(text, check->attempts); break;
    case PARAM_RETRY_DELAY: duration_append(text, check->retry_delay_ns); break;
    case PARAM_SOURCE_ADDRESS: address_append(text, &check->source_address); break;
    case PARAM_INTERFACE:
        if (check->interface != NULL)
            text_append_string(text, check->interface);
        break;
    case PARAM_FAMILY: text_append_string(text, family_name(check->family)); break;
    case PARAM_ADDRESSES: text_append_string(text, addresses[check->addresses]); break;
    case PARAM_REQUIRE:
        if (check->require != 0)
            text_append_int(text, check->require);
        break;
    case PARAM_RESOLVER: text_append_string(text, resolvers[check->resolver]); break;
    case PARAM_SEARCH: text_append_string(text, check->search ? "true" : "false"); break;
    case PARAM_HANDSHAKE: text_append_string(text, handshakes[check->handshake]); break;
    case PARAM_HOLD:
        if (check->hold_ns != 0)
            duration_append(text, check->hold_ns);
        break;
    case PARAM_CLOSE: text_append_string(text, closes[check->close]); break;
    case PARAM_EXPECT: text_append_string(text, expectations[check->expect]); break;
    case PARAM_WARNING: append_range(text, check, PARAM_WARNING, &check->warning); break;
    case PARAM_CRITICAL: append_range(text, check, PARAM_CRITICAL, &check->critical); break;
    case PARAMETER_COUNT: break;
    }
}
