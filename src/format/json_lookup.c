/* Apart from json.c, which has enough keys of its own. A family that was not asked for is null: it
 * has not failed. */
#include "format/json_lookup.h"

#include "format/json.h"

#define DECIMALS 6

static void append_word(struct text *out, const char *key, const char *word)
{
    text_append_strings(out, key, "\"", word, "\"", NULL);
}

static void append_server(struct text *out, const struct family_facts *family)
{
    text_append_string(out, ",\"server\":");
    if (family == NULL || family->server.family == FAMILY_ANY) {
        text_append_string(out, "null");
        return;
    }
    text_append_char(out, '"');
    name_server_append(out, &family->server);
    text_append_char(out, '"');
}

static void append_rcode(struct text *out, const struct family_facts *family)
{
    text_append_string(out, ",\"rcode\":");
    if (family == NULL || !family->has_rcode) {
        text_append_string(out, "null");
        return;
    }
    text_append_char(out, '"');
    rcode_append(out, family->rcode);
    text_append_char(out, '"');
}

static void append_time(struct text *out, bool is_known, int64_t ns)
{
    text_append_string(out, ",\"time\":");
    if (is_known)
        text_append_seconds(out, ns, DECIMALS);
    else
        text_append_string(out, "null");
}

static void append_addresses(struct text *out, const struct lookup_facts *facts)
{
    const char *separator = "\"";
    text_append_string(out, ",\"addresses\":[");
    for (uint32_t i = 0; i < facts->address_count; i++) {
        text_append_string(out, separator);
        address_append(out, &facts->addresses[i]);
        text_append_char(out, '"');
        separator = ",\"";
    }
    text_append_char(out, ']');
}

static void append_family(struct text *out, const char *key, const struct family_facts *family)
{
    text_append_string(out, key);
    if (!family->is_asked) {
        text_append_string(out, "null");
        return;
    }
    append_word(out, "{\"answer\":", answer_name(family->answer));
    append_server(out, family);
    append_rcode(out, family);
    append_time(out, family->has_time, family->time_ns);
    text_append_strings(out, ",\"truncated\":", family->is_truncated ? "true" : "false",
                        ",\"strays\":", family->has_strays ? "true" : "false", "}", NULL);
}

static void append_failed(struct text *out, const struct lookup_facts *facts)
{
    const char *separator = "";
    text_append_string(out, ",\"failed\":[");
    for (uint32_t i = 0; i < facts->failed_count; i++) {
        text_append_strings(out, separator, "{\"server\":\"", NULL);
        name_server_append(out, &facts->failed[i].server);
        append_word(out, "\",\"answer\":", answer_name(facts->failed[i].answer));
        text_append_char(out, '}');
        separator = ",";
    }
    text_append_char(out, ']');
}

static void append_asked(struct text *out, const struct lookup_facts *facts)
{
    const char *separator = "";
    const char *name = NULL;
    text_append_string(out, ",\"asked\":[");
    while ((name = lookup_facts_next_asked(facts, name)) != NULL) {
        text_append_string(out, separator);
        json_append_string(out, name);
        separator = ",";
    }
    text_append_char(out, ']');
}

void json_append_lookup(struct text *out, const struct attempt *attempt)
{
    const struct lookup_facts *facts = attempt != NULL ? attempt->lookup : NULL;
    if (facts == NULL) {
        text_append_string(out, "null");
        return;
    }
    const struct family_facts *deciding = lookup_facts_deciding(facts);
    bool has_spoken = deciding != NULL && family_facts_has_spoken(deciding);
    text_append_string(out, "{\"name\":");
    if (facts->name != NULL)
        json_append_string(out, facts->name);
    else
        text_append_string(out, "null");
    append_word(out, ",\"source\":", lookup_source_name(facts->source));
    text_append_strings(out, ",\"cached\":", facts->is_cached ? "true" : "false", NULL);
    append_server(out, has_spoken ? deciding : NULL);
    append_rcode(out, deciding);
    append_time(out, true, attempt->dns_time_ns);
    append_addresses(out, facts);
    append_family(out, ",\"families\":{\"ipv4\":", &facts->families[LOOKUP_IPV4]);
    append_family(out, ",\"ipv6\":", &facts->families[LOOKUP_IPV6]);
    text_append_char(out, '}');
    append_failed(out, facts);
    append_asked(out, facts);
    text_append_char(out, '}');
}
