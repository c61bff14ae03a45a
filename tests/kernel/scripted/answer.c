/* Headers are written octet by octet: no struct of the system's has both families, and
 * nothing here depends on alignment or byte order. */
#include "answer.h"

#include <netinet/tcp.h>
#include <string.h>

#define IPV4_HEADER        20
#define IPV6_HEADER        40
#define TCP_HEADER         20
#define ICMP_HEADER        8
#define HOPS               64
#define IPV4_DONT_FRAGMENT 0x4000
#define IPV4_ERROR_MAX     576 /* RFC 1812, 4.3.2.3 */
#define SEGMENT_MAX_IPV4   1460
#define SEGMENT_MAX_IPV6   1440

static void put16(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static void put32(uint8_t *bytes, uint32_t value)
{
    put16(bytes, value >> 16);
    put16(bytes + 2, value & 0xffff);
}

/* ---- checksums (RFC 1071) ---------------------------------------------- */

static uint32_t add_octets(uint32_t sum, const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    for (; i + 1 < length; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    if (i < length)
        sum += (uint32_t)bytes[i] << 8;
    return sum;
}

static uint32_t finish(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static uint32_t add_pseudo_header(const struct ip_address *from, const struct ip_address *to,
                                  uint8_t protocol, size_t length)
{
    uint32_t sum = add_octets(0, ip_address_wire(from), ip_address_wire_size(from));
    sum = add_octets(sum, ip_address_wire(to), ip_address_wire_size(to));
    return sum + protocol + (uint32_t)length;
}

/* ---- IP ---------------------------------------------------------------- */

static size_t ip_header_size(const struct ip_address *address)
{
    return ip_address_is_ipv4(address) ? IPV4_HEADER : IPV6_HEADER;
}

/* Returns the length of the header. */
static size_t put_ip(uint8_t *out, const struct ip_address *from, const struct ip_address *to,
                     uint8_t protocol, size_t payload_length)
{
    bool is_ipv4 = ip_address_is_ipv4(to);
    unsigned size = ip_address_wire_size(to);
    memset(out, 0, ip_header_size(to));
    if (!is_ipv4) {
        out[0] = 6 << 4;
        put16(out + 4, (uint32_t)payload_length);
        out[6] = protocol;
        out[7] = HOPS;
        memcpy(out + 8, ip_address_wire(from), size);
        memcpy(out + 24, ip_address_wire(to), size);
        return IPV6_HEADER;
    }
    out[0] = 4 << 4 | IPV4_HEADER / 4;
    put16(out + 2, (uint32_t)(IPV4_HEADER + payload_length));
    put16(out + 6, IPV4_DONT_FRAGMENT);
    out[8] = HOPS;
    out[9] = protocol;
    memcpy(out + 12, ip_address_wire(from), size);
    memcpy(out + 16, ip_address_wire(to), size);
    put16(out + 10, finish(add_octets(0, out, IPV4_HEADER)));
    return IPV4_HEADER;
}

/* ---- TCP --------------------------------------------------------------- */

/* Returns their length, a multiple of 4. */
static size_t put_options(uint8_t *out, const struct segment *to, const struct answer_tcp *what)
{
    size_t length = 0;
    if ((what->flags & TH_SYN) != 0) {
        bool is_ipv4 = ip_address_is_ipv4(&to->to.address);
        out[0] = TCPOPT_MAXSEG;
        out[1] = TCPOLEN_MAXSEG;
        put16(out + 2, is_ipv4 ? SEGMENT_MAX_IPV4 : SEGMENT_MAX_IPV6);
        length = TCPOLEN_MAXSEG;
    }
    if (what->has_timestamp) {
        uint8_t *option = out + length;
        option[0] = TCPOPT_NOP;
        option[1] = TCPOPT_NOP;
        option[2] = TCPOPT_TIMESTAMP;
        option[3] = TCPOLEN_TIMESTAMP;
        put32(option + 4, what->timestamp);
        put32(option + 8, to->timestamp);
        length += 2 + TCPOLEN_TIMESTAMP;
    }
    return length;
}

void answer_make_tcp(struct answer *answer, const struct segment *to, const struct answer_tcp *what)
{
    const struct ip_address *from = &to->to.address;
    const struct ip_address *target = &to->from.address;
    uint8_t *tcp = answer->bytes + ip_header_size(target);
    size_t headers = TCP_HEADER + put_options(tcp + TCP_HEADER, to, what);
    size_t length = headers + what->payload_length;

    memset(tcp, 0, TCP_HEADER);
    put16(tcp, to->to.port);
    put16(tcp + 2, to->from.port);
    put32(tcp + 4, what->sequence);
    put32(tcp + 8, what->acknowledgement);
    tcp[12] = (uint8_t)(headers / 4 << 4);
    tcp[13] = what->flags;
    put16(tcp + 14, what->window);
    if (what->payload_length > 0)
        memcpy(tcp + headers, what->payload, what->payload_length);
    uint32_t sum = add_pseudo_header(from, target, IPPROTO_TCP, length);
    put16(tcp + 16, finish(add_octets(sum, tcp, length)));
    answer->length = put_ip(answer->bytes, from, target, IPPROTO_TCP, length) + length;
}

/* ---- ICMP -------------------------------------------------------------- */

static size_t quoted_length(const struct segment *segment, size_t wanted, size_t room)
{
    size_t length = segment->packet_length;
    if (length - segment->ip_length > wanted)
        length = segment->ip_length + wanted;
    return length < room ? length : room;
}

void answer_make_icmp(struct answer *answer, const struct segment *to,
                      const struct answer_icmp *what)
{
    const struct ip_address *target = &to->from.address;
    bool is_ipv4 = ip_address_is_ipv4(target);
    size_t ip_length = ip_header_size(target);
    size_t room = (is_ipv4 ? IPV4_ERROR_MAX : ANSWER_MAX) - ip_length - ICMP_HEADER;
    size_t quoted = quoted_length(to, what->quote, room);
    size_t length = ICMP_HEADER + quoted;
    uint8_t protocol = is_ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    uint8_t *icmp = answer->bytes + ip_length;

    icmp[0] = what->type;
    icmp[1] = what->code;
    put16(icmp + 2, 0);
    put32(icmp + 4, what->rest);
    memcpy(icmp + ICMP_HEADER, to->packet, quoted);
    uint32_t sum = is_ipv4 ? 0 : add_pseudo_header(&what->from, target, protocol, length);
    put16(icmp + 2, finish(add_octets(sum, icmp, length)));
    answer->length = put_ip(answer->bytes, &what->from, target, protocol, length) + length;
}
