/* Facts of a lookup as values: which of two families' answers counts, and the words for them.
 *
 * Whoever looks names up has the facts in pieces that live as long as the lookup; a result keeps a
 * copy in one piece, so that a check of a literal pays for a pointer and nothing more. Room for 64
 * addresses in each attempt was rejected: a million targets have to fit. */
#include "core/lookup_facts.h"

#include <stdlib.h>
#include <string.h>

#define DNS_PORT 53

struct lookup_facts *lookup_facts_copy(const struct lookup_facts *facts)
{
    if (facts == NULL)
        return NULL;
    size_t name_bytes = facts->name != NULL ? strlen(facts->name) + 1 : 0;
    size_t address_bytes = facts->address_count * sizeof(struct address);
    size_t failed_bytes = facts->failed_count * sizeof(struct failed_server);
    struct lookup_facts *copy =
        malloc(sizeof(*copy) + failed_bytes + address_bytes + name_bytes + facts->asked_bytes);
    if (copy == NULL)
        return NULL;
    struct failed_server *failed = (struct failed_server *)(copy + 1);
    struct address *addresses = (struct address *)((char *)failed + failed_bytes);
    char *name = (char *)addresses + address_bytes;
    char *asked = name + name_bytes;
    *copy = *facts;
    copy->failed = failed;
    copy->addresses = addresses;
    copy->name = facts->name != NULL ? name : NULL;
    copy->asked = asked;
    if (failed_bytes != 0)
        memcpy(failed, facts->failed, failed_bytes);
    if (address_bytes != 0)
        memcpy(addresses, facts->addresses, address_bytes);
    if (name_bytes != 0)
        memcpy(name, facts->name, name_bytes);
    if (facts->asked_bytes != 0)
        memcpy(asked, facts->asked, facts->asked_bytes);
    return copy;
}

const char *lookup_facts_next_asked(const struct lookup_facts *facts, const char *name)
{
    const char *next = name == NULL ? facts->asked : name + strlen(name) + 1;
    return facts->asked_bytes != 0 && next < facts->asked + facts->asked_bytes ? next : NULL;
}

int answer_strength(enum answer answer)
{
    switch (answer) {
    case ANSWER_NONE:
    case ANSWER_ADDRESSES:
    case ANSWER_NODATA:
    case ANSWER_NXDOMAIN: return 0;
    case ANSWER_TIMEOUT: return 1;
    case ANSWER_UNREACHABLE: return 2;
    case ANSWER_SERVFAIL:
    case ANSWER_REFUSED:
    case ANSWER_MALFORMED: return 3;
    case ANSWER_RESOURCE: return 4;
    }
    return 0;
}

bool answer_is_failure(enum answer answer)
{
    return answer_strength(answer) > 0;
}

static const struct family_facts *find_answer(const struct family_facts families[LOOKUP_FAMILIES],
                                              enum answer answer)
{
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++)
        if (families[i].is_asked && families[i].answer == answer)
            return &families[i];
    return NULL;
}

enum answer lookup_facts_fold(const struct family_facts families[LOOKUP_FAMILIES])
{
    enum answer failure = ANSWER_NONE;
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++)
        if (families[i].is_asked && answer_strength(families[i].answer) > answer_strength(failure))
            failure = families[i].answer;
    if (failure == ANSWER_RESOURCE)
        return failure;
    if (find_answer(families, ANSWER_NXDOMAIN) != NULL)
        return find_answer(families, ANSWER_NODATA) != NULL ? ANSWER_NODATA : ANSWER_NXDOMAIN;
    return failure != ANSWER_NONE ? failure : ANSWER_NODATA;
}

const struct family_facts *lookup_facts_deciding(const struct lookup_facts *facts)
{
    if (facts->address_count != 0)
        return &facts->families[facts->addresses[0].family == FAMILY_IPV6 ? LOOKUP_IPV6
                                                                          : LOOKUP_IPV4];
    return find_answer(facts->families, facts->answer);
}

bool family_facts_has_spoken(const struct family_facts *family)
{
    return family->has_rcode && family->server.family != FAMILY_ANY;
}

bool lookup_facts_names_server(const struct lookup_facts *facts, const struct address *server)
{
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++)
        if (facts->families[i].is_asked && address_is_equal(&facts->families[i].server, server))
            return true;
    return false;
}

const char *lookup_source_name(enum lookup_source source)
{
    switch (source) {
    case LOOKUP_DNS: return "dns";
    case LOOKUP_HOSTS: return "hosts";
    case LOOKUP_PINNED: return "pinned";
    case LOOKUP_RFC6761: return "rfc6761";
    case LOOKUP_SYSTEM: return "system";
    }
    return "dns";
}

const char *answer_name(enum answer answer)
{
    switch (answer) {
    case ANSWER_NONE: return "pending";
    case ANSWER_ADDRESSES: return "addresses";
    case ANSWER_NODATA: return "nodata";
    case ANSWER_NXDOMAIN: return "nxdomain";
    case ANSWER_TIMEOUT: return "timeout";
    case ANSWER_UNREACHABLE: return "unreachable";
    case ANSWER_SERVFAIL: return "servfail";
    case ANSWER_REFUSED: return "refused";
    case ANSWER_MALFORMED: return "malformed";
    case ANSWER_RESOURCE: return "resource";
    }
    return "pending";
}

/* IANA's names of the codes that fit into a header. */
void rcode_append(struct text *text, uint8_t rcode)
{
    static const char *const names[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                        "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                        "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI"};
    if (rcode < sizeof(names) / sizeof(names[0])) {
        text_append_string(text, names[rcode]);
        return;
    }
    text_append_string(text, "RCODE");
    text_append_int(text, rcode);
}

void name_server_append(struct text *text, const struct address *server)
{
    if (server->port == DNS_PORT)
        address_append(text, server);
    else
        address_append_with_port(text, server);
}
