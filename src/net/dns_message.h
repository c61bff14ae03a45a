/* Names and records of a DNS message (RFC 1035, section 4.1). Pure. */
#ifndef NET_DNS_MESSAGE_H
#define NET_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_HEADER_BYTES   12
#define DNS_NAME_MAX_BYTES 255

/* As on the wire, with neither pointers nor capitals. */
struct dns_name {
    uint8_t length;
    uint8_t bytes[DNS_NAME_MAX_BYTES];
};

struct dns_record {
    struct dns_name owner;
    uint16_t type;
    uint16_t class;
    uint32_t ttl_s;       /* 0 where its highest bit is set (RFC 2181, section 8) */
    size_t data;          /* where it begins in the message */
    uint16_t data_length; /* all of it is there */
};

/* A place in a message. */
struct dns_reader {
    const unsigned char *bytes;
    size_t length;
    size_t at;
};

/* Moves behind what was read. False: it is none, or not whole; the reader is of no further use. */
bool dns_read_name(struct dns_reader *reader, struct dns_name *name);
bool dns_read_number(struct dns_reader *reader, uint16_t *number);
bool dns_read_record(struct dns_reader *reader, struct dns_record *record);

bool dns_name_is_equal(const struct dns_name *a, const struct dns_name *b);

#endif
