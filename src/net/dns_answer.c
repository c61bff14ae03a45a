/* The answer section is gone through once for what each record is, and then from the question's
 * name along its aliases. What belongs to neither is left alone; but "the name has no address" is
 * said only of an answer that really says so: a target would be called down by it. Where records were
 * sent that might have been the addresses, and are not, the answer is broken, which is no news of the
 * name.
 *
 * Rejected: to take every address of a broken answer that looks right. Whoever sends half of it wrong
 * is no witness for the other half, and the next server can be asked. */
#include "net/dns_answer.h"

#include <string.h>

#include "net/dns_message.h"

/* RFC 1035, section 4.1.1 */
enum rcode {
    RCODE_NOERROR = 0,
    RCODE_FORMERR = 1,
    RCODE_NXDOMAIN = 3,
    RCODE_NOTIMP = 4,
    RCODE_REFUSED = 5,
};
#define RCODE_MASK     0x0f
#define RESPONSE_BIT   0x80
#define OPCODE_MASK    0x78
#define AUTHORITY_BIT  0x04
#define TRUNCATED_BIT  0x02
#define RECURSION_BIT  0x80
#define QUESTION_COUNT 4 /* where it is in the header */

#define TYPE_CNAME 5
#define CLASS_IN   1
/* On the way to the addresses. Longer chains are circles, or as good as one. */
#define ALIASES_MAX 32

bool dns_answer_is_truncated(const unsigned char *bytes)
{
    return (bytes[2] & TRUNCATED_BIT) != 0;
}

uint8_t dns_answer_rcode(const unsigned char *bytes)
{
    return bytes[3] & RCODE_MASK;
}

/* ---- the answer section ----------------------------------------------- */

struct section {
    struct dns_reader records; /* at the first one */
    uint16_t record_count;
    enum question_type type;
    uint32_t candidate_count; /* records that are addresses of the type, or aliases, of any name */
};

static uint16_t address_length(enum question_type type)
{
    return type == QUESTION_A ? 4 : 16;
}

/* False: it does not parse. */
static bool read_section(struct section *section)
{
    struct dns_reader reader = section->records;
    struct dns_record record;
    for (uint16_t i = 0; i < section->record_count; i++) {
        if (!dns_read_record(&reader, &record))
            return false;
        bool is_address = record.type == section->type;
        if (is_address && record.data_length != address_length(section->type))
            return false;
        section->candidate_count += is_address || record.type == TYPE_CNAME;
    }
    return true;
}

static bool is_of(const struct dns_record *record, const struct dns_name *owner, uint16_t type)
{
    return record->type == type && record->class == CLASS_IN &&
           dns_name_is_equal(&record->owner, owner);
}

static void keep_shorter(uint32_t *ttl_s, uint32_t record_ttl_s)
{
    *ttl_s = record_ttl_s < *ttl_s ? record_ttl_s : *ttl_s;
}

/* False: the name has none. */
static bool add_addresses(const struct section *section, const struct dns_name *name,
                          struct address_list *found, uint32_t *ttl_s)
{
    struct dns_reader reader = section->records;
    struct dns_record record;
    bool has_any = false;
    for (uint16_t i = 0; i < section->record_count && dns_read_record(&reader, &record); i++) {
        if (!is_of(&record, name, (uint16_t)section->type))
            continue;
        struct address address = {.family =
                                      section->type == QUESTION_A ? FAMILY_IPV4 : FAMILY_IPV6};
        memcpy(address.bytes, &reader.bytes[record.data], record.data_length);
        address_list_add(found, &address);
        keep_shorter(ttl_s, record.ttl_s);
        has_any = true;
    }
    return has_any;
}

/* Replaces the name by the one that it is an alias of. False: it is none, or the record is broken. */
static bool follow_alias(const struct section *section, struct dns_name *name, uint32_t *ttl_s)
{
    struct dns_reader reader = section->records;
    struct dns_record record;
    for (uint16_t i = 0; i < section->record_count && dns_read_record(&reader, &record); i++) {
        if (!is_of(&record, name, TYPE_CNAME))
            continue;
        struct dns_reader data = {reader.bytes, reader.at, record.data};
        keep_shorter(ttl_s, record.ttl_s);
        return dns_read_name(&data, name) && data.at == reader.at;
    }
    return false;
}

/* Every alias that leads on counts as used up, so that what is left over shows. */
static enum answer follow(const struct section *section, struct dns_name *name,
                          struct address_list *found, uint32_t *ttl_s)
{
    for (uint32_t aliases = 0; aliases <= ALIASES_MAX; aliases++) {
        if (add_addresses(section, name, found, ttl_s))
            return ANSWER_ADDRESSES;
        if (!follow_alias(section, name, ttl_s))
            return aliases == section->candidate_count ? ANSWER_NODATA : ANSWER_MALFORMED;
    }
    return ANSWER_MALFORMED;
}

static enum answer read_records(const unsigned char *bytes, size_t length, enum question_type type,
                                struct address_list *found, uint32_t *ttl_s)
{
    struct section section = {.records = {bytes, length, QUESTION_COUNT}, .type = type};
    struct dns_reader *reader = &section.records;
    struct dns_name name;
    uint16_t question_count;
    uint16_t ignored;
    if (!dns_read_number(reader, &question_count) ||
        !dns_read_number(reader, &section.record_count) || question_count != 1)
        return ANSWER_MALFORMED;
    reader->at = DNS_HEADER_BYTES;
    if (!dns_read_name(reader, &name) || !dns_read_number(reader, &ignored) ||
        !dns_read_number(reader, &ignored) || !read_section(&section))
        return ANSWER_MALFORMED;
    return follow(&section, &name, found, ttl_s);
}

/* What is to be thought of an answer that brings no address. Over TCP it may be cut short, too. One
 * that comes from no authority and from nobody who would ask one refers to other servers. */
static enum answer judge_nodata(const unsigned char *bytes)
{
    if (dns_answer_is_truncated(bytes))
        return ANSWER_MALFORMED;
    bool knows = (bytes[2] & AUTHORITY_BIT) != 0 || (bytes[3] & RECURSION_BIT) != 0;
    return knows ? ANSWER_NODATA : ANSWER_REFUSED;
}

enum answer dns_answer_read(const unsigned char *bytes, size_t length, enum question_type type,
                            struct address_list *found, uint32_t *ttl_s)
{
    enum answer answer;
    uint32_t shortest_s = UINT32_MAX;
    *ttl_s = 0;
    if ((bytes[2] & RESPONSE_BIT) == 0 || (bytes[2] & OPCODE_MASK) != 0)
        return ANSWER_MALFORMED; /* somebody sends our question back */
    switch (dns_answer_rcode(bytes)) {
    case RCODE_NOERROR:
        answer = read_records(bytes, length, type, found, &shortest_s);
        if (answer == ANSWER_ADDRESSES)
            *ttl_s = shortest_s;
        return answer == ANSWER_NODATA ? judge_nodata(bytes) : answer;
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
