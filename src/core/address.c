/* IP addresses as values. inet_pton(3) judges the text: inet_aton(3) and
 * getaddrinfo(3) would take "127.1" and "0x7f.1", and people mean other things
 * by them. The way back is our own, byte for byte what inet_ntop(3) says: that one goes through
 * snprintf(), and writing a result took a third longer for it. */
#include "core/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/number.h"

#define IPV4_BYTES  4
#define IPV6_BYTES  16
#define IPV6_GROUPS 8

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

static char *write_ipv4(char *out, const uint8_t *bytes)
{
    for (size_t i = 0; i < IPV4_BYTES; i++) {
        if (i > 0)
            *out++ = '.';
        if (bytes[i] >= 100)
            *out++ = (char)('0' + bytes[i] / 100);
        if (bytes[i] >= 10)
            *out++ = (char)('0' + bytes[i] / 10 % 10);
        *out++ = (char)('0' + bytes[i] % 10);
    }
    return out;
}

static char *write_group(char *out, unsigned group)
{
    static const char hexadecimal[] = "0123456789abcdef";
    for (int shift = 12; shift >= 0; shift -= 4)
        if (shift == 0 || group >> shift != 0)
            *out++ = hexadecimal[group >> shift & 15];
    return out;
}

struct zeros {
    int start;
    int count;
};

/* RFC 5952 4.2: what "::" stands for is the longest run of zero groups, the first of those, and
 * never one group alone. None: a count of 0, behind the last group. */
static struct zeros find_zeros(const unsigned groups[IPV6_GROUPS])
{
    struct zeros longest = {.start = IPV6_GROUPS};
    for (int start = 0; start < IPV6_GROUPS; start++) {
        int end = start;
        while (end < IPV6_GROUPS && groups[end] == 0)
            end++;
        if (end - start > 1 && end - start > longest.count)
            longest = (struct zeros){start, end - start};
        start = end;
    }
    return longest;
}

/* RFC 5952 5, as far as inet_ntop(3) goes: IPv4-mapped, and the old IPv4-compatible. */
static bool ends_as_ipv4(const unsigned groups[IPV6_GROUPS], struct zeros zeros)
{
    return zeros.start == 0 && (zeros.count == 6 || (zeros.count == 5 && groups[5] == 0xffff));
}

static char *write_ipv6(char *out, const uint8_t *bytes)
{
    unsigned groups[IPV6_GROUPS];
    for (size_t i = 0; i < IPV6_GROUPS; i++)
        groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    struct zeros zeros = find_zeros(groups);
    bool is_mixed = ends_as_ipv4(groups, zeros);

    bool needs_colon = false;
    for (int i = 0; i < (is_mixed ? IPV6_GROUPS - 2 : IPV6_GROUPS);) {
        if (i == zeros.start) {
            *out++ = ':';
            *out++ = ':';
            i += zeros.count;
            needs_colon = false;
            continue;
        }
        if (needs_colon)
            *out++ = ':';
        out = write_group(out, groups[i++]);
        needs_colon = true;
    }
    if (is_mixed && needs_colon)
        *out++ = ':';
    return is_mixed ? write_ipv4(out, bytes + IPV6_BYTES - IPV4_BYTES) : out;
}

void address_append(struct text *text, const struct address *address)
{
    char string[INET6_ADDRSTRLEN];
    if (address->family == FAMILY_ANY)
        return;
    bool is_ipv4 = address->family == FAMILY_IPV4;
    const char *end =
        is_ipv4 ? write_ipv4(string, address->bytes) : write_ipv6(string, address->bytes);
    text_append(text, string, (size_t)(end - string));
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
