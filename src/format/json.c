/* The shape of a result is fixed, so it is written straight into the text: one walk, no tree, no
 * allocation but the text's own. A JSON library would cost more than the rest of the output, and
 * the order of the keys is part of the contract. */
#include "format/json.h"

#include <string.h>

#include "core/advice.h"
#include "core/outcome.h"
#include "core/utf8.h"
#include "format/escape.h"
#include "format/evidence.h"
#include "format/json_lookup.h"

#define DECIMALS 6

/* Inlined, so that the length of what is nearly always a literal costs nothing:
 * half of a result is keys. */
static inline void put(struct text *out, const char *string)
{
    text_append(out, string, strlen(string));
}

static void append_unicode_unit(struct text *out, uint32_t unit)
{
    static const char hexadecimal[] = "0123456789abcdef";
    const char escape[] = {'\\',
                           'u',
                           hexadecimal[unit >> 12 & 15],
                           hexadecimal[unit >> 8 & 15],
                           hexadecimal[unit >> 4 & 15],
                           hexadecimal[unit & 15]};

    text_append(out, escape, sizeof escape);
}

static void append_unicode_escape(struct text *out, uint32_t code_point)
{
    if (code_point < 0x10000) {
        append_unicode_unit(out, code_point);
    } else {
        append_unicode_unit(out, 0xd800 + ((code_point - 0x10000) >> 10));
        append_unicode_unit(out, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
    }
}

static bool replace_in_string(struct text *out, const struct character *character)
{
    switch (character->code_point) {
    case '"': put(out, "\\\""); return true;
    case '\\': put(out, "\\\\"); return true;
    case '\n': put(out, "\\n"); return true;
    case '\r': put(out, "\\r"); return true;
    case '\t': put(out, "\\t"); return true;
    default: break;
    }
    if (!utf8_is_control(character->code_point))
        return false;
    append_unicode_escape(out, character->code_point);
    return true;
}

static void append_escaped(struct text *out, const char *bytes, size_t length)
{
    escape_append(out, bytes, length, replace_in_string);
}

void json_append_string(struct text *out, const char *string)
{
    put(out, "\"");
    append_escaped(out, string, strlen(string));
    put(out, "\"");
}

/* A word of ours, which needs no escaping; NULL is null. `key` is what stands
 * before the value: `,"class":`. So in all that follow. */
static inline void append_word(struct text *out, const char *key, const char *word)
{
    put(out, key);
    if (word == NULL) {
        put(out, "null");
        return;
    }
    put(out, "\"");
    put(out, word);
    put(out, "\"");
}

static void append_string(struct text *out, const char *key, const char *string)
{
    put(out, key);
    json_append_string(out, string);
}

static inline void append_int(struct text *out, const char *key, int64_t number)
{
    put(out, key);
    text_append_int(out, number);
}

static inline void append_time(struct text *out, const char *key, bool is_known, int64_t ns)
{
    put(out, key);
    if (is_known)
        text_append_seconds(out, ns, DECIMALS);
    else
        put(out, "null");
}

static inline void append_errno(struct text *out, const char *key, int error)
{
    put(out, key);
    if (error == 0) {
        put(out, "null");
        return;
    }
    put(out, "\"");
    evidence_append_errno(out, error);
    put(out, "\"");
}

static inline void append_address(struct text *out, const char *key, const struct address *address,
                                  void (*append)(struct text *text, const struct address *address))
{
    put(out, key);
    if (address == NULL || address->family == FAMILY_ANY) {
        put(out, "null");
        return;
    }
    put(out, "\"");
    append(out, address);
    put(out, "\"");
}

static void append_notes(struct text *out, uint32_t notes)
{
    const char *separator = "\"";

    put(out, ",\"notes\":[");
    for (enum note note = 0; note < NOTE_COUNT && notes >> note != 0; note++) {
        if ((notes & 1u << note) == 0)
            continue;
        put(out, separator);
        put(out, note_name(note));
        put(out, "\"");
        separator = ",\"";
    }
    put(out, "]");
}

static void append_icmp(struct text *out, const struct icmp_error *icmp)
{
    if (icmp == NULL || !icmp->is_present) {
        put(out, ",\"icmp\":null");
        return;
    }
    append_int(out, ",\"icmp\":{\"type\":", icmp->type);
    append_int(out, ",\"code\":", icmp->code);
    append_address(out, ",\"from\":", &icmp->from, address_append);
    put(out, "}");
}

/* An address has a connect time only if it came to a connect. */
static void append_connect_time(struct text *out, const struct tried *tried)
{
    bool is_known = tried != NULL && (tried->phase == PHASE_CONNECT || tried->phase == PHASE_HOLD);

    append_time(out, ",\"connect_time\":", is_known, is_known ? tried->connect_time_ns : 0);
}

/* tried may be NULL: all of it is unknown. */
static void append_handshake(struct text *out, const struct tried *tried)
{
    enum rtt_source source = tried != NULL ? tried->rtt_source : RTT_NONE;

    append_connect_time(out, tried);
    append_time(out, ",\"handshake_rtt\":", source != RTT_NONE,
                source != RTT_NONE ? tried->rtt_ns : 0);
    append_word(out, ",\"rtt_source\":", rtt_source_name(source));
    if (tried != NULL && tried->has_syn_retransmits)
        append_int(out, ",\"syn_retransmits\":", tried->syn_retransmits);
    else
        put(out, ",\"syn_retransmits\":null");
}

static void append_tried(struct text *out, const struct tried *tried)
{
    const struct outcome_info *info = outcome_info(tried->outcome);

    append_address(out, "{\"address\":", &tried->address, address_append);
    append_word(out, ",\"verdict\":", verdict_name(info->verdict));
    append_word(out, ",\"class\":", info->name);
    append_errno(out, ",\"errno\":", tried->error);
    append_word(out, ",\"phase\":", phase_name(tried->phase));
    append_address(out, ",\"source\":", &tried->source, address_append_with_port);
    append_time(out, ",\"offset\":", true, tried->offset_ns);
    append_handshake(out, tried);
    append_time(out, ",\"total_time\":", true, tried->wall_ns);
    append_icmp(out, &tried->icmp);
    append_notes(out, tried->notes);
    put(out, "}");
}

static void append_addresses(struct text *out, const struct result *result,
                             const struct attempt *attempt)
{
    put(out, ",\"addresses\":[");
    for (uint32_t i = 0; attempt != NULL && i < attempt->tried_count; i++) {
        if (i > 0)
            put(out, ",");
        append_tried(out, &result->tried[attempt->tried_start + i]);
    }
    put(out, "]");
}

static inline void append_lookup(struct text *out, const struct attempt *attempt)
{
    put(out, ",\"dns\":");
    json_append_lookup(out, attempt);
}

static void append_attempt(struct text *out, const struct result *result,
                           const struct attempt *attempt, uint32_t number)
{
    const struct outcome_info *info = outcome_info(attempt->outcome);
    const struct tried *decisive =
        attempt->decided_by >= 0 ? &result->tried[attempt->decided_by] : NULL;

    append_int(out, "{\"attempt\":", number);
    append_word(out, ",\"verdict\":", verdict_name(info->verdict));
    append_word(out, ",\"class\":", info->name);
    append_word(out, ",\"error\":",
                info->message[0] != '\0' ? result_message(attempt->outcome, decisive) : NULL);
    append_word(out, ",\"phase\":", phase_name(attempt->phase));
    append_address(out, ",\"address\":", decisive != NULL ? &decisive->address : NULL,
                   address_append);
    append_time(out, ",\"offset\":", true, attempt->offset_ns);
    append_time(out, ",\"dns_time\":", attempt->has_resolved, attempt->dns_time_ns);
    append_lookup(out, attempt);
    append_connect_time(out, decisive);
    append_time(out, ",\"total_time\":", true, attempt->wall_ns);
    append_notes(out, attempt->notes);
    append_addresses(out, result, attempt);
    put(out, "}");
}

static void append_attempts(struct text *out, const struct result *result)
{
    uint32_t forgotten = result->attempt_count - result->attempt_kept;

    put(out, ",\"attempts_detail\":[");
    for (uint32_t i = 0; i < result->attempt_kept; i++) {
        if (i > 0)
            put(out, ",");
        append_attempt(out, result, &result->attempts[i], forgotten + i + 1);
    }
    put(out, "]");
}

static void append_counts(struct text *out, const struct result *result)
{
    struct address_counts counts = result_count_addresses(result);

    append_int(out, ",\"met\":", counts.met);
    if (counts.required > 0)
        append_int(out, ",\"required\":", counts.required);
    else
        put(out, ",\"required\":null");
}

static void append_hint(struct text *out, const struct result *result)
{
    size_t before = out->length;

    put(out, ",\"hint\":\"");
    size_t start = out->length;
    advice_append(out, result, append_escaped);
    if (out->length > start) {
        put(out, "\"");
    } else {
        text_cut(out, before);
        put(out, ",\"hint\":null");
    }
}

static void append_details(struct text *out, const struct result *result)
{
    const struct attempt *attempt = result_last_attempt(result);
    const struct tried *decisive = result_decisive(result);
    bool has_resolved = attempt != NULL && attempt->has_resolved;

    append_word(out, ",\"details\":{\"verdict\":", verdict_name(result->verdict));
    append_word(out, ",\"class\":", outcome_info(result->outcome)->name);
    append_errno(out, ",\"errno\":", decisive != NULL ? decisive->error : 0);
    append_word(out, ",\"phase\":", attempt != NULL ? phase_name(attempt->phase) : NULL);
    append_address(out, ",\"address\":", decisive != NULL ? &decisive->address : NULL,
                   address_append);
    append_address(out, ",\"source\":", decisive != NULL ? &decisive->source : NULL,
                   address_append_with_port);
    append_time(out, ",\"dns_time\":", has_resolved, has_resolved ? attempt->dns_time_ns : 0);
    append_lookup(out, attempt);
    append_handshake(out, decisive);
    append_time(out, ",\"total_time\":", true, result->total_time_ns);
    append_icmp(out, decisive != NULL ? &decisive->icmp : NULL);
    append_notes(out, result->notes);
    append_hint(out, result);
    if (result->check->addresses != ADDRESSES_ANY)
        append_addresses(out, result, attempt);
    if (result->check->addresses == ADDRESSES_ALL)
        append_counts(out, result);
    append_attempts(out, result);
    put(out, "}");
}

/* The published block: its keys and their order never change. */
static void append_contract(struct text *out, const struct report_context *context,
                            const struct result *result)
{
    const struct check *check = result->check;

    append_word(out, "{\"status\":", result->is_success ? "success" : "error");
    append_string(out, ",\"host\":", check->host);
    append_int(out, ",\"port\":", check->port);
    put(out, result->is_connected ? ",\"connected\":true" : ",\"connected\":false");
    if (result->is_success) {
        append_time(out, ",\"response_time\":", true, result->response_time_ns);
        append_int(out, ",\"attempts\":", result->attempt_count);
    } else {
        append_string(out, ",\"error\":", result_error(result));
        append_int(out, ",\"attempts\":", result->attempt_count);
        append_time(out, ",\"response_time\":", true, result->response_time_ns);
    }
    put(out, ",\"timestamp\":\"");
    report_append_timestamp(out, context, result);
    put(out, "\"");
}

void json_append_result(struct text *out, const struct report_context *context,
                        const struct result *result)
{
    append_contract(out, context, result);
    put(out, ",\"name\":\"");
    report_append_name(out, result->check, append_escaped);
    put(out, "\"");
    if (result->check->shows_line)
        append_int(out, ",\"line\":", result->check->line);
    append_details(out, result);
    put(out, "}");
}
