/* One table of kinds, with what each may and must be given, and one of keys (in the header).
 * A time without a unit is in microseconds. */
#include "behaviour.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEY(id)       (UINT32_C(1) << BEHAVIOUR_KEY_##id)
#define HANDSHAKE     (KEY(AFTER) | KEY(NTH) | KEY(TIMESTAMPS))
#define TIME_MAX_NS   INT64_C(1000000000000)
#define DEFAULT_DELTA 1000000 /* beyond any window that a client offers in its SYN */
#define DEFAULT_MTU   1280
#define NS_PER_US     1000
#define NS_PER_MS     1000000
#define NS_PER_S      1000000000

struct kind {
    const char *name;
    uint32_t required;
    uint32_t optional;
};

static const struct kind kinds[BEHAVIOUR_KIND_COUNT] = {
    [BEHAVIOUR_OPEN] = {"open", 0, HANDSHAKE},
    [BEHAVIOUR_OPEN_ON] = {"open-on", KEY(NTH), HANDSHAKE},
    [BEHAVIOUR_REFUSE] = {"refuse", 0, KEY(AFTER) | KEY(NTH)},
    [BEHAVIOUR_DROP] = {"drop", 0, 0},
    [BEHAVIOUR_ICMP] = {"icmp", KEY(TYPE) | KEY(CODE),
                        HANDSHAKE | KEY(FROM) | KEY(QUOTE) | KEY(MTU) | KEY(SYNACK)},
    [BEHAVIOUR_SYNACK_RST] = {"synack-rst", 0, HANDSHAKE | KEY(THEN)},
    [BEHAVIOUR_SYNACK_FIN] = {"synack-fin", 0, HANDSHAKE | KEY(THEN)},
    [BEHAVIOUR_SYNACK_DATA] = {"synack-data", KEY(TEXT), HANDSHAKE | KEY(THEN)},
    [BEHAVIOUR_SYNACK_SILENCE] = {"synack-silence", 0, HANDSHAKE},
    [BEHAVIOUR_ZERO_WINDOW] = {"zero-window", 0, HANDSHAKE},
    [BEHAVIOUR_WRONG_ACK] = {"wrong-ack", 0, HANDSHAKE | KEY(DELTA)},
    [BEHAVIOUR_DUPLICATE_SYNACK] = {"duplicate-synack", KEY(N) | KEY(EVERY), HANDSHAKE},
};

static const char *const key_names[BEHAVIOUR_KEY_COUNT] = {
#define X(id, spelling, accepted) [BEHAVIOUR_KEY_##id] = (spelling),
    BEHAVIOUR_KEYS(X)
#undef X
};

static const char *const key_values[BEHAVIOUR_KEY_COUNT] = {
#define X(id, spelling, accepted) [BEHAVIOUR_KEY_##id] = (accepted),
    BEHAVIOUR_KEYS(X)
#undef X
};

bool behaviour_init(struct behaviour *behaviour, const char *kind)
{
    for (unsigned i = 0; i < BEHAVIOUR_KIND_COUNT; i++)
        if (strcmp(kinds[i].name, kind) == 0) {
            *behaviour = (struct behaviour){.kind = (enum behaviour_kind)i,
                                            .delta = DEFAULT_DELTA,
                                            .mtu = DEFAULT_MTU,
                                            .quote = UINT32_MAX,
                                            .has_timestamps = true};
            return true;
        }
    return false;
}

bool behaviour_has(const struct behaviour *behaviour, enum behaviour_key key)
{
    return (behaviour->given >> key & 1) != 0;
}

/* ---- values ------------------------------------------------------------ */

/* False also for what strtoull(3) takes and people do not mean: signs, blanks. */
static bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *value,
                         char **end)
{
    errno = 0;
    *value = strtoull(text, end, 10);
    return text[0] >= '0' && text[0] <= '9' && errno == 0 && *value >= least && *value <= most;
}

static bool parse_u32(const char *text, uint32_t least, uint32_t most, uint32_t *result)
{
    char *end;
    uint64_t value;
    bool is_valid = parse_number(text, least, most, &value, &end) && *end == '\0';
    *result = (uint32_t)value;
    return is_valid;
}

