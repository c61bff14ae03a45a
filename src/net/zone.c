/* Core knows zones as numbers only: names are this host's. */
#include "net/zone.h"

#include <net/if.h>
#include <string.h>

enum zone_result zone_parse(const char *text, size_t length, struct address *address)
{
    char name[IF_NAMESIZE];
    if (address_parse(text, length, address))
        return ZONE_OK;
    const char *percent = memchr(text, '%', length);
    if (percent == NULL)
        return ZONE_NO_ADDRESS;

    size_t address_length = (size_t)(percent - text);
    size_t name_length = length - address_length - 1;
    if (!address_parse(text, address_length, address) || address->family != FAMILY_IPV6)
        return ZONE_NO_ADDRESS;
    if (name_length == 0 || name_length >= sizeof(name))
        return ZONE_NO_INTERFACE;
    memcpy(name, percent + 1, name_length);
    name[name_length] = '\0';
    address->scope = if_nametoindex(name);
    return address->scope != 0 ? ZONE_OK : ZONE_NO_INTERFACE;
}
