/* Service names, in one flat list that is searched from the front.
 *
 * A file of some hundred names is read once and asked for a few: building a
 * hash table would cost more than it saves. getservbyname(3) was rejected, as
 * it opens files and asks whatever nsswitch.conf names. */
#include "core/service.h"

#include <stdlib.h>
#include <string.h>

#include "core/number.h"

#define FIRST_CAPACITY 512 /* Debian's /etc/services has about 400 names */

struct well_known {
    const char *name;
    uint16_t port;
};

/* Ports registered with IANA for TCP, or the default of the vendor. */
static const struct well_known well_known_services[] = {
    {"ftp", 21},
    {"ssh", 22},
    {"telnet", 23},
    {"smtp", 25},
    {"domain", 53},
    {"http", 80},
    {"kerberos", 88},
    {"pop3", 110},
    {"imap", 143},
    {"bgp", 179},
    {"ldap", 389},
    {"https", 443},
    {"microsoft-ds", 445},
    {"submissions", 465},
    {"smtps", 465},
    {"submission", 587},
    {"ipp", 631},
    {"ldaps", 636},
    {"domain-s", 853},
    {"rsync", 873},
    {"imaps", 993},
    {"pop3s", 995},
    {"socks", 1080},
    {"openvpn", 1194},
    {"ms-sql-s", 1433},
    {"mqtt", 1883},
    {"nfs", 2049},
    {"zookeeper", 2181},
    {"docker", 2375},
    {"docker-s", 2376},
    {"etcd-client", 2379},
    {"etcd-server", 2380},
    {"grafana", 3000},
    {"loki", 3100},
    {"squid", 3128},
    {"iscsi-target", 3260},
    {"mariadb", 3306},
    {"mysql", 3306},
    {"ms-wbt-server", 3389},
    {"rdp", 3389},
    {"svn", 3690},
    {"nats", 4222},
    {"epmd", 4369},
    {"nomad", 4646},
    {"munin", 4949},
    {"sip", 5060},
    {"sip-tls", 5061},
    {"sips", 5061},
    {"xmpp-client", 5222},
    {"xmpp-server", 5269},
    {"postgres", 5432},
    {"postgresql", 5432},
    {"kibana", 5601},
    {"nrpe", 5666},
    {"amqps", 5671},
    {"amqp", 5672},
    {"rabbitmq", 5672},
    {"rfb", 5900},
    {"vnc", 5900},
    {"couchdb", 5984},
    {"wsman", 5985},
    {"wsmans", 5986},
    {"redis", 6379},
    {"valkey", 6379},
    {"kube-apiserver", 6443},
    {"syslog-tls", 6514},
    {"ircs-u", 6697},
    {"bolt", 7687},
    {"http-alt", 8080},
    {"influxdb", 8086},
    {"puppet", 8140},
    {"vault", 8200},
    {"https-alt", 8443},
    {"consul", 8500},
    {"mqtts", 8883},
    {"secure-mqtt", 8883},
    {"solr", 8983},
    {"cassandra", 9042},
    {"prometheus", 9090},
    {"kafka", 9092},
    {"alertmanager", 9093},
    {"node-exporter", 9100},
    {"blackbox-exporter", 9115},
    {"elasticsearch", 9200},
    {"opensearch", 9200},
    {"git", 9418},
    {"zabbix-agent", 10050},
    {"zabbix-trapper", 10051},
    {"kubelet", 10250},
    {"memcache", 11211},
    {"memcached", 11211},
    {"rabbitmq-management", 15672},
    {"cockroachdb", 26257},
    {"mongodb", 27017},
};

#define WELL_KNOWN_COUNT (sizeof(well_known_services) / sizeof(well_known_services[0]))

void service_table_init(struct service_table *table)
{
    *table = (struct service_table){0};
}

void service_table_fini(struct service_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->services[i].name);
    free(table->services);
    service_table_init(table);
}

static bool has_room(struct service_table *table)
{
    if (table->count < table->capacity)
        return true;
    size_t capacity = table->capacity == 0 ? FIRST_CAPACITY : table->capacity * 2;
    struct service *services = realloc(table->services, capacity * sizeof(*services));
    if (services == NULL)
        return false;
    table->services = services;
    table->capacity = capacity;
    return true;
}

/* False: memory. What is beyond the table's maximum is passed over. */
static bool add(struct service_table *table, const char *name, size_t length, uint16_t port)
{
    if (table->count == SERVICE_TABLE_MAX)
        return true;
    char *copy = malloc(length + 1);
    if (copy == NULL || !has_room(table)) {
        free(copy);
        return false;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    table->services[table->count++] = (struct service){.name = copy, .port = port};
    return true;
}

struct word {
    const char *bytes;
    size_t length; /* 0: there is no further word */
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct word next_word(const char **at, const char *end)
{
    while (*at < end && is_blank(**at))
        (*at)++;
    struct word word = {.bytes = *at};
    while (*at < end && !is_blank(**at) && **at != '\0')
        (*at)++;
    word.length = (size_t)(*at - word.bytes);
    return word;
}

/* "80/tcp". */
static bool parse_port(struct word word, uint16_t *port)
{
    int64_t number;
    const char *slash = memchr(word.bytes, '/', word.length);
    if (slash == NULL)
        return false;
    size_t digits = (size_t)(slash - word.bytes);
    if (word.length - digits != strlen("/tcp") || memcmp(slash, "/tcp", strlen("/tcp")) != 0 ||
        number_parse_int(word.bytes, digits, 1, UINT16_MAX, &number) != NUMBER_OK)
        return false;
    *port = (uint16_t)number;
    return true;
}

static bool read_line(struct service_table *table, const char *line, const char *end)
{
    uint16_t port;
    const char *comment = memchr(line, '#', (size_t)(end - line));
    if (comment != NULL)
        end = comment;
    struct word name = next_word(&line, end);
    if (name.length == 0 || !parse_port(next_word(&line, end), &port))
        return true;
    for (; name.length > 0; name = next_word(&line, end))
        if (!add(table, name.bytes, name.length, port))
            return false;
    return true;
}

bool service_table_read(struct service_table *table, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = feed != NULL ? feed : end;
        if (!read_line(table, text, line_end))
            return false;
        text = feed != NULL ? feed + 1 : end;
    }
    return true;
}

bool service_table_add_well_known(struct service_table *table)
{
    for (size_t i = 0; i < WELL_KNOWN_COUNT; i++) {
        const struct well_known *known = &well_known_services[i];
        size_t length = strlen(known->name);
        uint16_t port;
        if (!service_table_find(table, known->name, length, &port) &&
            !add(table, known->name, length, known->port))
            return false;
    }
    return true;
}

bool service_table_find(const struct service_table *table, const char *name, size_t length,
                        uint16_t *port)
{
    /* Without this, strncmp() would stop at a NUL and find a shorter name. */
    if (length == 0 || memchr(name, '\0', length) != NULL)
        return false;
    for (size_t i = 0; i < table->count; i++) {
        const struct service *service = &table->services[i];
        if (strncmp(service->name, name, length) == 0 && service->name[length] == '\0') {
            *port = service->port;
            return true;
        }
    }
    return false;
}
