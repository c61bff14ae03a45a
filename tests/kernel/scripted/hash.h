/* Mixing of bits, the same on every machine and in every run. */
#ifndef SCRIPTED_HASH_H
#define SCRIPTED_HASH_H

#include <stdint.h>
#include <string.h>

#include "ip_address.h"

/* A bijection in which every bit of the result hangs on every bit of the argument
 * (the finaliser of MurmurHash3). */
static inline uint64_t hash_mix(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xff51afd7ed558ccd);
    value ^= value >> 33;
    value *= UINT64_C(0xc4ceb9fe1a85ec53);
    return value ^ value >> 33;
}

static inline uint64_t hash_add(uint64_t hash, uint64_t value)
{
    return hash_mix(hash + UINT64_C(0x9e3779b97f4a7c15)) ^ hash_mix(value);
}

/* Read as bytes in network order, so that it does not depend on the machine. */
static inline uint64_t hash_add_address(uint64_t hash, const struct ip_address *address)
{
    uint64_t halves[2] = {0, 0};
    for (unsigned i = 0; i < sizeof(address->bytes); i++)
        halves[i / 8] = halves[i / 8] << 8 | address->bytes[i];
    return hash_add(hash_add(hash, halves[0]), halves[1]);
}

#endif
