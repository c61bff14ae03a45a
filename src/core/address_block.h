/* A block of IP addresses, as a person writes it: "10.0.0.0/24", "2001:db8::/120". */
#ifndef CORE_ADDRESS_BLOCK_H
#define CORE_ADDRESS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/text.h"

/* So many addresses are in a block at most: 10.0.0.0/8, 2001:db8::/104. */
#define ADDRESS_BLOCK_MAX_BITS 24
#define ADDRESS_BLOCK_MAX      (UINT32_C(1) << ADDRESS_BLOCK_MAX_BITS)

struct address_block {
    struct address first;  /* without port and zone; FAMILY_ANY: no block */
    uint8_t prefix_length; /* 8-32 for IPv4, 104-128 for IPv6 */
};

/* Whether `text` is meant as one: an address, with or without brackets around all of it, and
 * a slash behind it. What follows the slash is not looked at. */
bool address_block_is_meant(const char *text, size_t length);

/* Reads what is meant as a block. False: `why` says what is wrong (a prefix length that is none,
 * bits behind the prefix, a zone, too many addresses) and what is accepted. */
bool address_block_parse(const char *text, size_t length, struct address_block *block,
                         struct text *why);

/* How many addresses it has, the first and the last included: whether one of them is a network's
 * or a broadcast address depends on how the network is cut, which a list does not say. */
uint32_t address_block_count(const struct address_block *block);

/* The address number `index`, from 0; index < address_block_count(). */
struct address address_block_at(const struct address_block *block, uint32_t index);

#endif