static bool parse_time(const char *text, int64_t *result)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"", NS_PER_US}, {"us", NS_PER_US}, {"ms", NS_PER_MS}, {"s", NS_PER_S}};
    char *end;
    uint64_t value;
    if (!parse_number(text, 0, TIME_MAX_NS / NS_PER_US, &value, &end))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(end, units[i].name) == 0) {
            *result = (int64_t)value * units[i].ns;
            return *result / units[i].ns == (int64_t)value && *result <= TIME_MAX_NS;
        }
    return false;
}

static bool parse_switch(const char *text, bool *result)
{
    *result = strcmp(text, "on") == 0;
    return *result || strcmp(text, "off") == 0;
}

/* -1: it is none. */
static int hex_digit(char letter)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter);
    return found == NULL ? -1 : (int)(found - digits);
}

/* The octet that an escape after its backslash means, or -1; moves *text beyond it. */
static int parse_escape(const char **text)
{
    static const char names[] = "strn\\";
    static const char octets[] = " \t\r\n\\";
    char letter = **text;
    if (letter == '\0')
        return -1;
    *text += 1;
    const char *found = strchr(names, letter);
    if (found != NULL)
        return (unsigned char)octets[found - names];
    int high = letter == 'x' ? hex_digit((*text)[0]) : -1;
    int low = high >= 0 ? hex_digit((*text)[1]) : -1;
    if (low < 0)
        return -1;
    *text += 2;
    return high * 16 + low;
}

static bool parse_text(const char *text, struct behaviour *behaviour)
{
    behaviour->text_length = 0;
    while (*text != '\0') {
        int octet = (unsigned char)*text++;
        if (octet == '\\')
            octet = parse_escape(&text);
        if (octet < 0 || behaviour->text_length == BEHAVIOUR_TEXT_MAX)
            return false;
        behaviour->text[behaviour->text_length++] = (uint8_t)octet;
    }
    return behaviour->text_length > 0;
}

static bool parse_value(struct behaviour *b, enum behaviour_key key, const char *text)
{
    switch (key) {
    case BEHAVIOUR_KEY_AFTER: return parse_time(text, &b->after_ns);
    case BEHAVIOUR_KEY_NTH: return parse_u32(text, 1, UINT8_MAX, &b->nth);
    case BEHAVIOUR_KEY_TIMESTAMPS: return parse_switch(text, &b->has_timestamps);
    case BEHAVIOUR_KEY_THEN: return parse_time(text, &b->then_ns);
    case BEHAVIOUR_KEY_TEXT: return parse_text(text, b);
    case BEHAVIOUR_KEY_TYPE: return parse_u32(text, 0, UINT8_MAX, &b->icmp_type);
    case BEHAVIOUR_KEY_CODE: return parse_u32(text, 0, UINT8_MAX, &b->icmp_code);
    case BEHAVIOUR_KEY_FROM: return ip_address_parse(text, &b->from);
    case BEHAVIOUR_KEY_QUOTE: return parse_u32(text, 8, 512, &b->quote);
    case BEHAVIOUR_KEY_MTU: return parse_u32(text, 0, UINT16_MAX, &b->mtu);
    case BEHAVIOUR_KEY_SYNACK: return parse_time(text, &b->synack_ns);
    case BEHAVIOUR_KEY_DELTA: return parse_u32(text, 1, UINT32_MAX, &b->delta);
    case BEHAVIOUR_KEY_N: return parse_u32(text, 1, UINT16_MAX, &b->repeats);
    case BEHAVIOUR_KEY_EVERY: return parse_time(text, &b->every_ns);
    case BEHAVIOUR_KEY_COUNT: break;
    }
    return false;
}

/* BEHAVIOUR_KEY_COUNT: there is none of that name. */
static enum behaviour_key find_key(const char *name, size_t length)
{
    unsigned key = 0;
    while (key < BEHAVIOUR_KEY_COUNT &&
           (strlen(key_names[key]) != length || memcmp(key_names[key], name, length) != 0))
        key++;
    return (enum behaviour_key)key;
}

bool behaviour_set(struct behaviour *behaviour, const char *word, struct problem *problem)
{
    const struct kind *kind = &kinds[behaviour->kind];
    size_t length = strcspn(word, "=");
    if (word[length] == '\0')
        return problem_say(problem, "'%s' is not KEY=VALUE", word);
    enum behaviour_key key = find_key(word, length);
    if (key == BEHAVIOUR_KEY_COUNT || ((kind->required | kind->optional) >> key & 1) == 0)
        return problem_say(problem, "%s has no '%.*s'", kind->name, (int)length, word);
    if (behaviour_has(behaviour, key))
        return problem_say(problem, "'%s' is given twice", key_names[key]);
    if (!parse_value(behaviour, key, word + length + 1))
        return problem_say(problem, "'%s': accepted is %s", word, key_values[key]);
    behaviour->given |= UINT32_C(1) << key;
    return true;
}

