/* A rule is a prefix and a range of ports; an address is judged as what it stands for.
 *
 * An IPv6 address that a NAT64 gateway turns into an IPv4 address is both: rules of deny may meet
 * either, and rules of allow must meet the IPv4 address, so that nobody gets round a rule by the
 * other spelling. Rejected: a trie. Policies are short, and a list is
 * looked through in less time than connect(2) takes. */
#include "core/policy.h"

#include <string.h>

#include "core/number.h"

#define ACCEPTED   ": accepted is " POLICY_RULE_ACCEPTED
#define IPV4_BITS  32
#define IPV6_BITS  128
#define EMBED_BITS 96 /* where the IPv4 address of a mapped or NAT64 address begins */

static const uint8_t nat64_prefix[EMBED_BITS / 8] = {0x00, 0x64, 0xff, 0x9b};
static const uint8_t mapped_prefix[EMBED_BITS / 8] = {[10] = 0xff, [11] = 0xff};

static unsigned bits_of(const struct address *address)
{
    return address->family == FAMILY_IPV4 ? IPV4_BITS : IPV6_BITS;
}

/* The bits from `length` on become 0; false: they were. */
static bool clear_host_bits(struct address *network, unsigned length)
{
    bool has_cleared = false;
    for (unsigned i = length / 8; i < bits_of(network) / 8; i++) {
        unsigned kept = i == length / 8 ? length % 8 : 0;
        uint8_t mask = (uint8_t)(0xff00u >> kept);
        has_cleared |= (network->bytes[i] & ~mask) != 0;
        network->bytes[i] &= mask;
    }
    return has_cleared;
}

/* What an IPv6 address stands for where it holds an IPv4 address; else itself. */
static struct address meaning_of(const struct address *address)
{
    struct address ipv4 = {.family = FAMILY_IPV4, .port = address->port};
    bool is_embedding = address->family == FAMILY_IPV6 &&
                        (memcmp(address->bytes, nat64_prefix, sizeof(nat64_prefix)) == 0 ||
                         memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0);
    if (!is_embedding)
        return *address;
    memcpy(ipv4.bytes, address->bytes + EMBED_BITS / 8, IPV4_BITS / 8);
    return ipv4;
}

/* ---- reading ---------------------------------------------------------------- */

/* What a rule is made of, as pieces of its text. */
struct pieces {
    const char *network; /* with its length */
    size_t network_length;
    const char *ports; /* NULL: none */
    size_t ports_length;
};

/* "[NETWORK]" and "[NETWORK]:PORTS". */
static bool split_bracketed(const char *text, size_t length, struct pieces *pieces)
{
    const char *bracket = memchr(text, ']', length);
    if (bracket == NULL)
        return false;
    size_t rest = length - (size_t)(bracket + 1 - text);
    pieces->network = text + 1;
    pieces->network_length = (size_t)(bracket - pieces->network);
    if (rest == 0)
        return true;
    pieces->ports = bracket + 2;
    pieces->ports_length = rest - 1;
    return bracket[1] == ':';
}

/* Several colons are an IPv6 address, which has no port without brackets. */
static bool split(const char *text, size_t length, struct pieces *pieces)
{
    *pieces = (struct pieces){.network = text, .network_length = length};
    if (length > 0 && text[0] == '[')
        return split_bracketed(text, length, pieces);
    const char *first = memchr(text, ':', length);
    const char *last = memrchr(text, ':', length);
    if (first == NULL || first != last)
        return true;
    pieces->network_length = (size_t)(first - text);
    pieces->ports = first + 1;
    pieces->ports_length = length - pieces->network_length - 1;
    return true;
}

static bool parse_port(const char *text, size_t length, uint16_t *port)
{
    int64_t number;
    if (number_parse_int(text, length, 1, UINT16_MAX, &number) != NUMBER_OK)
        return false;
    *port = (uint16_t)number;
    return true;
}

static bool parse_ports(const struct pieces *pieces, struct policy_rule *rule)
{
    const char *text = pieces->ports;
    size_t length = pieces->ports_length;
    rule->first_port = 0;
    rule->last_port = UINT16_MAX;
    if (text == NULL || (length == 1 && text[0] == '*'))
        return true;
    const char *hyphen = memchr(text, '-', length);
    size_t first = hyphen == NULL ? length : (size_t)(hyphen - text);
    if (!parse_port(text, first, &rule->first_port))
        return false;
    rule->last_port = rule->first_port;
    return hyphen == NULL || (parse_port(hyphen + 1, length - first - 1, &rule->last_port) &&
                              rule->first_port <= rule->last_port);
}

