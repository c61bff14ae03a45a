/* /etc/services is read directly: getservbyname(3) would ask nsswitch for each
 * name, and the parsers need a value, not a database. */
#include "net/services.h"

#include <stdlib.h>

#include "net/system_file.h"

bool services_load(struct service_table *table)
{
    char *bytes = NULL;
    size_t length = 0;
    int error = system_file_read("/etc/services", &bytes, &length);
    if (system_file_is_shortage(error))
        return false;
    bool is_read = error != 0 || service_table_read(table, bytes, length);
    free(bytes);
    return is_read && service_table_add_well_known(table);
}
