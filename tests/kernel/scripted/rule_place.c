/* The ports are cut off first: what is left is a prefix, or everything. */
#include "rule_place.h"

#include <stdlib.h>
#include <string.h>

bool rule_place_has(const struct rule_place *place, const struct ip_address *address, uint16_t port)
{
    return port >= place->first_port && port <= place->last_port &&
           (place->is_anywhere || ip_prefix_has(&place->prefix, address));
}

static bool parse_port(const char *text, char **end, uint16_t *port)
{
    unsigned long value = strtoul(text, end, 10);
    *port = (uint16_t)value;
    return text[0] >= '0' && text[0] <= '9' && value <= UINT16_MAX;
}

/* PORT or PORT-PORT */
static bool parse_ports(const char *text, struct rule_place *place)
{
    char *end;
    if (!parse_port(text, &end, &place->first_port))
        return false;
    place->last_port = place->first_port;
    if (*end == '-' && !parse_port(end + 1, &end, &place->last_port))
        return false;
    return *end == '\0' && place->first_port <= place->last_port;
}

/* Cuts the text after its address; *ports is NULL where there are none. */
static bool cut(char **text, const char **ports)
{
    char *end = strchr(*text, ':');
    *ports = NULL;
    if (**text == '[') {
        char *bracket = strchr(*text, ']');
        if (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':'))
            return false;
        end = bracket[1] == ':' ? bracket + 1 : NULL;
        *bracket = '\0';
        *text += 1;
    } else if (end != strrchr(*text, ':')) {
        return true;
    }
    if (end != NULL) {
        *end = '\0';
        *ports = end + 1;
    }
    return true;
}

bool rule_place_parse(char *text, struct rule_place *place)
{
    const char *ports;
    *place = (struct rule_place){.last_port = UINT16_MAX};
    if (!cut(&text, &ports))
        return false;
    place->is_anywhere = strcmp(text, "*") == 0;
    return (place->is_anywhere || ip_prefix_parse(text, &place->prefix)) &&
           (ports == NULL || parse_ports(ports, place));
}
