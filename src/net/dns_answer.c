/* The rcode is read here, since c-ares takes one that it does not know for
 * success; the records are c-ares' to parse. */
#include "net/dns_answer.h"

#define CARES_NO_DEPRECATED /* later versions frown on what 1.18 has */
#include <ares.h>
#include <limits.h>
#include <string.h>

/* RFC 1035, section 4.1.1 */
enum rcode {
    RCODE_NOERROR = 0,
    RCODE_FORMERR = 1,
    RCODE_NXDOMAIN = 3,
    RCODE_NOTIMP = 4,
    RCODE_REFUSED = 5,
};
#define RCODE_MASK    0x0f
#define TRUNCATED_BIT 0x02

bool dns_answer_is_truncated(const unsigned char *bytes)
{
    return (bytes[2] & TRUNCATED_BIT) != 0;
}

uint8_t dns_answer_rcode(const unsigned char *bytes)
{
    return bytes[3] & RCODE_MASK;
}

/* A time to live with its highest bit set counts as none (RFC 2181, section 8). */
static void keep_shorter(uint32_t *ttl_s, int entry_ttl_s)
{
    uint32_t entry = entry_ttl_s > 0 ? (uint32_t)entry_ttl_s : 0;
    *ttl_s = entry < *ttl_s ? entry : *ttl_s;
}

static enum answer answer_of_parser(int status, int count)
{
    if (status == ARES_ENOMEM)
        return ANSWER_RESOURCE;
    if (status != ARES_SUCCESS && status != ARES_ENODATA)
        return ANSWER_MALFORMED;
    return status == ARES_SUCCESS && count > 0 ? ANSWER_ADDRESSES : ANSWER_NODATA;
}

/* c-ares gives no address more time than the aliases that lead to it. */
static enum answer parse_a(const unsigned char *bytes, int length, struct address_list *found,
                           uint32_t *ttl_s)
{
    struct ares_addrttl entries[RESOLVED_ADDRESSES_MAX];
    int count = RESOLVED_ADDRESSES_MAX;
    int status = ares_parse_a_reply(bytes, length, NULL, entries, &count);
    enum answer answer = answer_of_parser(status, count);
    for (int i = 0; answer == ANSWER_ADDRESSES && i < count; i++) {
        struct address address = {.family = FAMILY_IPV4};
        memcpy(address.bytes, &entries[i].ipaddr, sizeof(entries[i].ipaddr));
        address_list_add(found, &address);
        keep_shorter(ttl_s, entries[i].ttl);
    }
    return answer;
}

static enum answer parse_aaaa(const unsigned char *bytes, int length, struct address_list *found,
                              uint32_t *ttl_s)
{
    struct ares_addr6ttl entries[RESOLVED_ADDRESSES_MAX];
    int count = RESOLVED_ADDRESSES_MAX;
    int status = ares_parse_aaaa_reply(bytes, length, NULL, entries, &count);
    enum answer answer = answer_of_parser(status, count);
    for (int i = 0; answer == ANSWER_ADDRESSES && i < count; i++) {
        struct address address = {.family = FAMILY_IPV6};
        memcpy(address.bytes, &entries[i].ip6addr, sizeof(entries[i].ip6addr));
        address_list_add(found, &address);
        keep_shorter(ttl_s, entries[i].ttl);
    }
    return answer;
}

enum answer dns_answer_read(const unsigned char *bytes, size_t length, enum question_type type,
                            struct address_list *found, uint32_t *ttl_s)
{
    enum answer answer;
    *ttl_s = 0;
    if (length > INT_MAX)
        return ANSWER_MALFORMED;
    switch (dns_answer_rcode(bytes)) {
    case RCODE_NOERROR:
        *ttl_s = UINT32_MAX;
        answer = type == QUESTION_A ? parse_a(bytes, (int)length, found, ttl_s)
                                    : parse_aaaa(bytes, (int)length, found, ttl_s);
        *ttl_s = answer == ANSWER_ADDRESSES ? *ttl_s : 0;
        return answer;
    case RCODE_NXDOMAIN: return ANSWER_NXDOMAIN;
    case RCODE_FORMERR: return ANSWER_MALFORMED;
    case RCODE_NOTIMP:
    case RCODE_REFUSED: return ANSWER_REFUSED;
    default: return ANSWER_SERVFAIL;
    }
}

enum tcpcheck_outcome dns_answer_outcome(enum answer answer)
{
    switch (answer) {
    case ANSWER_NODATA: return TCPCHECK_DNS_NODATA;
    case ANSWER_NXDOMAIN: return TCPCHECK_DNS_NXDOMAIN;
    case ANSWER_UNREACHABLE: return TCPCHECK_DNS_UNREACHABLE;
    case ANSWER_SERVFAIL: return TCPCHECK_DNS_SERVFAIL;
    case ANSWER_REFUSED: return TCPCHECK_DNS_REFUSED;
    case ANSWER_MALFORMED: return TCPCHECK_DNS_MALFORMED;
    case ANSWER_RESOURCE: return TCPCHECK_RESOURCE;
    case ANSWER_NONE:
    case ANSWER_ADDRESSES:
    case ANSWER_TIMEOUT: return TCPCHECK_DNS_TIMEOUT;
    }
    return TCPCHECK_DNS_TIMEOUT;
}
