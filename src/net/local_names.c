/* In this order: literals, pins, the hosts file, RFC 6761. The hosts file comes before RFC 6761
 * because `localhost` there is what its administrator made it. */
#include "net/local_names.h"

#include <string.h>
#include <strings.h>

#include "net/zone.h"

void local_names_init(struct local_names *names, const char *hosts_path)
{
    hosts_init(&names->pins);
    hosts_file_init(&names->hosts_file, hosts_path);
}

void local_names_fini(struct local_names *names)
{
    hosts_fini(&names->pins);
    hosts_file_fini(&names->hosts_file);
}

/* True: it is an address, or was meant to be one. */
static bool find_literal(const char *host, enum family family, struct address_list *list,
                         enum tcpcheck_outcome *outcome)
{
    struct address address;
    switch (zone_parse(host, strlen(host), &address)) {
    case ZONE_NO_ADDRESS: return false;
    case ZONE_NO_INTERFACE: *outcome = TCPCHECK_LOCAL_CONFIG; return true;
    case ZONE_OK: break;
    }
    *outcome = TCPCHECK_DNS_NODATA;
    if (family == FAMILY_ANY || family == address.family)
        address_list_add(list, &address);
    return true;
}

static bool ends_with_label(const char *host, const char *label)
{
    size_t length = strlen(host);
    size_t label_length = strlen(label);
    if (length != 0 && host[length - 1] == '.')
        length--;
    if (length < label_length ||
        strncasecmp(&host[length - label_length], label, label_length) != 0)
        return false;
    return length == label_length || host[length - label_length - 1] == '.';
}

static void add_loopback(enum family family, struct address_list *list)
{
    static const struct address ipv6 = {.bytes = {[15] = 1}, .family = FAMILY_IPV6};
    static const struct address ipv4 = {.bytes = {127, 0, 0, 1}, .family = FAMILY_IPV4};
    if (family != FAMILY_IPV4)
        address_list_add(list, &ipv6);
    if (family != FAMILY_IPV6)
        address_list_add(list, &ipv4);
}

static bool find_special(const char *host, enum family family, struct address_list *list,
                         enum tcpcheck_outcome *outcome)
{
    *outcome = TCPCHECK_DNS_NXDOMAIN;
    if (ends_with_label(host, "localhost")) {
        add_loopback(family, list);
        return true;
    }
    return ends_with_label(host, "invalid");
}

bool local_names_find(struct local_names *names, const char *host,
                      const struct resolve_options *options, struct address_list *list,
                      struct local_answer *answer)
{
    if (find_literal(host, options->family, list, &answer->outcome))
        return true;
    *answer = (struct local_answer){LOOKUP_PINNED, TCPCHECK_DNS_NODATA};
    if (hosts_find(&names->pins, host, options->family, list))
        return true;

    /* The system's resolver reads the files itself; but without the search list it is asked for
     * a name with a trailing dot, which they do not know. */
    if (options->resolver == RESOLVER_SYSTEM && options->search)
        return false;
    *answer = (struct local_answer){LOOKUP_HOSTS, TCPCHECK_RESOURCE};
    if (!hosts_file_refresh(&names->hosts_file))
        return true;
    /* Known with addresses of the other family only: the name servers may know more. */
    (void)hosts_find(&names->hosts_file.hosts, host, options->family, list);
    if (list->count != 0)
        return true;
    answer->source = LOOKUP_RFC6761;
    return options->resolver == RESOLVER_DNS &&
           find_special(host, options->family, list, &answer->outcome);
}
