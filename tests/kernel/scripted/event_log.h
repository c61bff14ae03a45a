/* What truly happened, and when: one record for every SYN and for what follows it.
 *
 * A log file is a line of text, the names of the events in their order, and after it
 * the records in the machine's byte order, 64 octets each. */
#ifndef SCRIPTED_EVENT_LOG_H
#define SCRIPTED_EVENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_LOG_BUFFERED 1024

#define EVENTS(X)                                                                  \
    X(SILENCE, "silence")           /* a SYN was left unanswered */                \
    X(SYNACK, "synack")             /* a SYN was answered by a SYN-ACK, */         \
    X(WRONG_SYNACK, "wrong-synack") /* by one with a wrong acknowledgement, */     \
    X(RST, "rst")                   /* by a RST, */                                \
    X(ICMP, "icmp")                 /* by an ICMP message */                       \
    X(REPEAT, "repeat")             /* a SYN-ACK was repeated unasked */           \
    X(SENT_RST, "sent-rst")         /* an established connection was reset, */     \
    X(SENT_FIN, "sent-fin")         /* closed, */                                  \
    X(SENT_DATA, "sent-data")       /* written to */                               \
    X(ESTABLISHED, "established")   /* the client has acknowledged the SYN-ACK, */ \
    X(GOT_DATA, "got-data")         /* has sent data, */                           \
    X(GOT_FIN, "got-fin")           /* has closed, */                              \
    X(GOT_RST, "got-rst")           /* has reset */                                \
    X(LOST, "lost")                 /* what was to be sent could not be written */ \
    X(OVERRUN, "overrun")           /* a SYN was not answered for want of memory */

enum event {
#define X(id, name) EVENT_##id,
    EVENTS(X)
#undef X
        EVENT_COUNT
};

/* In a file as it is here. Addresses as in struct ip_address. Times are CLOCK_MONOTONIC. */
struct event_record {
    int64_t arrived_ns; /* when the segment that caused it was read */
    int64_t acted_ns;   /* when the answer was written; 0: there was none */
    uint8_t client[16];
    uint8_t server[16];
    uint16_t client_port;
    uint16_t server_port;
    uint32_t line; /* of the rule; 0: none */
    uint32_t client_isn;
    uint8_t event;
    uint8_t nth; /* the SYN's number in its flow, 255 for more; after the handshake, how many */
    uint8_t icmp_type;
    uint8_t icmp_code;
};

struct event_log {
    int fd;    /* -1: nothing is kept */
    int error; /* an errno that a write has met; what followed is lost */
    size_t count;
    struct event_record records[EVENT_LOG_BUFFERED];
};

/* Takes the descriptor, and writes the line of names. */
void event_log_init(struct event_log *log, int fd);
/* Flushes and closes; returns 0 or the errno of the first write that failed. */
int event_log_fini(struct event_log *log) __attribute__((warn_unused_result));

void event_log_add(struct event_log *log, const struct event_record *record);
void event_log_flush(struct event_log *log);

#endif
