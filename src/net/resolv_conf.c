/* resolv.conf(5). Read by ourselves because c-ares folds what it reads into its
 * channels, where neither the order of servers nor the search list is ours any more. */
#include "net/resolv_conf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/number.h"
#include "net/system_file.h"
#include "net/zone.h"

#define DNS_PORT          53
#define NDOTS_DEFAULT     1
#define NDOTS_MAX         15
#define TIMEOUT_DEFAULT_S 5
#define TIMEOUT_MAX_S     30
#define ATTEMPTS_DEFAULT  2
#define ATTEMPTS_MAX      5
#define DOMAIN_MAX_OCTETS 253

struct span {
    const char *text;
    size_t length;
};

void resolv_conf_init(struct resolv_conf *conf)
{
    *conf = (struct resolv_conf){
        .ndots = NDOTS_DEFAULT,
        .timeout_s = TIMEOUT_DEFAULT_S,
        .attempts = ATTEMPTS_DEFAULT,
    };
}

const char *resolv_conf_domain(const struct resolv_conf *conf, uint32_t index)
{
    return &conf->domain_text[conf->domains[index]];
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Takes the next word out of *rest. */
static bool next_word(struct span *rest, struct span *word)
{
    while (rest->length != 0 && is_blank(*rest->text)) {
        rest->text++;
        rest->length--;
    }
    word->text = rest->text;
    word->length = 0;
    while (word->length < rest->length && !is_blank(word->text[word->length]))
        word->length++;
    rest->text += word->length;
    rest->length -= word->length;
    return word->length != 0;
}

static bool is_word(const struct span *word, const char *expected)
{
    return word->length == strlen(expected) && memcmp(word->text, expected, word->length) == 0;
}

/* ---- options ---------------------------------------------------------- */

/* "name:number": sets *value, held within min..max. */
static void read_number(const struct span *word, const char *name, uint32_t min, uint32_t max,
                        uint32_t *value)
{
    int64_t number;
    size_t name_length = strlen(name);
    if (word->length <= name_length || memcmp(word->text, name, name_length) != 0)
        return;
    if (number_parse_int(word->text + name_length, word->length - name_length, 0, INT32_MAX,
                         &number) != NUMBER_OK)
        return;
    if (number < min)
        *value = min;
    else
        *value = number < max ? (uint32_t)number : max;
}

void resolv_conf_parse_options(struct resolv_conf *conf, const char *text, size_t length)
{
    struct span rest = {text, length};
    struct span word;
    while (next_word(&rest, &word)) {
        read_number(&word, "ndots:", 0, NDOTS_MAX, &conf->ndots);
        read_number(&word, "timeout:", 1, TIMEOUT_MAX_S, &conf->timeout_s);
        read_number(&word, "attempts:", 1, ATTEMPTS_MAX, &conf->attempts);
        if (is_word(&word, "rotate"))
            conf->rotates = true;
        if (is_word(&word, "use-vc"))
            conf->uses_tcp = true;
    }
}

/* ---- search and nameserver -------------------------------------------- */

static void add_domain(struct resolv_conf *conf, const struct span *word, size_t *used)
{
    size_t length = word->length;
    while (length != 0 && word->text[length - 1] == '.')
        length--;
    /* The root adds nothing: a name is tried as it is in any case. */
    if (length == 0 || length > DOMAIN_MAX_OCTETS || conf->domain_count == SEARCH_DOMAINS_MAX ||
        *used + length + 1 > sizeof(conf->domain_text))
        return;
    conf->domains[conf->domain_count++] = (uint16_t)*used;
    memcpy(&conf->domain_text[*used], word->text, length);
    conf->domain_text[*used + length] = '\0';
    *used += length + 1;
}

void resolv_conf_parse_search(struct resolv_conf *conf, const char *text, size_t length)
{
    struct span rest = {text, length};
    struct span word;
    size_t used = 0;
    conf->has_search = true;
    conf->domain_count = 0;
    while (next_word(&rest, &word))
        if (memchr(word.text, '\0', word.length) == NULL)
            add_domain(conf, &word, &used);
}

static void add_server(struct resolv_conf *conf, const struct span *word)
{
    struct address address;
    if (conf->server_count == NAME_SERVERS_MAX ||
        zone_parse(word->text, word->length, &address) != ZONE_OK)
        return;
    address = address_connected_to(&address);
    address.port = DNS_PORT;
    conf->servers[conf->server_count++] = address;
}

/* ---- the file --------------------------------------------------------- */

static void parse_line(struct resolv_conf *conf, struct span line)
{
    struct span key;
    struct span word;
    /* Only a whole line is a comment: what follows a value is part of it. */
    if (line.length == 0 || *line.text == '#' || *line.text == ';' || !next_word(&line, &key))
        return;
    if (is_word(&key, "nameserver") && next_word(&line, &word))
        add_server(conf, &word);
    else if (is_word(&key, "search"))
        resolv_conf_parse_search(conf, line.text, line.length);
    else if (is_word(&key, "domain") && next_word(&line, &word))
        resolv_conf_parse_search(conf, word.text, word.length);
    else if (is_word(&key, "options"))
        resolv_conf_parse_options(conf, line.text, line.length);
}

void resolv_conf_parse(struct resolv_conf *conf, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline != NULL ? newline : end;
        parse_line(conf, (struct span){text, (size_t)(line_end - text)});
        text = newline != NULL ? newline + 1 : end;
    }
}

static void use_environment(struct resolv_conf *conf)
{
    const char *domains = secure_getenv("LOCALDOMAIN");
    const char *options = secure_getenv("RES_OPTIONS");
    if (domains != NULL)
        resolv_conf_parse_search(conf, domains, strlen(domains));
    if (options != NULL)
        resolv_conf_parse_options(conf, options, strlen(options));
}

/* db.corp.example searches corp.example. */
static void use_host_name(struct resolv_conf *conf)
{
    char name[256];
    if (gethostname(name, sizeof(name)) < 0)
        return;
    name[sizeof(name) - 1] = '\0';
    const char *dot = strchr(name, '.');
    if (dot != NULL)
        resolv_conf_parse_search(conf, dot + 1, strlen(dot + 1));
}

int resolv_conf_read(struct resolv_conf *conf, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    resolv_conf_init(conf);
    int error = system_file_read(path, &text, &length);
    if (system_file_is_shortage(error))
        return error;
    if (error == 0)
        resolv_conf_parse(conf, text, length);
    free(text);
    use_environment(conf);
    if (!conf->has_search)
        use_host_name(conf);
    conf->is_default = conf->server_count == 0;
    if (conf->is_default)
        conf->servers[conf->server_count++] =
            (struct address){.bytes = {127, 0, 0, 1}, .port = DNS_PORT, .family = FAMILY_IPV4};
    return 0;
}
