/* How often a string of bytes has been met: for formats that may say a thing once, or must not give
 * two things one name. */
#ifndef FORMAT_SEEN_H
#define FORMAT_SEEN_H

#include <stddef.h>
#include <stdint.h>

struct seen_place {
    uint64_t hash;
    uint32_t count; /* 0: the place is free */
};

struct seen {
    struct seen_place *places;
    size_t capacity; /* 0 or a power of two */
    size_t taken;
};

void seen_init(struct seen *seen);
void seen_fini(struct seen *seen);
/* Forgets all; the memory is kept. */
void seen_clear(struct seen *seen);

/* Counts the string and says how often it has been met, this time included. 0: memory is short,
 * and nothing was counted. */
uint32_t seen_count(struct seen *seen, const char *bytes, size_t length);

#endif
