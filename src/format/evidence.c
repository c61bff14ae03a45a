/* ICMP's own words: RFC 792, RFC 1122 3.2.2.1 and RFC 1812 5.2.7.1 for IPv4, RFC 4443 with the
 * codes that RFC 6550 and IANA added for IPv6. They stand beside the class of an outcome, which
 * says what to make of them; here nothing is judged. */
#include "format/evidence.h"

#include <stddef.h>
#include <string.h>

struct icmp_words {
    uint8_t version;
    uint8_t type;
    uint8_t code;
    const char *words;
};

static const struct icmp_words icmp_words[] = {
    {4, 3, 0, "network unreachable"},
    {4, 3, 1, "host unreachable"},
    {4, 3, 2, "protocol unreachable"},
    {4, 3, 3, "port unreachable"},
    {4, 3, 5, "source route failed"},
    {4, 3, 6, "destination network unknown"},
    {4, 3, 7, "destination host unknown"},
    {4, 3, 8, "source host isolated"},
    {4, 3, 9, "network administratively prohibited"},
    {4, 3, 10, "host administratively prohibited"},
    {4, 3, 11, "network unreachable for this type of service"},
    {4, 3, 12, "host unreachable for this type of service"},
    {4, 3, 13, "communication administratively prohibited"},
    {4, 3, 14, "host precedence violation"},
    {4, 3, 15, "precedence cutoff in effect"},
    {4, 11, 0, "time to live exceeded in transit"},
    {4, 12, 0, "bad IP header"},
    {6, 1, 0, "no route to destination"},
    {6, 1, 1, "communication administratively prohibited"},
    {6, 1, 2, "beyond scope of source address"},
    {6, 1, 3, "address unreachable"},
    {6, 1, 4, "port unreachable"},
    {6, 1, 5, "source address failed ingress or egress policy"},
    {6, 1, 6, "reject route to destination"},
    {6, 1, 7, "error in source routing header"},
    {6, 3, 0, "hop limit exceeded in transit"},
    {6, 4, 0, "erroneous header field"},
    {6, 4, 1, "unrecognized next header"},
    {6, 4, 2, "unrecognized IPv6 option"},
};

void evidence_append_errno(struct text *out, int error)
{
    const char *name = strerrorname_np(error);

    if (name != NULL) {
        text_append_string(out, name);
    } else {
        text_append_char(out, 'E');
        text_append_int(out, error);
    }
}

static const char *find_icmp_words(const struct icmp_error *icmp)
{
    for (size_t i = 0; i < sizeof icmp_words / sizeof icmp_words[0]; i++)
        if (icmp_words[i].version == icmp->version && icmp_words[i].type == icmp->type &&
            icmp_words[i].code == icmp->code)
            return icmp_words[i].words;
    return NULL;
}

void evidence_append_icmp(struct text *out, const struct icmp_error *icmp)
{
    const char *words = find_icmp_words(icmp);

    if (icmp->from.family == FAMILY_ANY)
        text_append_string(out, "somebody");
    else
        address_append(out, &icmp->from);
    text_append_strings(out, " says ", words != NULL ? words : "something unusual",
                        icmp->version == 6 ? " (ICMPv6 type " : " (ICMP type ", NULL);
    text_append_int(out, icmp->type);
    text_append_string(out, " code ");
    text_append_int(out, icmp->code);
    text_append_char(out, ')');
}

static void append_saying(struct text *out, const struct family_facts *family)
{
    name_server_append(out, &family->server);
    text_append_string(out, " says ");
    rcode_append(out, family->rcode);
}

static void append_name_server(struct text *out, const struct lookup_facts *facts)
{
    const struct family_facts *deciding = lookup_facts_deciding(facts);
    if (facts->is_cached)
        text_append_string(out, ", remembered");
    if (deciding == NULL || !family_facts_has_spoken(deciding))
        return;
    text_append_string(out, ", ");
    append_saying(out, deciding);
}

void evidence_append_lookup(struct text *out, const struct lookup_facts *facts)
{
    switch (facts->source) {
    case LOOKUP_DNS: append_name_server(out, facts); break;
    case LOOKUP_HOSTS: text_append_string(out, ", from the hosts file"); break;
    case LOOKUP_PINNED: text_append_string(out, ", pinned"); break;
    case LOOKUP_RFC6761: text_append_string(out, ", by RFC 6761"); break;
    case LOOKUP_SYSTEM: text_append_string(out, ", by the system's resolver"); break;
    }
}

/* Of a server that has not spoken. */
static const char *silence_words(enum answer answer)
{
    switch (answer) {
    case ANSWER_NONE: return " was not waited for";
    case ANSWER_UNREACHABLE: return " cannot be reached";
    case ANSWER_ADDRESSES:
    case ANSWER_NODATA:
    case ANSWER_NXDOMAIN:
    case ANSWER_TIMEOUT:
    case ANSWER_SERVFAIL:
    case ANSWER_REFUSED:
    case ANSWER_MALFORMED:
    case ANSWER_RESOURCE: break;
    }
    return " is silent";
}

/* Of one that answered over UDP, and had more to say than fits. */
static void append_truncation(struct text *out, const struct family_facts *family)
{
    append_saying(out, family);
    text_append_string(out, ", truncated, and its TCP port ");
    text_append_int(out, family->server.port);
    text_append_string(out, silence_words(family->answer));
}

void evidence_append_failed_server(struct text *out, const struct failed_server *failed)
{
    name_server_append(out, &failed->server);
    if (failed->is_truncated) {
        text_append_string(out, " answers over UDP only, truncated");
        return;
    }
    switch (failed->answer) {
    case ANSWER_SERVFAIL: text_append_string(out, " says that it failed"); break;
    case ANSWER_REFUSED: text_append_string(out, " refuses to answer"); break;
    case ANSWER_MALFORMED: text_append_string(out, " gives a malformed answer"); break;
    case ANSWER_NONE:
    case ANSWER_ADDRESSES:
    case ANSWER_NODATA:
    case ANSWER_NXDOMAIN:
    case ANSWER_TIMEOUT:
    case ANSWER_UNREACHABLE:
    case ANSWER_RESOURCE: text_append_string(out, silence_words(failed->answer)); break;
    }
}

void evidence_append_missing_answer(struct text *out, const struct family_facts *family)
{
    if (family->answer == ANSWER_RESOURCE) {
        text_append_string(out, "this host is short of memory or descriptors");
    } else if (family->is_truncated) {
        append_truncation(out, family);
    } else if (!family_facts_has_spoken(family)) {
        name_server_append(out, &family->server);
        text_append_string(out, family->has_strays ? " sends what answers no question of ours"
                                                   : silence_words(family->answer));
    } else {
        append_saying(out, family);
        if (family->answer == ANSWER_MALFORMED)
            text_append_string(out, ", malformed");
    }
}
