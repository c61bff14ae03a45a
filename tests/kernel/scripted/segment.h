/* A TCP segment as it came off the wire. */
#ifndef SCRIPTED_SEGMENT_H
#define SCRIPTED_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ip_address.h"

struct endpoint {
    struct ip_address address;
    uint16_t port;
};

struct segment {
    const uint8_t *packet; /* from its IP header; not ours */
    size_t packet_length;
    size_t ip_length; /* of the IP header */
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence;
    uint32_t acknowledgement;
    uint8_t flags; /* TH_… */
    uint32_t payload_length;
    bool has_timestamp;
    uint32_t timestamp;
};

/* False: it is no TCP segment, or a fragment, or its headers are not whole. Its payload need
 * not be there, so that a packet may be kept without. Checksums are the kernel's business. */
bool segment_parse(const uint8_t *packet, size_t length, struct segment *segment)
    __attribute__((warn_unused_result));

/* The sequence number after the segment, SYN and FIN counted. */
uint32_t segment_end(const struct segment *segment);

#endif
