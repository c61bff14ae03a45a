/* From a value, whichever parser it came from, to a parameter of a check.
 *
 * First the value is judged by its type (what YAML and JSON can hold where),
 * then by its text, and only then is the check touched: a failure changes nothing.
 * A parser never turns text into numbers itself; if each did, "010" would be 8
 * to one of them and 10 to another. */
#include <stdlib.h>
#include <string.h>

#include "core/duration.h"
#include "core/parameter.h"
#include "core/suggest.h"

#define LABELS_MAX_BYTES  ((size_t)1024)
#define DEVICE_MAX_OCTETS 15 /* IFNAMSIZ with its NUL is 16 */

/* What a value means; which member counts follows from the parameter's type. */
struct meant {
    int64_t number;         /* also ns, the index of a choice, 0 or 1 */
    struct address address; /* of a host too, where it is one */
    struct range range;
    const char *string; /* the arena's */
    const char *labels; /* of a host that is not ASCII; the arena's */
    enum host_kind host_kind;
};

/* What is being set, for all that judge it. */
struct setting {
    const struct parameter *parameter;
    const struct value *value;
    const struct parameter_context *context;
    struct text *why;
};

/* "port '70000' is out of range: accepted is 1-65535 or a service name"; `aside`
 * (may be NULL) follows in parentheses. Always false. */
static bool reject(const struct setting *setting, const char *what, const char *aside)
{
    text_append_strings(setting->why, setting->parameter->name, " ", NULL);
    text_append_quoted(setting->why, setting->value->text, setting->value->length);
    text_append_strings(setting->why, " ", what, NULL);
    if (aside != NULL)
        text_append_strings(setting->why, " (", aside, ")", NULL);
    text_append_strings(setting->why, ": accepted is ", setting->parameter->accepted, NULL);
    return false;
}

/* The same for a value without text of its own. */
static bool reject_type(const struct setting *setting, const char *what)
{
    text_append_strings(setting->why, setting->parameter->name, " ", what, ": accepted is ",
                        setting->parameter->accepted, NULL);
    return false;
}

static bool takes_numbers(enum parameter_type type)
{
    return type == PARAMETER_PORT || type == PARAMETER_INTEGER || type == PARAMETER_DURATION ||
           type == PARAMETER_RANGE;
}

/* A quoted value. A service name, a duration with its unit and a range are text
 * by nature; a bare number is not, and "no" in quotes should not be false. */
static bool judge_string(const struct setting *setting)
{
    const struct value *value = setting->value;
    enum parameter_type type = setting->parameter->type;
    bool is_number = number_is_well_formed(value->text, value->length);
    if (type == PARAMETER_INTEGER && !is_number)
        return reject(setting, "is a string, not a number", NULL);
    if (is_number && takes_numbers(type) && type != PARAMETER_RANGE)
        return reject(setting, "is a string", "write the number without quotes");
    if (type == PARAMETER_BOOLEAN)
        return reject(setting, "is a string", "write true or false without quotes");
    return true;
}

static bool judge_type(const struct setting *setting)
{
    enum parameter_type type = setting->parameter->type;
    switch (setting->value->type) {
    case VALUE_PLAIN: return true;
    case VALUE_STRING: return judge_string(setting);
    case VALUE_NUMBER: return takes_numbers(type) || reject(setting, "is a number", NULL);
    case VALUE_BOOLEAN:
        return type == PARAMETER_BOOLEAN || reject_type(setting, "is true or false");
    case VALUE_NULL: return reject_type(setting, "has no value");
    case VALUE_SEQUENCE: return reject_type(setting, "is a list");
    case VALUE_MAPPING: return reject_type(setting, "is a mapping");
    }
    return false;
}

/* Text that is no number of the kind that is wanted. */
static bool reject_number(const struct setting *setting, enum number_error error, const char *what)
{
    const char *oddity = number_oddity(setting->value->text, setting->value->length);
    if (error == NUMBER_OUT_OF_RANGE)
        return reject(setting, "is out of range", NULL);
    if (oddity != NULL)
        return reject(setting, "is malformed", oddity);
    return reject(setting, what, NULL);
}

static bool read_integer(const struct setting *setting, struct meant *meant)
{
    const struct parameter *parameter = setting->parameter;
    const struct value *value = setting->value;
    enum number_error error = number_parse_int(value->text, value->length, parameter->min,
                                               parameter->max, &meant->number);
    if (error == NUMBER_OK)
        return true;
    bool has_point = number_is_well_formed(value->text, value->length);
    return reject_number(setting, error, has_point ? "is not a whole number" : "is not a number");
}

/* The known service nearest to an unknown one, or NULL. Without memory there is
 * no suggestion, and still a message. */
