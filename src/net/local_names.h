/* Names that this host knows by itself, and answers at once. */
#ifndef NET_LOCAL_NAMES_H
#define NET_LOCAL_NAMES_H

#include <stdbool.h>

#include "engine/ops.h"
#include "net/address_list.h"
#include "net/hosts.h"
#include "tcpcheck.h"

struct local_names {
    struct hosts pins;
    struct hosts_file hosts_file;
};

/* The path must outlive it. */
void local_names_init(struct local_names *names, const char *hosts_path);
void local_names_fini(struct local_names *names);

struct local_answer {
    enum lookup_source source;     /* of a name; of a literal it means nothing */
    enum tcpcheck_outcome outcome; /* why, where there are no addresses */
};

/* True: nobody else is to be asked for this host: a literal with or without a zone, a pinned name, one
 * of the hosts file or of RFC 6761. Its addresses of the family are added to the list. */
bool local_names_find(struct local_names *names, const char *host,
                      const struct resolve_options *options, struct address_list *list,
                      struct local_answer *answer);

#endif