/* The address, and how many bits of it count; host bits are kept. */
static bool parse_network(const struct pieces *pieces, struct policy_rule *rule)
{
    const char *text = pieces->network;
    const char *slash = memchr(text, '/', pieces->network_length);
    size_t length = slash == NULL ? pieces->network_length : (size_t)(slash - text);
    int64_t bits = 0;
    if (!address_parse(text, length, &rule->network) || rule->network.scope != 0)
        return false;
    int64_t max = bits_of(&rule->network);
    if (slash != NULL && number_parse_int(slash + 1, pieces->network_length - length - 1, 0, max,
                                          &bits) != NUMBER_OK)
        return false;
    rule->length = (uint8_t)(slash == NULL ? max : bits);
    return true;
}

/* The network of what its addresses stand for, and what the kernel makes of a single one. */
static void unwrap(struct policy_rule *rule)
{
    struct address meant = meaning_of(&rule->network);
    if (meant.family != rule->network.family && rule->length >= EMBED_BITS) {
        rule->network = meant;
        rule->length = (uint8_t)(rule->length - EMBED_BITS);
    }
    if (rule->length == bits_of(&rule->network))
        rule->network = address_connected_to(&rule->network);
}

static bool refuse(struct text *why, const char *text, size_t length)
{
    text_append_quoted(why, text, length);
    text_append_string(why, " is no rule" ACCEPTED);
    return false;
}

bool policy_rule_parse(const char *text, size_t length, struct policy_rule *rule, struct text *why)
{
    struct pieces pieces;
    struct policy_rule read = {0};
    bool is_good = split(text, length, &pieces) && parse_network(&pieces, &read);
    if (!is_good || !parse_ports(&pieces, &read))
        return refuse(why, text, length);
    if (clear_host_bits(&read.network, read.length)) {
        text_append_quoted(why, text, length);
        text_append_string(why, " has bits set behind its prefix: write ");
        policy_rule_append(why, &read);
        return false;
    }
    unwrap(&read);
    *rule = read;
    return true;
}

static void append_ports(struct text *text, const struct policy_rule *rule)
{
    text_append_char(text, ':');
    text_append_int(text, rule->first_port);
    if (rule->first_port == rule->last_port)
        return;
    text_append_char(text, '-');
    text_append_int(text, rule->last_port);
}

void policy_rule_append(struct text *text, const struct policy_rule *rule)
{
    bool has_ports = rule->first_port > 0;
    bool is_bracketed = has_ports && rule->network.family == FAMILY_IPV6;
    text_append_string(text, is_bracketed ? "[" : "");
    address_append(text, &rule->network);
    text_append_char(text, '/');
    text_append_int(text, rule->length);
    text_append_string(text, is_bracketed ? "]" : "");
    if (has_ports)
        append_ports(text, rule);
}

/* ---- judging ------------------------------------------------------------------ */

static bool rule_meets(const struct policy_rule *rule, const struct address *target)
{
    if (rule->network.family != target->family || target->port < rule->first_port ||
        target->port > rule->last_port)
        return false;
    struct address network = *target;
    clear_host_bits(&network, rule->length);
    return memcmp(network.bytes, rule->network.bytes, bits_of(target) / 8) == 0;
}

static const struct policy_rule *find(const struct policy_rules *list, const struct address *target)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (rule_meets(&list->rules[i], target))
            return &list->rules[i];
    return NULL;
}

const char *policy_objection(const struct policy *policy, const struct address *target)
{
    if (policy == NULL)
        return NULL;
    struct address meant = meaning_of(target);
    const struct policy_rule *denying = find(&policy->deny, target);
    if (denying == NULL)
        denying = find(&policy->deny, &meant);
    if (denying != NULL)
        return denying->denial;
    bool is_allowed = policy->allow.count == 0 || find(&policy->allow, &meant) != NULL;
    return is_allowed ? NULL : policy->not_allowed;
}
