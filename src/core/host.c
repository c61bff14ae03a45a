/* What people write as a host, judged without asking anyone.
 *
 * Each mistake has its own words: "invalid host" helps nobody. Names are judged
 * by what a resolver can ask (RFC 1035 lengths; underscores, as SRV-like names
 * have them), not by the older rules for host names. */
#include "core/host.h"

#include <string.h>

#include "core/address.h"
#include "core/number.h"
#include "core/utf8.h"

#define ZONE_MAX_OCTETS 15 /* IFNAMSIZ - 1 */

/* The host under judgement; bytes and length without brackets once they are off. */
struct host {
    const char *whole;
    size_t whole_length;
    const char *bytes;
    size_t length;
    struct address literal;
};

/* Always false, so that a finding is one line: return wrong(...). */
static bool wrong(const struct host *host, const char *what, struct text *why)
{
    text_append_string(why, "host ");
    text_append_quoted(why, host->whole, host->whole_length);
    text_append_strings(why, " ", what, NULL);
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_name_byte(char byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-' || byte == '_';
}

/* What no kind of host may hold. */
static bool check_characters(const struct host *host, struct text *why)
{
    for (size_t at = 0, size; at < host->length; at += size) {
        char byte = host->bytes[at];
        uint32_t code_point;
        size = 1;
        if (byte > ' ' && byte < 0x7f)
            continue;
        size = utf8_decode(host->bytes + at, host->length - at, &code_point);
        if (byte == '\0')
            return wrong(host, "contains a NUL character", why);
        if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r')
            return wrong(host, "contains white space: a name or an IP address is accepted", why);
        if (size == 0)
            return wrong(host, "is not UTF-8: a name or an IP address is accepted", why);
        if (utf8_is_control(code_point))
            return wrong(host, "contains a control character", why);
    }
    return true;
}

static bool check_zone(const struct host *host, const char *zone, size_t length, struct text *why)
{
    int64_t index;
    size_t digits = 0;
    if (length == 0)
        return wrong(host, "has an empty zone: an interface follows the %", why);
    if (length > ZONE_MAX_OCTETS)
        return wrong(host, "has a zone that is too long: up to 15 octets are accepted", why);
    for (size_t i = 0; i < length; i++) {
        if (!is_name_byte(zone[i]) && zone[i] != '.')
            return wrong(host,
                         "has a zone that is no interface: "
                         "letters, digits, '.', '_' and '-' are accepted",
                         why);
        digits += is_digit(zone[i]);
    }
    if (digits == length && number_parse_int(zone, length, 1, UINT32_MAX, &index) != NUMBER_OK)
        return wrong(host, "has a zone out of range: 1-4294967295 or a name is accepted", why);
    return true;
}

/* An IPv6 address with or without a zone. */
static bool check_ipv6(struct host *host, struct text *why)
{
    struct address address;
    const char *percent = memchr(host->bytes, '%', host->length);
    size_t length = percent != NULL ? (size_t)(percent - host->bytes) : host->length;
    if (!address_parse(host->bytes, length, &address) || address.family != FAMILY_IPV6)
        return wrong(host, "is not an IPv6 address (2001:db8::1 is one)", why);
    if (percent == NULL) {
        host->literal = address;
        return true;
    }
    /* The whole is no address where its zone is a name. */
    (void)address_parse(host->bytes, host->length, &host->literal);
    return check_zone(host, percent + 1, host->length - length - 1, why);
}

/* Takes the brackets off. */
static bool unwrap(struct host *host, struct text *why)
{
    const char *closing = memchr(host->bytes, ']', host->length);
    if (closing == NULL)
        return wrong(host, "lacks the closing bracket: [2001:db8::1] is accepted", why);
    if (closing != host->bytes + host->length - 1)
        return wrong(host, "goes on after the bracket: a host stands alone, without a port", why);
    host->bytes++;
    host->length -= 2;
    if (host->length == 0)
        return wrong(host, "has nothing between its brackets", why);
    if (memchr(host->bytes, ':', host->length) == NULL)
        return wrong(host, "has brackets around what is no IPv6 address: leave them out", why);
    return true;
}

/* Text with a colon and without brackets: IPv6, or something that has more than a host. */
static bool check_with_colon(struct host *host, struct text *why)
{
    const char *colon = memchr(host->bytes, ':', host->length);
    size_t after = host->length - (size_t)(colon - host->bytes) - 1;
    if (after >= 2 && memcmp(colon + 1, "//", 2) == 0)
        return wrong(host, "is a URL: only the name or the IP address in it is accepted", why);
    if (memchr(colon + 1, ':', after) == NULL)
        return wrong(host, "has a port: only a name or an IP address is accepted", why);
    return check_ipv6(host, why);
}

/* 0x7f, 127 or nothing but 0x: what some resolvers read as a part of an address. */
static bool is_numeric(const char *label, size_t length)
{
    bool is_hexadecimal = length >= 2 && label[0] == '0' && (label[1] | 0x20) == 'x';
    for (size_t i = is_hexadecimal ? 2 : 0; i < length; i++) {
        bool is_letter = (label[i] | 0x20) >= 'a' && (label[i] | 0x20) <= 'f';
        if (!is_digit(label[i]) && !(is_hexadecimal && is_letter))
            return false;
    }
    return length > 0;
}

static bool check_name_bytes(const struct host *host, struct text *why)
{
    struct address address;
    const char *percent = memchr(host->bytes, '%', host->length);
    if (percent != NULL && address_parse(host->bytes, (size_t)(percent - host->bytes), &address))
        return wrong(host, "has a zone: only an IPv6 address may have one", why);
    for (size_t i = 0; i < host->length; i++) {
        bool is_ascii = (unsigned char)host->bytes[i] < 0x80;
        if (!is_ascii || is_name_byte(host->bytes[i]) || host->bytes[i] == '.')
            continue;
        text_append_string(why, "host ");
        text_append_quoted(why, host->whole, host->whole_length);
        text_append_string(why, " contains ");
        text_append_quoted(why, host->bytes + i, 1);
        text_append_string(why, ": letters, digits, '-', '_' and '.' are accepted in a name");
        return false;
    }
    return true;
}

static bool check_name(const struct host *host, struct text *why)
{
    if (!check_name_bytes(host, why))
        return false;
    bool has_final_dot = host->bytes[host->length - 1] == '.';
    size_t length = has_final_dot ? host->length - 1 : host->length;
    if (length > HOST_NAME_MAX_OCTETS)
        return wrong(host, "is too long: a name has up to 253 octets", why);

    size_t start = 0;
    for (size_t at = 0; at <= length; at++) {
        if (at < length && host->bytes[at] != '.')
            continue;
        if (at == start)
            return wrong(host, "has an empty label: single dots part the labels of a name", why);
        if (at - start > HOST_LABEL_MAX_OCTETS)
            return wrong(host, "has a label that is too long: up to 63 octets are accepted", why);
        if (at == length && is_numeric(host->bytes + start, at - start))
            return wrong(host,
                         "ends in a number and is no IPv4 address, which is four "
                         "decimal numbers of 0-255 without leading zeros (127.0.0.1)",
                         why);
        start = at + 1;
    }
    return true;
}

/* An address without brackets is only judged by what it is. */
static bool judge(struct host *host, enum host_kind *kind, struct text *why)
{
    if (address_parse(host->bytes, host->length, &host->literal)) {
        *kind = host->literal.family == FAMILY_IPV6 ? HOST_IPV6 : HOST_IPV4;
        return true;
    }
    if (host->length == 0)
        return wrong(host, "is empty: a name or an IP address is accepted", why);
    if (!check_characters(host, why))
        return false;
    if (host->bytes[0] == '[') {
        *kind = HOST_IPV6;
        return unwrap(host, why) && check_ipv6(host, why);
    }
    if (host->bytes[host->length - 1] == ']')
        return wrong(host, "lacks the opening bracket: [2001:db8::1] is accepted", why);
    if (memchr(host->bytes, ':', host->length) != NULL) {
        *kind = HOST_IPV6;
        return check_with_colon(host, why);
    }
    *kind = HOST_NAME;
    return host_is_ascii(host->bytes, host->length) ? check_name(host, why)
                                                    : check_name_bytes(host, why);
}

bool host_is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

bool host_check_labels(const char *text, size_t length, const char *labels, size_t labels_length,
                       struct text *why)
{
    const struct host host = {text, length, labels, labels_length, {.family = FAMILY_ANY}};
    if (labels_length == 0)
        return wrong(&host, "has no letters: a name or an IP address is accepted", why);
    return check_name(&host, why);
}

bool host_parse(const char *text, size_t length, struct host_span *span, struct text *why)
{
    struct host host = {text, length, text, length, {.family = FAMILY_ANY}};
    enum host_kind kind = HOST_NAME;
    if (!judge(&host, &kind, why))
        return false;
    size_t start = (size_t)(host.bytes - text);
    *span = (struct host_span){kind, host.literal, start, start + host.length};
    return true;
}
