/* Rules 1, 2, 5, 6, 8, 9 and 10 of RFC 6724 with its default policy table. Rules 3, 4 and 7
 * (deprecated, home and native addresses) would need what only netlink tells and
 * what hosts of today do not have. Rule 9 compares IPv6 prefixes alone, up to the 64 bits of a
 * link: for IPv4 it would undo the round robin of name servers and means nothing behind NAT.
 *
 * The source is asked of the kernel with a UDP socket, whose connect(2) looks for a
 * route and sends nothing. A tool that wants gai.conf(5) has the system's resolver. */
#include "net/address_order.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sockaddr.h"

#define IPV6_BYTES      16
#define PREFIX_MAX_BITS 64

struct policy {
    uint8_t prefix[IPV6_BYTES];
    uint8_t prefix_bits;
    uint8_t precedence;
    uint8_t label;
};

/* RFC 6724, section 2.1; the longest prefixes first. */
static const struct policy policies[] = {
    {{[15] = 1}, 128, 50, 0},  {{[10] = 0xff, [11] = 0xff}, 96, 35, 4},
    {{0}, 96, 1, 3},           {{0x20, 0x01}, 32, 5, 5},
    {{0x20, 0x02}, 16, 30, 2}, {{0x3f, 0xfe}, 16, 1, 12},
    {{0xfe, 0xc0}, 10, 1, 11}, {{0xfc}, 7, 3, 13},
    {{0}, 0, 40, 1},
};

enum scope { SCOPE_LINK = 2, SCOPE_SITE = 5, SCOPE_GLOBAL = 14 };

/* What of an address the rules compare. */
struct rank {
    bool is_usable;
    bool has_same_scope; /* as its source */
    bool has_same_label;
    uint8_t precedence;
    uint8_t scope;
    uint8_t common_bits; /* with its source; 0 for IPv4 */
};

/* IPv4 as IPv6 would write it: ::ffff:a.b.c.d. */
static void map_bytes(const struct address *address, uint8_t bytes[IPV6_BYTES])
{
    memcpy(bytes, address->bytes, IPV6_BYTES);
    if (address->family != FAMILY_IPV4)
        return;
    memset(bytes, 0, IPV6_BYTES);
    bytes[10] = 0xff;
    bytes[11] = 0xff;
    memcpy(&bytes[12], address->bytes, 4);
}

static uint8_t common_bits(const uint8_t *a, const uint8_t *b, uint8_t max_bits)
{
    uint8_t bits = 0;
    while (bits < max_bits && ((a[bits / 8] ^ b[bits / 8]) >> (7 - bits % 8) & 1) == 0)
        bits++;
    return bits;
}

static const struct policy *find_policy(const struct address *address)
{
    uint8_t bytes[IPV6_BYTES];
    const struct policy *policy = policies;
    map_bytes(address, bytes);
    while (common_bits(bytes, policy->prefix, policy->prefix_bits) < policy->prefix_bits)
        policy++;
    return policy;
}

static enum scope find_scope(const struct address *address)
{
    const uint8_t *bytes = address->bytes;
    if (address->family == FAMILY_IPV4)
        return bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254) ? SCOPE_LINK : SCOPE_GLOBAL;
    if (address_is_loopback(address) || address_is_link_local(address))
        return SCOPE_LINK;
    return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0 ? SCOPE_SITE : SCOPE_GLOBAL;
}

static struct rank rank_of(const struct address *address, const struct address *source)
{
    const struct policy *policy = find_policy(address);
    struct rank rank = {
        .is_usable = source->family != FAMILY_ANY,
        .precedence = policy->precedence,
        .scope = (uint8_t)find_scope(address),
    };
    if (!rank.is_usable)
        return rank;
    rank.has_same_scope = find_scope(source) == find_scope(address);
    rank.has_same_label = find_policy(source)->label == policy->label;
    if (address->family == FAMILY_IPV6)
        rank.common_bits = common_bits(address->bytes, source->bytes, PREFIX_MAX_BITS);
    return rank;
}

/* Whether a goes before b. */
static bool is_before(const struct rank *a, const struct rank *b)
{
    if (a->is_usable != b->is_usable)
        return a->is_usable;
    if (a->has_same_scope != b->has_same_scope)
        return a->has_same_scope;
    if (a->has_same_label != b->has_same_label)
        return a->has_same_label;
    if (a->precedence != b->precedence)
        return a->precedence > b->precedence;
    if (a->scope != b->scope)
        return a->scope < b->scope;
    return a->common_bits > b->common_bits;
}

void address_order_sort(struct address *addresses, struct address *sources, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct address address = addresses[i];
        struct address source = sources[i];
        struct rank rank = rank_of(&address, &source);
        uint32_t at = i;
        for (; at != 0; at--) {
            struct rank before = rank_of(&addresses[at - 1], &sources[at - 1]);
            if (!is_before(&rank, &before))
                break;
            addresses[at] = addresses[at - 1];
            sources[at] = sources[at - 1];
        }
        addresses[at] = address;
        sources[at] = source;
    }
}

/* FAMILY_ANY: there is no way to it. */
static struct address find_source(int fd, const struct address *address)
{
    union sockaddr_any sockaddr = {.base = {.sa_family = AF_UNSPEC}};
    struct address target = *address;
    /* The source of the last question would choose the next route. */
    if (connect(fd, &sockaddr.base, sizeof(sockaddr.base)) < 0)
        return (struct address){.family = FAMILY_ANY};
    target.port = 1;
    socklen_t length = sockaddr_set(&sockaddr, &target);
    if (connect(fd, &sockaddr.base, length) < 0)
        return (struct address){.family = FAMILY_ANY};
    return sockaddr_of_socket(fd);
}

static void find_sources(const struct address_list *list, enum family family,
                         struct address *sources)
{
    int fd = -1;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct address *address = &list->addresses[i];
        if (address->family != family)
            continue;
        if (fd < 0)
            fd = socket(sockaddr_family(address), SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd >= 0)
            sources[i] = find_source(fd, address);
    }
    if (fd >= 0)
        close(fd);
}

void address_order(struct address_list *list)
{
    struct address sources[RESOLVED_ADDRESSES_MAX] = {0};
    if (list->count < 2)
        return;
    find_sources(list, FAMILY_IPV4, sources);
    find_sources(list, FAMILY_IPV6, sources);
    address_order_sort(list->addresses, sources, list->count);
}
