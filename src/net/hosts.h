/* Names with addresses of their own: hosts(5), and names that a user pinned. */
#ifndef NET_HOSTS_H
#define NET_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/arena.h"
#include "net/address_list.h"
#include "net/system_file.h"

struct hosts_bucket;

struct hosts {
    struct arena arena;
    struct hosts_bucket *buckets;
    size_t bucket_count;
    size_t entry_count;
};

void hosts_init(struct hosts *hosts);
void hosts_fini(struct hosts *hosts);

/* One more address of a name; the order is kept. A trailing dot does not count. False: memory. */
bool hosts_add(struct hosts *hosts, const char *name, size_t length, const struct address *address)
    __attribute__((warn_unused_result));

/* Adds what a text in the form of hosts(5) says; lines of another form are passed over. A name
 * that is not ASCII is known by its A-labels, as it is asked for; one that has none as it is written.
 * False: memory. */
bool hosts_parse(struct hosts *hosts, const char *text, size_t length)
    __attribute__((warn_unused_result));

/* Adds the name's addresses of that family to the list, and says whether the name is known at
 * all. Names are compared without regard to case. */
bool hosts_find(const struct hosts *hosts, const char *name, enum family family,
                struct address_list *list);

/* A hosts file that is read when first needed, and again when it has changed. */
struct hosts_file {
    const char *path;
    struct system_file_stamp stamp;
    struct hosts hosts; /* empty where there is no such file */
};

void hosts_file_init(struct hosts_file *file, const char *path);
void hosts_file_fini(struct hosts_file *file);
/* False: we are short of memory or descriptors; what was read before stays. */
bool hosts_file_refresh(struct hosts_file *file) __attribute__((warn_unused_result));

#endif
