/* An address of either family in 16 bytes: IPv4 as ::ffff:a.b.c.d, which no IPv6 packet
 * on a wire may carry. */
#ifndef SCRIPTED_IP_ADDRESS_H
#define SCRIPTED_IP_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define IP_ADDRESS_TEXT_MAX INET6_ADDRSTRLEN
#define IP_ADDRESS_BITS     128

struct ip_address {
    uint8_t bytes[16];
};

struct ip_prefix {
    struct ip_address address;
    unsigned bits; /* as written: 0-32 for IPv4, 0-128 for IPv6 */
};

/* What inet_pton(3) takes. */
bool ip_address_parse(const char *text, struct ip_address *address)
    __attribute__((warn_unused_result));
/* ADDRESS or ADDRESS/BITS; bits beyond the prefix must be zero. */
bool ip_prefix_parse(const char *text, struct ip_prefix *prefix)
    __attribute__((warn_unused_result));
void ip_address_print(const struct ip_address *address, char text[IP_ADDRESS_TEXT_MAX]);

/* From the 4 or 16 bytes of a packet, and how many bytes those are. */
struct ip_address ip_address_from(const uint8_t *bytes, bool is_ipv4);
const uint8_t *ip_address_wire(const struct ip_address *address);
unsigned ip_address_wire_size(const struct ip_address *address);

bool ip_address_is_ipv4(const struct ip_address *address);
bool ip_address_is_equal(const struct ip_address *a, const struct ip_address *b);
/* Never true for an address of the other family. */
bool ip_prefix_has(const struct ip_prefix *prefix, const struct ip_address *address);

#endif
