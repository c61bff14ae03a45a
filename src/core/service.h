/* Names for ports ("http" is 80). The table is a value that a program fills,
 * from /etc/services and service_add_well_known(), and hands to the parsers. */
#ifndef CORE_SERVICE_H
#define CORE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct service {
    char *name;
    uint16_t port;
};

struct service_table {
    struct service *services; /* in the order in which they were added */
    size_t count;
    size_t capacity;
};

#define SERVICE_TABLE_MAX 65536

void service_table_init(struct service_table *table);
void service_table_fini(struct service_table *table);

/* Adds the TCP services of a text in the form of services(5): name, port/protocol,
 * aliases, comments. Lines of another form are passed over, as getservbyname(3)
 * does, and so are names beyond SERVICE_TABLE_MAX. False: memory. */
bool service_table_read(struct service_table *table, const char *text, size_t length);
/* Names that many systems' /etc/services lack (mongodb, elasticsearch, ...).
 * A name that is there already keeps its port. False: memory. */
bool service_table_add_well_known(struct service_table *table);

/* Names are compared as they are written. False: no such service. */
bool service_table_find(const struct service_table *table, const char *name, size_t length,
                        uint16_t *port);

#endif
