#include "net/address_list.h"

void address_list_add(struct address_list *list, const struct address *address)
{
    struct address real = address_connected_to(address);
    for (uint32_t i = 0; i < list->count; i++)
        if (address_is_equal(&list->addresses[i], &real))
            return;
    if (list->count < RESOLVED_ADDRESSES_MAX)
        list->addresses[list->count++] = real;
}
