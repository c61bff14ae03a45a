/* A hash table of (name, address) pairs. All lines of a name count, as in the
 * C library; unlike there, ::1 never means 127.0.0.1. Reading line by line at each
 * lookup was no choice: people block adverts with 200,000 lines. */
#include "net/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "core/host.h"
#include "core/text.h"
#include "net/idna.h"

#define FIRST_BUCKET_COUNT 64
#define LABELS_SIZE        256

struct hosts_entry {
    struct hosts_entry *next; /* of the same bucket, in the order of adding */
    const char *name;         /* lower case, not NUL-terminated */
    size_t length;
    struct address address;
};

/* The last is known because one name may have any number of lines. */
struct hosts_bucket {
    struct hosts_entry *first; /* NULL: empty */
    struct hosts_entry *last;
};

void hosts_init(struct hosts *hosts)
{
    *hosts = (struct hosts){0};
    arena_init(&hosts->arena);
}

void hosts_fini(struct hosts *hosts)
{
    arena_fini(&hosts->arena);
    free(hosts->buckets);
    hosts->buckets = NULL;
    hosts->bucket_count = 0;
    hosts->entry_count = 0;
}

static char to_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* FNV-1a. */
static size_t hash_name(const char *name, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)to_lower(name[i])) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

static size_t length_without_dot(const char *name, size_t length)
{
    return length > 1 && name[length - 1] == '.' ? length - 1 : length;
}

static void link_entry(struct hosts *hosts, struct hosts_entry *entry)
{
    size_t index = hash_name(entry->name, entry->length) & (hosts->bucket_count - 1);
    struct hosts_bucket *bucket = &hosts->buckets[index];
    if (bucket->first == NULL)
        bucket->first = entry;
    else
        bucket->last->next = entry;
    bucket->last = entry;
    entry->next = NULL;
}

static bool grow(struct hosts *hosts)
{
    struct hosts_bucket *old = hosts->buckets;
    size_t old_count = hosts->bucket_count;
    size_t count = old_count == 0 ? FIRST_BUCKET_COUNT : old_count * 2;
    struct hosts_bucket *buckets = calloc(count, sizeof(*buckets));
    if (buckets == NULL)
        return false;

    hosts->buckets = buckets;
    hosts->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        for (struct hosts_entry *entry = old[i].first, *next; entry != NULL; entry = next) {
            next = entry->next;
            link_entry(hosts, entry);
        }
    }
    free(old);
    return true;
}

bool hosts_add(struct hosts *hosts, const char *name, size_t length, const struct address *address)
{
    length = length_without_dot(name, length);
    if (hosts->entry_count == hosts->bucket_count && !grow(hosts))
        return false;
    struct hosts_entry *entry = arena_alloc(&hosts->arena, sizeof(*entry));
    char *copy = arena_copy(&hosts->arena, name, length);
    if (entry == NULL || copy == NULL)
        return false;

    for (size_t i = 0; i < length; i++)
        copy[i] = to_lower(copy[i]);
    entry->name = copy;
    entry->length = length;
    entry->address = *address;
    link_entry(hosts, entry);
    hosts->entry_count++;
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f';
}

/* The next word of a line: moves *at behind it. False: there is none. */
static bool next_word(const char **at, const char *end, const char **word, size_t *length)
{
    while (*at < end && is_blank(**at))
        (*at)++;
    *word = *at;
    while (*at < end && !is_blank(**at))
        (*at)++;
    *length = (size_t)(*at - *word);
    return *length != 0;
}

static bool add_name(struct hosts *hosts, const char *name, size_t length,
                     const struct address *address)
{
    struct text labels;
    if (host_is_ascii(name, length) || memchr(name, '\0', length) != NULL)
        return hosts_add(hosts, name, length, address);
    text_init(&labels, LABELS_SIZE);
    bool has_labels = idna_to_ascii(name, length, &labels) == NULL;
    bool is_added = has_labels ? hosts_add(hosts, text_string(&labels), labels.length, address)
                               : hosts_add(hosts, name, length, address);
    text_fini(&labels);
    return is_added;
}

static bool parse_line(struct hosts *hosts, const char *line, const char *end)
{
    struct address address;
    const char *word;
    size_t length;
    const char *comment = memchr(line, '#', (size_t)(end - line));
    if (comment != NULL)
        end = comment;
    if (!next_word(&line, end, &word, &length) || !address_parse(word, length, &address))
        return true;
    while (next_word(&line, end, &word, &length))
        if (!add_name(hosts, word, length, &address))
            return false;
    return true;
}

bool hosts_parse(struct hosts *hosts, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline != NULL ? newline : end;
        if (!parse_line(hosts, text, line_end))
            return false;
        text = newline != NULL ? newline + 1 : end;
    }
    return true;
}

static bool is_named(const struct hosts_entry *entry, const char *name, size_t length)
{
    if (entry->length != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (entry->name[i] != to_lower(name[i]))
            return false;
    return true;
}

bool hosts_find(const struct hosts *hosts, const char *name, enum family family,
                struct address_list *list)
{
    bool is_known = false;
    size_t length = length_without_dot(name, strlen(name));
    if (hosts->bucket_count == 0)
        return false;
    size_t index = hash_name(name, length) & (hosts->bucket_count - 1);
    const struct hosts_entry *entry = hosts->buckets[index].first;
    for (; entry != NULL; entry = entry->next) {
        if (!is_named(entry, name, length))
            continue;
        is_known = true;
        if (family == FAMILY_ANY || entry->address.family == family)
            address_list_add(list, &entry->address);
    }
    return is_known;
}

void hosts_file_init(struct hosts_file *file, const char *path)
{
    *file = (struct hosts_file){.path = path};
    hosts_init(&file->hosts);
}

void hosts_file_fini(struct hosts_file *file)
{
    hosts_fini(&file->hosts);
}

bool hosts_file_refresh(struct hosts_file *file)
{
    char *text = NULL;
    size_t length = 0;
    struct hosts fresh;
    struct system_file_stamp stamp = file->stamp;
    if (!system_file_has_changed(file->path, &stamp))
        return true;

    hosts_init(&fresh);
    int error = system_file_read(file->path, &text, &length);
    bool is_read =
        !system_file_is_shortage(error) && (error != 0 || hosts_parse(&fresh, text, length));
    free(text);
    if (!is_read) {
        hosts_fini(&fresh);
        return false;
    }
    hosts_fini(&file->hosts);
    file->hosts = fresh;
    file->stamp = stamp;
    return true;
}
