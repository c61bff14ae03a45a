/* Candidates are made one at a time: most names are found under the first. */
#include "net/search.h"

#include <string.h>

#include "core/host.h"

static uint32_t count_dots(const char *host)
{
    uint32_t dots = 0;
    for (; *host != '\0'; host++)
        dots += *host == '.';
    return dots;
}

void search_init(struct search *search, const char *host, const struct resolv_conf *conf,
                 bool uses_list)
{
    size_t length = strlen(host);
    bool is_absolute = length != 0 && host[length - 1] == '.';
    uint32_t domain_count = uses_list && !is_absolute ? conf->domain_count : 0;
    *search = (struct search){
        .host = host,
        .conf = conf,
        .candidate_count = domain_count + 1,
        .absolute = count_dots(host) >= conf->ndots ? 0 : domain_count,
    };
}

bool search_candidate(const struct search *search, uint32_t index, char name[SEARCH_NAME_SIZE])
{
    size_t length = strlen(search->host);
    while (length > 1 && search->host[length - 1] == '.')
        length--;
    if (length > HOST_NAME_MAX_OCTETS)
        return false;
    memcpy(name, search->host, length);
    name[length] = '\0';
    if (index == search->absolute)
        return true;

    uint32_t domain_index = search->absolute == 0 ? index - 1 : index;
    const char *domain = resolv_conf_domain(search->conf, domain_index);
    size_t domain_length = strlen(domain);
    if (length + 1 + domain_length > HOST_NAME_MAX_OCTETS)
        return false;
    name[length] = '.';
    memcpy(&name[length + 1], domain, domain_length + 1);
    return true;
}
