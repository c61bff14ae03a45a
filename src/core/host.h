/* A host as a person writes it: a name, an IPv4 dotted quad, or an IPv6
 * literal with or without brackets and zone. */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/text.h"

enum host_kind { HOST_NAME, HOST_IPV4, HOST_IPV6 };

#define HOST_NAME_MAX_OCTETS  253
#define HOST_LABEL_MAX_OCTETS 63

/* What a host is, and where it stands in its text, brackets removed. */
struct host_span {
    enum host_kind kind;
    struct address literal; /* FAMILY_ANY: a name, or an IPv6 address whose zone is a name */
    size_t start;
    size_t end;
};

/* Checks `text` and says what it is. On failure false, and `why` (not NULL)
 * gets what is wrong and what is accepted. Names: letters, digits, hyphen,
 * underscore; labels of 1-63 octets, 253 in all, a trailing dot allowed. A
 * name whose last label is a number (127.1, 0x7f.1, 2130706433) is refused:
 * resolvers disagree about what it means. Of a name that is not ASCII only its characters are
 * judged; the rest is host_check_labels()'s. */
bool host_parse(const char *text, size_t length, struct host_span *span, struct text *why);

bool host_is_ascii(const char *text, size_t length);

/* Judges, as host_parse() does a name, the A-labels of one that is written otherwise: `text`, which
 * messages quote. */
bool host_check_labels(const char *text, size_t length, const char *labels, size_t labels_length,
                       struct text *why);

#endif