static const char *suggest_service(const struct service_table *services, const struct value *value)
{
    const char **names = calloc(services->count + 1, sizeof(*names));
    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < services->count; i++)
        names[i] = services->services[i].name;
    const char *nearest = suggest_nearest(names, value->text, value->length);
    free(names);
    return nearest;
}

static const struct service_table *services_of(const struct setting *setting)
{
    return setting->context->naming != NULL ? setting->context->naming->services : NULL;
}

static bool reject_service(const struct setting *setting)
{
    const struct service_table *services = services_of(setting);
    const char *nearest = services != NULL ? suggest_service(services, setting->value) : NULL;
    struct text aside;
    text_init(&aside, 256);
    if (nearest != NULL)
        text_append_strings(&aside, "did you mean ", nearest, "?", NULL);
    (void)reject(setting, "is not a known service", aside.length > 0 ? aside.bytes : NULL);
    text_fini(&aside);
    return false;
}

static bool read_port(const struct setting *setting, struct meant *meant)
{
    const struct service_table *services = services_of(setting);
    const struct value *value = setting->value;
    bool is_numeric =
        setting->value->type == VALUE_NUMBER || number_is_well_formed(value->text, value->length);
    uint16_t port;
    if (!is_numeric && services != NULL &&
        service_table_find(services, value->text, value->length, &port)) {
        meant->number = port;
        return true;
    }
    if (is_numeric || number_oddity(value->text, value->length) != NULL)
        return read_integer(setting, meant);
    return reject_service(setting);
}

static bool read_duration(const struct setting *setting, struct meant *meant)
{
    const struct parameter *parameter = setting->parameter;
    enum number_error error = duration_parse(setting->value->text, setting->value->length,
                                             parameter->min, parameter->max, &meant->number);
    return error == NUMBER_OK || reject_number(setting, error, "is not a duration");
}

static bool is_word(const struct value *value, const char *word)
{
    return value->length == strlen(word) && memcmp(value->text, word, value->length) == 0;
}

static bool read_choice(const struct setting *setting, struct meant *meant)
{
    const char *const *choices = setting->parameter->choices;
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (is_word(setting->value, choices[i])) {
            meant->number = (int64_t)i;
            return true;
        }
    }
    return reject(setting, "is not one of the choices", NULL);
}

static bool read_boolean(const struct setting *setting, struct meant *meant)
{
    meant->number = is_word(setting->value, "true");
    return meant->number != 0 || is_word(setting->value, "false") ||
           reject(setting, "is neither true nor false", "yes, no, on and off are strings");
}

static bool out_of_memory(const struct setting *setting)
{
    text_fail(setting->why);
    return false;
}

/* A name in another script, by the words that `to_ascii` has for what is wrong. */
static bool read_labels(const struct setting *setting, const char *name, size_t length,
                        struct meant *meant)
{
    const struct naming *naming = setting->context->naming;
    const char *wrong = "is not ASCII: write the A-label of the name (xn--...)";
    struct text labels;
    text_init(&labels, LABELS_MAX_BYTES);
    if (naming != NULL && naming->to_ascii != NULL)
        wrong = naming->to_ascii(name, length, &labels);
    bool is_right =
        wrong == NULL && host_check_labels(name, length, labels.bytes, labels.length, setting->why);
    if (is_right)
        meant->labels = arena_copy(setting->context->arena, labels.bytes, labels.length);
    text_fini(&labels);
    if (wrong != NULL) {
        text_append_string(setting->why, "host ");
        text_append_quoted(setting->why, name, length);
        text_append_strings(setting->why, " ", wrong, NULL);
    }
    return is_right && (meant->labels != NULL || out_of_memory(setting));
}

static bool read_host(const struct setting *setting, struct meant *meant)
{
    struct host_span span;
    if (!host_parse(setting->value->text, setting->value->length, &span, setting->why))
        return false;
    const char *host = setting->value->text + span.start;
    size_t length = span.end - span.start;
    if (span.kind == HOST_NAME && !host_is_ascii(host, length) &&
        !read_labels(setting, host, length, meant))
        return false;
    meant->host_kind = span.kind;
    meant->address = span.literal;
    meant->string = arena_copy(setting->context->arena, host, length);
    return meant->string != NULL || out_of_memory(setting);
}

/* What the kernel takes for the name of a device; whether there is one shows when it is used. */
static bool read_device(const struct setting *setting, struct meant *meant)
{
    static const char never[] = "/ \t\n\v\f\r"; /* and NUL, which memchr() finds, too */
    const struct value *value = setting->value;
    bool is_name = value->length >= 1 && value->length <= DEVICE_MAX_OCTETS;
    for (size_t i = 0; is_name && i < value->length; i++)
        is_name = memchr(never, value->text[i], sizeof(never)) == NULL;
    if (!is_name)
        return reject(setting, "is not the name of a network device", NULL);
    meant->string = arena_copy(setting->context->arena, value->text, value->length);
    return meant->string != NULL || out_of_memory(setting);
}

