/* In which order to try the addresses of a name: RFC 6724, section 6. */
#ifndef NET_ADDRESS_ORDER_H
#define NET_ADDRESS_ORDER_H

#include <stdint.h>

#include "core/address.h"
#include "net/address_list.h"

/* Pure: sources[i] is the address that the kernel would send from to addresses[i]; FAMILY_ANY:
 * there is no way to it. Both are sorted together; ties keep their order. */
void address_order_sort(struct address *addresses, struct address *sources, uint32_t count);

/* Sorts by the sources that the kernel chooses. Sends nothing. */
void address_order(struct address_list *list);

#endif