bool behaviour_complete(const struct behaviour *behaviour, struct problem *problem)
{
    const struct kind *kind = &kinds[behaviour->kind];
    for (unsigned key = 0; key < BEHAVIOUR_KEY_COUNT; key++)
        if ((kind->required >> key & 1) != 0 && !behaviour_has(behaviour, (enum behaviour_key)key))
            return problem_say(problem, "%s needs '%s': %s", kind->name, key_names[key],
                               key_values[key]);
    return true;
}

/* ---- printing ---------------------------------------------------------- */

static void print_text(const struct behaviour *behaviour, FILE *file)
{
    for (size_t i = 0; i < behaviour->text_length; i++) {
        uint8_t octet = behaviour->text[i];
        if (octet > ' ' && octet < 0x7f && octet != '\\')
            putc(octet, file);
        else
            fprintf(file, "\\x%02x", octet);
    }
}

static void print_address(const struct ip_address *address, FILE *file)
{
    char text[IP_ADDRESS_TEXT_MAX];
    ip_address_print(address, text);
    fputs(text, file);
}

static void print_time(int64_t ns, FILE *file)
{
    fprintf(file, "%" PRId64 "us", ns / NS_PER_US);
}

static void print_value(const struct behaviour *b, enum behaviour_key key, FILE *file)
{
    switch (key) {
    case BEHAVIOUR_KEY_AFTER: print_time(b->after_ns, file); return;
    case BEHAVIOUR_KEY_NTH: fprintf(file, "%" PRIu32, b->nth); return;
    case BEHAVIOUR_KEY_TIMESTAMPS: fputs(b->has_timestamps ? "on" : "off", file); return;
    case BEHAVIOUR_KEY_THEN: print_time(b->then_ns, file); return;
    case BEHAVIOUR_KEY_TEXT: print_text(b, file); return;
    case BEHAVIOUR_KEY_TYPE: fprintf(file, "%" PRIu32, b->icmp_type); return;
    case BEHAVIOUR_KEY_CODE: fprintf(file, "%" PRIu32, b->icmp_code); return;
    case BEHAVIOUR_KEY_FROM: print_address(&b->from, file); return;
    case BEHAVIOUR_KEY_QUOTE: fprintf(file, "%" PRIu32, b->quote); return;
    case BEHAVIOUR_KEY_MTU: fprintf(file, "%" PRIu32, b->mtu); return;
    case BEHAVIOUR_KEY_SYNACK: print_time(b->synack_ns, file); return;
    case BEHAVIOUR_KEY_DELTA: fprintf(file, "%" PRIu32, b->delta); return;
    case BEHAVIOUR_KEY_N: fprintf(file, "%" PRIu32, b->repeats); return;
    case BEHAVIOUR_KEY_EVERY: print_time(b->every_ns, file); return;
    case BEHAVIOUR_KEY_COUNT: return;
    }
}

void behaviour_print(const struct behaviour *behaviour, FILE *file)
{
    fputs(kinds[behaviour->kind].name, file);
    for (unsigned key = 0; key < BEHAVIOUR_KEY_COUNT; key++)
        if (behaviour_has(behaviour, (enum behaviour_key)key)) {
            fprintf(file, " %s=", key_names[key]);
            print_value(behaviour, (enum behaviour_key)key, file);
        }
}

static void print_keys(uint32_t keys, const char *before, const char *after, FILE *file)
{
    for (unsigned key = 0; key < BEHAVIOUR_KEY_COUNT; key++)
        if ((keys >> key & 1) != 0)
            fprintf(file, " %s%s=%s", before, key_names[key], after);
}

void behaviour_print_kinds(FILE *file)
{
    for (unsigned i = 0; i < BEHAVIOUR_KIND_COUNT; i++) {
        fprintf(file, "  %-16s", kinds[i].name);
        print_keys(kinds[i].required, "", "", file);
        print_keys(kinds[i].optional & ~kinds[i].required, "[", "]", file);
        putc('\n', file);
    }
}
