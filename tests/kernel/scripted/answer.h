/* The packets that hosts and routers send back, whole from the IP header on. */
#ifndef SCRIPTED_ANSWER_H
#define SCRIPTED_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

#define ANSWER_MAX 1280 /* what IPv6 asks every link to carry */

struct answer {
    size_t length;
    uint8_t bytes[ANSWER_MAX];
};

/* From where the segment went to where it came from. */
struct answer_tcp {
    uint32_t sequence;
    uint32_t acknowledgement;
    uint8_t flags; /* TH_…; a SYN carries a maximum segment size too */
    uint16_t window;
    bool has_timestamp; /* `timestamp`, and the segment's own as the echo */
    uint32_t timestamp;
    const uint8_t *payload; /* at most BEHAVIOUR_TEXT_MAX */
    size_t payload_length;
};

/* ICMP or ICMPv6, as the sender's family is; it quotes the segment's packet. */
struct answer_icmp {
    struct ip_address from;
    uint8_t type;
    uint8_t code;
    uint32_t rest;  /* the second word of its header */
    uint32_t quote; /* octets after the quoted IP header at most */
};

void answer_make_tcp(struct answer *answer, const struct segment *to,
                     const struct answer_tcp *what);
void answer_make_icmp(struct answer *answer, const struct segment *to,
                      const struct answer_icmp *what);

#endif
