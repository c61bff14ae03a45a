/* The address before the slash is address_parse()'s to judge, so that a block is written like
 * any other address. Bits behind the prefix are refused instead of cut off: 10.0.0.5/24 may mean
 * one address or 256. */
#include "core/address_block.h"

#include <string.h>

#include "core/number.h"

#define IPV4_BITS 32
#define IPV6_BITS 128

/* The block in two pieces, brackets removed. */
struct halves {
    const char *address;
    size_t address_length;
    const char *bits;
    size_t bits_length;
};

static bool halve(const char *text, size_t length, struct halves *halves)
{
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    const char *slash = memchr(text, '/', length);
    if (slash == NULL)
        return false;
    size_t before = (size_t)(slash - text);
    *halves = (struct halves){text, before, slash + 1, length - before - 1};
    return true;
}

static int bits_of(const struct address *address)
{
    return address->family == FAMILY_IPV4 ? IPV4_BITS : IPV6_BITS;
}

bool address_block_is_meant(const char *text, size_t length)
{
    struct halves halves;
    struct address address;
    return halve(text, length, &halves) &&
           address_parse(halves.address, halves.address_length, &address);
}

/* "block '10.0.0.1/24' ", what is wrong, and what is accepted. Always false. */
static bool wrong(const char *text, size_t length, const char *what, struct text *why)
{
    text_append_string(why, "block ");
    text_append_quoted(why, text, length);
    text_append_strings(why, " ", what, NULL);
    return false;
}

static bool read_length(const char *text, size_t length, const struct halves *halves,
                        struct address_block *block, struct text *why)
{
    int bits = bits_of(&block->first);
    int64_t number;
    if (number_parse_int(halves->bits, halves->bits_length, 0, bits, &number) != NUMBER_OK) {
        (void)wrong(text, length, "has a prefix length that is none: accepted is 0-", why);
        text_append_int(why, bits);
        return false;
    }
    block->prefix_length = (uint8_t)number;
    return true;
}

/* Clears what is behind the prefix; false: nothing had to be. */
static bool cut_host_bits(struct address_block *block)
{
    bool has_changed = false;
    for (int bit = block->prefix_length; bit < bits_of(&block->first); bit++) {
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        uint8_t *byte = &block->first.bytes[bit / 8];
        has_changed = has_changed || (*byte & mask) != 0;
        *byte = (uint8_t)(*byte & ~mask);
    }
    return has_changed;
}

static bool fits(const char *text, size_t length, const struct address_block *block,
                 struct text *why)
{
    int longest = bits_of(&block->first) - ADDRESS_BLOCK_MAX_BITS;
    if (block->prefix_length >= longest)
        return true;
    (void)wrong(text, length, "has more than 16777216 addresses: accepted is a prefix length of ",
                why);
    text_append_int(why, longest);
    text_append_string(why, " or more");
    return false;
}

bool address_block_parse(const char *text, size_t length, struct address_block *block,
                         struct text *why)
{
    struct halves halves;
    *block = (struct address_block){.prefix_length = 0};
    if (!halve(text, length, &halves) ||
        !address_parse(halves.address, halves.address_length, &block->first))
        return wrong(text, length, "is none: accepted is ADDRESS/LENGTH", why);
    if (block->first.scope != 0)
        return wrong(text, length, "has a zone: accepted is ADDRESS/LENGTH without one", why);
    if (!read_length(text, length, &halves, block, why))
        return false;
    if (cut_host_bits(block)) {
        (void)wrong(text, length, "has bits set behind its prefix: write ", why);
        address_append(why, &block->first);
        text_append_char(why, '/');
        text_append_int(why, block->prefix_length);
        return false;
    }
    return fits(text, length, block, why);
}

uint32_t address_block_count(const struct address_block *block)
{
    return UINT32_C(1) << (bits_of(&block->first) - block->prefix_length);
}

struct address address_block_at(const struct address_block *block, uint32_t index)
{
    struct address address = block->first;
    int last = bits_of(&block->first) / 8 - 1;
    for (int byte = last; index != 0; byte--) {
        address.bytes[byte] = (uint8_t)(address.bytes[byte] | (index & 0xff));
        index >>= 8;
    }
    return address;
}