/* An IPv4-mapped source is its IPv4 address: a socket of IPv6 could not reach
 * IPv4 targets from it. 0.0.0.0 and :: stay what they are: any address of the family. */
static bool read_address(const struct setting *setting, struct meant *meant)
{
    const char *text = setting->value->text;
    size_t length = setting->value->length;
    bool has_brackets = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    struct address address;
    if (!address_parse(text + has_brackets, length - 2 * (size_t)has_brackets, &address) ||
        (has_brackets && address.family != FAMILY_IPV6))
        return reject(setting, "is not an IP address",
                      length > 0 && memchr(text, '%', length) != NULL
                          ? "the zone is the interface's number, as ip link shows it"
                          : NULL);
    if (address_is_link_local(&address) && address.scope == 0)
        return reject(setting, "lacks its zone",
                      "%N behind it, N the interface's number, as ip link shows it");
    struct address real = address_connected_to(&address);
    meant->address = real.family == address.family ? address : real;
    return true;
}

static bool read_range(const struct setting *setting, struct meant *meant)
{
    const struct value *value = setting->value;
    return range_parse(value->text, value->length, &meant->range) ||
           reject(setting, "is not a range", number_oddity(value->text, value->length));
}

static bool read_meaning(const struct setting *setting, struct meant *meant)
{
    switch (setting->parameter->type) {
    case PARAMETER_HOST: return read_host(setting, meant);
    case PARAMETER_PORT: return read_port(setting, meant);
    case PARAMETER_INTEGER: return read_integer(setting, meant);
    case PARAMETER_DURATION: return read_duration(setting, meant);
    case PARAMETER_CHOICE: return read_choice(setting, meant);
    case PARAMETER_BOOLEAN: return read_boolean(setting, meant);
    case PARAMETER_ADDRESS: return read_address(setting, meant);
    case PARAMETER_DEVICE: return read_device(setting, meant);
    case PARAMETER_RANGE: return read_range(setting, meant);
    }
    return false;
}

/* The choices are any, ipv4, ipv6; enum family has the protocols' own numbers. */
static enum family family_of_choice(int64_t choice)
{
    if (choice == 0)
        return FAMILY_ANY;
    return choice == 1 ? FAMILY_IPV4 : FAMILY_IPV6;
}

static void store(struct check *check, enum parameter_id id, const struct meant *meant)
{
    switch (id) {
    case PARAM_HOST:
        check->host = meant->string;
        check->host_labels = meant->labels;
        check->host_kind = (uint8_t)meant->host_kind;
        check->literal = meant->address;
        break;
    case PARAM_PORT: check->port = (uint16_t)meant->number; break;
    case PARAM_TIMEOUT: check->timeout_ns = meant->number; break;
    case PARAM_SOURCE_PORT: check->source_port = (uint16_t)meant->number; break;
    case PARAM_ATTEMPTS: check->attempts = (uint16_t)meant->number; break;
    case PARAM_RETRY_DELAY: check->retry_delay_ns = meant->number; break;
    case PARAM_SOURCE_ADDRESS: check->source_address = meant->address; break;
    case PARAM_INTERFACE: check->interface = meant->string; break;
    case PARAM_FAMILY: check->family = (uint8_t)family_of_choice(meant->number); break;
    case PARAM_ADDRESSES: check->addresses = (uint8_t)meant->number; break;
    case PARAM_REQUIRE: check->require = (uint8_t)meant->number; break;
    case PARAM_RESOLVER: check->resolver = (uint8_t)meant->number; break;
    case PARAM_SEARCH: check->search = meant->number != 0; break;
    case PARAM_HANDSHAKE: check->handshake = (uint8_t)meant->number; break;
    case PARAM_HOLD: check->hold_ns = meant->number; break;
    case PARAM_CLOSE: check->close = (uint8_t)meant->number; break;
    case PARAM_EXPECT: check->expect = (uint8_t)meant->number; break;
    case PARAM_WARNING: check->warning = meant->range; break;
    case PARAM_CRITICAL: check->critical = meant->range; break;
    case PARAMETER_COUNT: break;
    }
    check->given |= UINT32_C(1) << id;
}

bool parameter_set(struct check *check, const struct parameter *parameter,
                   const struct value *value, const struct parameter_context *context,
                   struct text *why)
{
    const struct setting setting = {parameter, value, context, why};
    struct meant meant = {0};
    if (!judge_type(&setting) || !read_meaning(&setting, &meant))
        return false;
    store(check, parameter->id, &meant);
    return true;
}
