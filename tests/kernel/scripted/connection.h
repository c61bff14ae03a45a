/* What a host does with a client once it has sent a SYN-ACK. */
#ifndef SCRIPTED_CONNECTION_H
#define SCRIPTED_CONNECTION_H

#include "hosts.h"

/* A segment of the client's, without SYN or RST. */
void connection_receive(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                        int64_t now_ns);
void connection_receive_reset(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                              int64_t now_ns);
/* One that belongs to no flow we remember: its end is answered, so that nobody waits for it. */
void connection_receive_stray(struct hosts *hosts, const struct segment *segment);

/* The reset, end or data that the behaviour sends after the handshake. */
void connection_follow(struct hosts *hosts, struct flow *flow, const struct segment *segment,
                       int64_t arrived_ns);

uint16_t connection_window(const struct behaviour *behaviour);
/* The clock behind our TCP timestamps, the same for all hosts. */
uint32_t connection_clock_ms(void);

#endif
