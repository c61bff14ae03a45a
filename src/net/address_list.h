/* A name's addresses, without duplicates, up to a ceiling. */
#ifndef NET_ADDRESS_LIST_H
#define NET_ADDRESS_LIST_H

#include <stdint.h>

#include "core/address.h"
#include "engine/ops.h"

struct address_list {
    uint32_t count;
    struct address addresses[RESOLVED_ADDRESSES_MAX];
};

/* Adds what the kernel would connect to (address_connected_to()), unless it is there
 * already or the list is full. */
void address_list_add(struct address_list *list, const struct address *address);

#endif
