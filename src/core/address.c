/* IP addresses as values. inet_pton(3) judges the text: inet_aton(3) and
 * getaddrinfo(3) would take "127.1" and "0x7f.1", and people mean other things
 * by them. */
#include "core/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/number.h"

#define IPV4_BYTES 4
#define IPV6_BYTES 16

static const uint8_t mapped_prefix[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const uint8_t ipv6_loopback[IPV6_BYTES] = {[15] = 1};
static const uint8_t ipv6_unspecified[IPV6_BYTES] = {0};

static bool parse_bytes(int family, const char *text, size_t length, uint8_t *bytes)
{
    char string[INET6_ADDRSTRLEN];
    if (length >= sizeof(string) || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(string, text, length);
    string[length] = '\0';
    return inet_pton(family, string, bytes) == 1;
}

bool address_parse(const char *text, size_t length, struct address *address)
{
    struct address parsed = {.family = FAMILY_IPV4};
    if (length == 0)
        return false;
    if (parse_bytes(AF_INET, text, length, parsed.bytes)) {
        *address = parsed;
        return true;
    }

    parsed = (struct address){.family = FAMILY_IPV6};
    const char *percent = memchr(text, '%', length);
    if (percent != NULL) {
        int64_t scope;
        size_t before = (size_t)(percent - text);
        if (number_parse_int(percent + 1, length - before - 1, 1, UINT32_MAX, &scope) != NUMBER_OK)
            return false;
        parsed.scope = (uint32_t)scope;
        length = before;
    }
    if (!parse_bytes(AF_INET6, text, length, parsed.bytes))
        return false;
    *address = parsed;
    return true;
}

/* What lies behind the first four bytes of an IPv4 address means nothing. */
static size_t byte_count(const struct address *address)
{
    switch ((enum family)address->family) {
    case FAMILY_ANY: return 0;
    case FAMILY_IPV4: return IPV4_BYTES;
    case FAMILY_IPV6: return IPV6_BYTES;
    }
    return 0;
}

bool address_is_equal(const struct address *a, const struct address *b)
{
    return a->family == b->family && a->port == b->port && a->scope == b->scope &&
           memcmp(a->bytes, b->bytes, byte_count(a)) == 0;
}

/* FNV-1a leaves neighbouring addresses in neighbouring buckets of a small table;
 * the last steps (those of MurmurHash3's finalizer) spread them. */
static uint64_t spread(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

bool address_is_same_host(const struct address *a, const struct address *b)
{
    size_t length = a->family == FAMILY_IPV4 ? 4 : 16;
    return a->family != FAMILY_ANY && a->family == b->family &&
           memcmp(a->bytes, b->bytes, length) == 0;
}

uint64_t address_hash(const struct address *address)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < byte_count(address); i++)
        hash = (hash ^ address->bytes[i]) * UINT64_C(0x100000001b3);
    uint64_t rest = (uint64_t)address->scope << 24 | (uint64_t)address->port << 8 | address->family;
    return spread(hash ^ spread(rest));
}

static bool is_mapped(const struct address *address)
{
    return address->family == FAMILY_IPV6 &&
           memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static struct address unmapped(const struct address *address)
{
    if (!is_mapped(address))
        return *address;
    struct address ipv4 = {.family = FAMILY_IPV4, .port = address->port};
    memcpy(ipv4.bytes, address->bytes + sizeof(mapped_prefix), IPV4_BYTES);
    return ipv4;
}

bool address_is_loopback(const struct address *address)
{
    struct address real = unmapped(address);
    if (real.family == FAMILY_IPV6)
        return memcmp(real.bytes, ipv6_loopback, IPV6_BYTES) == 0;
    return real.family == FAMILY_IPV4 && real.bytes[0] == 127;
}

bool address_is_link_local(const struct address *address)
{
    return address->family == FAMILY_IPV6 && address->bytes[0] == 0xfe &&
           (address->bytes[1] & 0xc0) == 0x80;
}

struct address address_connected_to(const struct address *address)
{
    struct address real = unmapped(address);
    if (real.family == FAMILY_IPV4 && memcmp(real.bytes, ipv6_unspecified, IPV4_BYTES) == 0) {
        real.bytes[0] = 127;
        real.bytes[3] = 1;
    } else if (real.family == FAMILY_IPV6 &&
               memcmp(real.bytes, ipv6_unspecified, IPV6_BYTES) == 0) {
        real.bytes[15] = 1;
        real.scope = 0;
    }
    return real;
}

void address_append(struct text *text, const struct address *address)
{
    char string[INET6_ADDRSTRLEN];
    if (address->family == FAMILY_ANY)
        return;
    int family = address->family == FAMILY_IPV4 ? AF_INET : AF_INET6;
    text_append_string(text, inet_ntop(family, address->bytes, string, sizeof(string)));
    if (address->scope != 0) {
        text_append_char(text, '%');
        text_append_int(text, address->scope);
    }
}

void address_append_with_port(struct text *text, const struct address *address)
{
    bool is_ipv6 = address->family == FAMILY_IPV6;
    if (address->family == FAMILY_ANY)
        return;
    if (is_ipv6)
        text_append_char(text, '[');
    address_append(text, address);
    text_append_string(text, is_ipv6 ? "]:" : ":");
    text_append_int(text, address->port);
}

bool address_list_parse(const char *text, struct address *addresses, uint32_t max, uint32_t *count)
{
    for (*count = 0; *count < max;) {
        size_t length = strcspn(text, ",");
        bool is_bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
        const char *start = is_bracketed ? text + 1 : text;
        if (!address_parse(start, is_bracketed ? length - 2 : length, &addresses[*count]))
            return false;
        *count += 1;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
    return false;
}
