/* Reads IPv4 with options, IPv6 without extension headers, and of TCP's options only the
 * timestamp: all that a kernel on the other side of a TUN device sends. */
#include "segment.h"

#include <netinet/tcp.h>

#define IPV4_HEADER     20
#define IPV6_HEADER     40
#define TCP_HEADER      20
#define IPV4_FRAGMENT   0x3fff
#define TIMESTAMP_SIZE  10
#define TCP_OPTION_END  0
#define TCP_OPTION_NOP  1
#define TCP_OPTION_TIME 8

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t get32(const uint8_t *bytes)
{
    return get16(bytes) << 16 | get16(bytes + 2);
}

/* Sets what the IP header tells; *end is where the packet ends by its own account. */
static bool parse_ip(struct segment *segment, size_t *end)
{
    const uint8_t *ip = segment->packet;
    bool is_ipv4 = segment->packet_length >= IPV4_HEADER && ip[0] >> 4 == 4;
    if (is_ipv4) {
        segment->ip_length = (ip[0] & 0xfU) * 4;
        *end = get16(ip + 2);
        segment->from.address = ip_address_from(ip + 12, true);
        segment->to.address = ip_address_from(ip + 16, true);
        return segment->ip_length >= IPV4_HEADER && ip[9] == IPPROTO_TCP &&
               (get16(ip + 6) & IPV4_FRAGMENT) == 0;
    }
    if (segment->packet_length < IPV6_HEADER || ip[0] >> 4 != 6 || ip[6] != IPPROTO_TCP)
        return false;
    segment->ip_length = IPV6_HEADER;
    *end = IPV6_HEADER + get16(ip + 4);
    segment->from.address = ip_address_from(ip + 8, false);
    segment->to.address = ip_address_from(ip + 24, false);
    return true;
}

static void parse_options(struct segment *segment, const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at != TCP_OPTION_END) {
        if (*at == TCP_OPTION_NOP) {
            at++;
            continue;
        }
        if (end - at < 2 || at[1] < 2 || at[1] > end - at)
            return;
        if (at[0] == TCP_OPTION_TIME && at[1] == TIMESTAMP_SIZE) {
            segment->has_timestamp = true;
            segment->timestamp = get32(at + 2);
        }
        at += at[1];
    }
}

bool segment_parse(const uint8_t *packet, size_t length, struct segment *segment)
{
    size_t end;
    *segment = (struct segment){.packet = packet, .packet_length = length};
    if (!parse_ip(segment, &end) || length < segment->ip_length + TCP_HEADER)
        return false;

    const uint8_t *tcp = packet + segment->ip_length;
    size_t tcp_length = (size_t)(tcp[12] >> 4) * 4;
    size_t headers = segment->ip_length + tcp_length;
    if (tcp_length < TCP_HEADER || headers > length || headers > end)
        return false;
    segment->from.port = (uint16_t)get16(tcp);
    segment->to.port = (uint16_t)get16(tcp + 2);
    segment->sequence = get32(tcp + 4);
    segment->acknowledgement = get32(tcp + 8);
    segment->flags = tcp[13];
    segment->payload_length = (uint32_t)(end - headers);
    parse_options(segment, tcp + TCP_HEADER, packet + headers);
    return true;
}

uint32_t segment_end(const struct segment *segment)
{
    uint32_t length = segment->payload_length;
    length += (segment->flags & TH_SYN) != 0;
    length += (segment->flags & TH_FIN) != 0;
    return segment->sequence + length;
}
