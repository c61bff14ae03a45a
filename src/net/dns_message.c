/* c-ares' parsers pass over a record whose length is wrong and one that belongs to another name,
 * so that a damaged answer looks like "the name has no address". Which of the two it
 * is, only somebody who sees each record can tell.
 *
 * A name is unfolded before it is compared: to compare in place, pointer against pointer, saves
 * copies of some bytes, and has more ends than one wants to think of. */
#include "net/dns_message.h"

#include <string.h>

#define LABEL_KIND_MASK 0xc0
#define LABEL_POINTER   0xc0

static uint8_t to_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

/* One label with its length, which is never taken for a capital: it is below 64. */
static bool append_label(struct dns_name *name, const uint8_t *label, size_t octets)
{
    if (name->length + octets > DNS_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < octets; i++)
        name->bytes[name->length + i] = to_lower(label[i]);
    name->length = (uint8_t)(name->length + octets);
    return true;
}

/* Each pointer must lead to before what has been read of the name, so there is an end. */
bool dns_read_name(struct dns_reader *reader, struct dns_name *name)
{
    size_t at = reader->at;
    size_t piece = at; /* where what is being read without a jump begins */
    size_t end = 0;    /* behind the first pointer; 0: there was none */
    name->length = 0;
    while (at < reader->length) {
        size_t octet = reader->bytes[at];
        if ((octet & LABEL_KIND_MASK) == LABEL_POINTER && at + 1 < reader->length) {
            end = end != 0 ? end : at + 2;
            at = (octet & ~(size_t)LABEL_KIND_MASK) << 8 | reader->bytes[at + 1];
            if (at >= piece)
                return false;
            piece = at;
            continue;
        }
        if ((octet & LABEL_KIND_MASK) != 0 || octet + 1 > reader->length - at ||
            !append_label(name, &reader->bytes[at], octet + 1))
            return false;
        at += octet + 1;
        if (octet == 0) {
            reader->at = end != 0 ? end : at;
            return true;
        }
    }
    return false;
}

bool dns_read_number(struct dns_reader *reader, uint16_t *number)
{
    if (reader->length - reader->at < 2)
        return false;
    *number = (uint16_t)(reader->bytes[reader->at] << 8 | reader->bytes[reader->at + 1]);
    reader->at += 2;
    return true;
}

bool dns_read_record(struct dns_reader *reader, struct dns_record *record)
{
    uint16_t ttl_high;
    uint16_t ttl_low;
    if (!dns_read_name(reader, &record->owner) || !dns_read_number(reader, &record->type) ||
        !dns_read_number(reader, &record->class) || !dns_read_number(reader, &ttl_high) ||
        !dns_read_number(reader, &ttl_low) || !dns_read_number(reader, &record->data_length) ||
        reader->length - reader->at < record->data_length)
        return false;
    record->ttl_s = ttl_high <= INT16_MAX ? (uint32_t)ttl_high << 16 | ttl_low : 0;
    record->data = reader->at;
    reader->at += record->data_length;
    return true;
}

bool dns_name_is_equal(const struct dns_name *a, const struct dns_name *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}
