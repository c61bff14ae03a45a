/* An IP address, with a port where one belongs to it. Host byte order for
 * numbers, network order for `bytes`. */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

enum family { FAMILY_ANY = 0, FAMILY_IPV4 = 4, FAMILY_IPV6 = 6 };

struct address {
    uint8_t bytes[16]; /* IPv4 uses the first four */
    uint32_t scope;    /* IPv6 zone as an interface index; 0 is none */
    uint16_t port;     /* 0 where none is meant */
    uint8_t family;    /* enum family; FAMILY_ANY: no address */
};

/* A dotted quad or what inet_pton(3) takes for IPv6, without brackets, with
 * an optional numeric %zone. The port becomes 0. False: none of these. */
bool address_parse(const char *text, size_t length, struct address *address);

/* Addresses separated by commas, each with or without brackets; at least one,
 * at most `max`. False: one of them is none, or there are more. */
bool address_list_parse(const char *text, struct address *addresses, uint32_t max, uint32_t *count);

/* Same family, bytes, zone and port. */
bool address_is_equal(const struct address *a, const struct address *b);

/* Same family and bytes, whatever port and zone: an ICMP message has no port, and its zone is the
 * link. False for FAMILY_ANY. */
bool address_is_same_host(const struct address *a, const struct address *b);

/* For hash tables: over family, bytes, zone and port. */
uint64_t address_hash(const struct address *address);

bool address_is_loopback(const struct address *address);
/* fe80::/10: means nothing without a zone. */
bool address_is_link_local(const struct address *address);

/* What the kernel would really connect to: 0.0.0.0 is 127.0.0.1, :: is ::1,
 * and an IPv4-mapped address is its IPv4 address. */
struct address address_connected_to(const struct address *address);

/* "10.0.0.5", "fe80::1%3". Nothing for FAMILY_ANY. */
void address_append(struct text *text, const struct address *address);
/* "10.0.0.5:80", "[fe80::1%3]:80". */
void address_append_with_port(struct text *text, const struct address *address);

#endif
