/* Addresses and prefixes. The project's own address module is not used here: what judges
 * the programs should not share their mistakes. */
#include "ip_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAPPED_BYTES 12

static const uint8_t mapped[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};

struct ip_address ip_address_from(const uint8_t *bytes, bool is_ipv4)
{
    struct ip_address address;
    if (is_ipv4) {
        memcpy(address.bytes, mapped, MAPPED_BYTES);
        memcpy(address.bytes + MAPPED_BYTES, bytes, sizeof(struct in_addr));
    } else {
        memcpy(address.bytes, bytes, sizeof(address.bytes));
    }
    return address;
}

bool ip_address_is_ipv4(const struct ip_address *address)
{
    return memcmp(address->bytes, mapped, MAPPED_BYTES) == 0;
}

const uint8_t *ip_address_wire(const struct ip_address *address)
{
    return ip_address_is_ipv4(address) ? address->bytes + MAPPED_BYTES : address->bytes;
}

unsigned ip_address_wire_size(const struct ip_address *address)
{
    return ip_address_is_ipv4(address) ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

bool ip_address_is_equal(const struct ip_address *a, const struct ip_address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool ip_address_parse(const char *text, struct ip_address *address)
{
    uint8_t bytes[16];
    bool is_ipv4 = inet_pton(AF_INET, text, bytes) == 1;
    if (!is_ipv4 && inet_pton(AF_INET6, text, bytes) != 1)
        return false;
    *address = ip_address_from(bytes, is_ipv4);
    return true;
}

void ip_address_print(const struct ip_address *address, char text[IP_ADDRESS_TEXT_MAX])
{
    int family = ip_address_is_ipv4(address) ? AF_INET : AF_INET6;
    if (inet_ntop(family, ip_address_wire(address), text, IP_ADDRESS_TEXT_MAX) == NULL)
        text[0] = '\0';
}

static bool has_bit(const struct ip_address *address, unsigned bit)
{
    return (address->bytes[bit / 8] & (0x80 >> bit % 8)) != 0;
}

/* Where the prefix ends in the 128 bits. */
static unsigned prefix_end(const struct ip_prefix *prefix)
{
    return prefix->bits + (ip_address_is_ipv4(&prefix->address) ? MAPPED_BYTES * 8 : 0);
}

static bool parse_bits(const char *text, unsigned most, unsigned *bits)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *bits = (unsigned)value;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value <= most;
}

bool ip_prefix_parse(const char *text, struct ip_prefix *prefix)
{
    char address[IP_ADDRESS_TEXT_MAX];
    size_t length = strcspn(text, "/");
    if (length >= sizeof(address))
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    if (!ip_address_parse(address, &prefix->address))
        return false;

    unsigned most = ip_address_wire_size(&prefix->address) * 8;
    prefix->bits = most;
    if (text[length] == '/' && !parse_bits(text + length + 1, most, &prefix->bits))
        return false;
    for (unsigned bit = prefix_end(prefix); bit < IP_ADDRESS_BITS; bit++)
        if (has_bit(&prefix->address, bit))
            return false;
    return true;
}

bool ip_prefix_has(const struct ip_prefix *prefix, const struct ip_address *address)
{
    unsigned end = prefix_end(prefix);
    unsigned whole = end / 8;
    if (ip_address_is_ipv4(&prefix->address) != ip_address_is_ipv4(address) ||
        memcmp(prefix->address.bytes, address->bytes, whole) != 0)
        return false;
    unsigned mask = (0xff00U >> end % 8) & 0xff;
    return mask == 0 || ((prefix->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}
