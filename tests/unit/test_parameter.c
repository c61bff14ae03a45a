/* core/parameter: every parameter, its bounds, every type of value, every message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/duration.h"
#include "core/parameter.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct arena arena;
static struct service_table services;
static struct naming naming;
static struct parameter_context context;
static struct check check;
static struct text why;
static struct text shown;

static int set_up(void **state)
{
    static const char file[] = "http 80/tcp www\nssh 22/tcp\n80 1234/tcp\n";
    (void)state;
    arena_init(&arena);
    service_table_init(&services);
    text_init(&why, 4096);
    text_init(&shown, 4096);
    naming = (struct naming){.services = &services};
    context = (struct parameter_context){.arena = &arena, .naming = &naming};
    check_init(&check);
    return service_table_read(&services, file, sizeof(file) - 1) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    text_fini(&shown);
    text_fini(&why);
    service_table_fini(&services);
    arena_fini(&arena);
    return 0;
}

static bool set_bytes(enum parameter_id id, enum value_type type, const char *bytes, size_t length)
{
    const struct value value = {.type = type, .text = bytes, .length = length};
    text_clear(&why);
    return parameter_set(&check, &parameters[id], &value, &context, &why);
}

static bool set(enum parameter_id id, enum value_type type, const char *string)
{
    return set_bytes(id, type, string, strlen(string));
}

static const char *show(enum parameter_id id)
{
    text_clear(&shown);
    parameter_append(&shown, &check, &parameters[id]);
    return text_string(&shown);
}

static void assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* The message names the parameter and ends with what is accepted; nothing has changed. */
static void assert_rejected(enum parameter_id id, enum value_type type, const char *bytes,
                            size_t length, const char *says)
{
    struct check before;
    memcpy(&before, &check, sizeof(check));
    if (set_bytes(id, type, bytes, length))
        fail_msg("%s takes \"%s\"", parameters[id].name, bytes != NULL ? bytes : "");
    assert_memory_equal(&before, &check, sizeof(check));
    assert_int_equal(strncmp(text_string(&why), parameters[id].name, strlen(parameters[id].name)),
                     0);
    assert_contains(text_string(&why), says);
}

static void the_table_is_indexed_by_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter *parameter = &parameters[i];
        assert_int_equal(parameter->id, i);
        assert_ptr_equal(parameter_find(parameter->name, strlen(parameter->name)), parameter);
        assert_true(strlen(parameter->argument) > 0);
        assert_true(strlen(parameter->accepted) > 0);
        assert_true(strlen(parameter->meaning) > 0);
        assert_null(strchr(parameter->meaning, '\n'));
        assert_int_equal(parameter->choices != NULL, parameter->type == PARAMETER_CHOICE);
        assert_true(parameter->min <= parameter->max);
        assert_int_equal(parameter->is_required, i == PARAM_HOST || i == PARAM_PORT);
    }
}

static void choices_are_what_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        for (size_t j = 0; parameters[i].choices != NULL && parameters[i].choices[j] != NULL; j++)
            assert_contains(parameters[i].accepted, parameters[i].choices[j]);
}

/* check_init() and default_text are one truth. */
static void defaults_are_those_of_the_table(void **state)
{
    struct check initial;
    (void)state;
    check_init(&initial);
    assert_int_equal(initial.given, 0);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        enum parameter_id id = (enum parameter_id)i;
        const char *default_text = parameters[i].default_text;
        char set_to_default[64];
        if (default_text == NULL) {
            assert_string_equal(show(id), "");
            continue;
        }
        assert_true(set(id, VALUE_PLAIN, default_text));
        (void)stpncpy(set_to_default, show(id), sizeof(set_to_default) - 1);
        set_to_default[sizeof(set_to_default) - 1] = '\0';
        check = initial;
        assert_string_equal(show(id), set_to_default);
    }
}

static void unknown_names_have_a_suggestion(void **state)
{
    static const struct {
        const char *name, *suggestion;
    } cases[] = {
        {"retry-delay", "retry_delay"}, {"time_out", "timeout"}, {"prot", "port"},
        {"attempt", "attempts"},        {"Host", "host"},        {"quantum_flux", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *name = cases[i].name;
        assert_null(parameter_find(name, strlen(name)));
        const char *found = parameter_suggest(name, strlen(name));
        if (cases[i].suggestion == NULL)
            assert_null(found);
        else
            assert_string_equal(found, cases[i].suggestion);
    }
    assert_null(parameter_find("host", 3));
    assert_null(parameter_find("hosts", 5));
    assert_null(parameter_find("", 0));
}

struct accepted {
    enum parameter_id id;
    enum value_type type;
    const char *text;
    const char *shown;
};

static const struct accepted accepted[] = {
    {PARAM_HOST, VALUE_PLAIN, "db.example.com", "db.example.com"},
    {PARAM_HOST, VALUE_STRING, "db.example.com.", "db.example.com."},
    {PARAM_HOST, VALUE_STRING, "localhost", "localhost"},
    {PARAM_HOST, VALUE_PLAIN, "10.0.0.5", "10.0.0.5"},
    {PARAM_HOST, VALUE_PLAIN, "::1", "::1"},
    {PARAM_HOST, VALUE_STRING, "[2001:db8::1]", "2001:db8::1"},
    {PARAM_HOST, VALUE_STRING, "[fe80::1%eth0]", "fe80::1%eth0"},
    {PARAM_HOST, VALUE_PLAIN, "null", "null"},

    {PARAM_PORT, VALUE_PLAIN, "1", "1"},
    {PARAM_PORT, VALUE_PLAIN, "65535", "65535"},
    {PARAM_PORT, VALUE_NUMBER, "443", "443"},
    {PARAM_PORT, VALUE_PLAIN, "http", "80"},
    {PARAM_PORT, VALUE_STRING, "www", "80"},
    {PARAM_PORT, VALUE_PLAIN, "80", "80"}, /* though a service calls itself so */

    {PARAM_TIMEOUT, VALUE_PLAIN, "1ms", "1ms"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "0.001", "1ms"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "1h", "1h"},
    {PARAM_TIMEOUT, VALUE_NUMBER, "3600", "1h"},
    {PARAM_TIMEOUT, VALUE_NUMBER, "1.5", "1.5s"},
    {PARAM_TIMEOUT, VALUE_STRING, "250ms", "250ms"},
    {PARAM_TIMEOUT, VALUE_STRING, "2m", "2m"},
    {PARAM_TIMEOUT, VALUE_NUMBER, "10.000000000", "10s"},

    {PARAM_SOURCE_PORT, VALUE_PLAIN, "1", "1"},
    {PARAM_SOURCE_PORT, VALUE_NUMBER, "65535", "65535"},
    {PARAM_ATTEMPTS, VALUE_PLAIN, "1", "1"},
    {PARAM_ATTEMPTS, VALUE_NUMBER, "1000", "1000"},

    {PARAM_RETRY_DELAY, VALUE_PLAIN, "0", "0s"},
    {PARAM_RETRY_DELAY, VALUE_NUMBER, "0.0", "0s"},
    {PARAM_RETRY_DELAY, VALUE_STRING, "1h", "1h"},

    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "10.0.0.9", "10.0.0.9"},
    {PARAM_SOURCE_ADDRESS, VALUE_STRING, "2001:db8::9", "2001:db8::9"},
    {PARAM_SOURCE_ADDRESS, VALUE_STRING, "[2001:db8::9]", "2001:db8::9"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "fe80::1%3", "fe80::1%3"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "[fe80::1%3]", "fe80::1%3"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "::ffff:10.0.0.9", "10.0.0.9"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "0.0.0.0", "0.0.0.0"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "::", "::"},

    {PARAM_INTERFACE, VALUE_PLAIN, "eth0", "eth0"},
    {PARAM_INTERFACE, VALUE_STRING, "br-lan.100@a:0", "br-lan.100@a:0"},
    {PARAM_INTERFACE, VALUE_PLAIN, "a", "a"},
    {PARAM_INTERFACE, VALUE_PLAIN, "abcdefghijklmno", "abcdefghijklmno"},
    {PARAM_INTERFACE, VALUE_PLAIN, "0", "0"},
    {PARAM_INTERFACE, VALUE_STRING, "caf\xc3\xa9", "caf\xc3\xa9"},

    {PARAM_FAMILY, VALUE_PLAIN, "any", "any"},
    {PARAM_FAMILY, VALUE_STRING, "ipv4", "ipv4"},
    {PARAM_FAMILY, VALUE_PLAIN, "ipv6", "ipv6"},
    {PARAM_ADDRESSES, VALUE_PLAIN, "any", "any"},
    {PARAM_ADDRESSES, VALUE_PLAIN, "all", "all"},
    {PARAM_ADDRESSES, VALUE_STRING, "race", "race"},
    {PARAM_REQUIRE, VALUE_PLAIN, "1", "1"},
    {PARAM_REQUIRE, VALUE_NUMBER, "64", "64"},
    {PARAM_HOLD, VALUE_PLAIN, "1ms", "1ms"},
    {PARAM_HOLD, VALUE_NUMBER, "1.5", "1.5s"},
    {PARAM_HOLD, VALUE_PLAIN, "1h", "1h"},
    {PARAM_RESOLVER, VALUE_PLAIN, "dns", "dns"},
    {PARAM_RESOLVER, VALUE_STRING, "system", "system"},
    {PARAM_SEARCH, VALUE_PLAIN, "true", "true"},
    {PARAM_SEARCH, VALUE_PLAIN, "false", "false"},
    {PARAM_SEARCH, VALUE_BOOLEAN, "false", "false"},
    {PARAM_SEARCH, VALUE_BOOLEAN, "true", "true"},
    {PARAM_HANDSHAKE, VALUE_PLAIN, "full", "full"},
    {PARAM_HANDSHAKE, VALUE_STRING, "half_open", "half_open"},
    {PARAM_CLOSE, VALUE_PLAIN, "graceful", "graceful"},
    {PARAM_CLOSE, VALUE_STRING, "reset", "reset"},
    {PARAM_EXPECT, VALUE_PLAIN, "open", "open"},
    {PARAM_EXPECT, VALUE_PLAIN, "refused", "refused"},
    {PARAM_EXPECT, VALUE_PLAIN, "dropped", "dropped"},
    {PARAM_EXPECT, VALUE_PLAIN, "filtered", "filtered"},
    {PARAM_EXPECT, VALUE_STRING, "closed", "closed"},

    {PARAM_WARNING, VALUE_PLAIN, "0.5", "0.5"},
    {PARAM_WARNING, VALUE_NUMBER, "2", "2"},
    {PARAM_WARNING, VALUE_STRING, "@1:2", "@1:2"},
    {PARAM_CRITICAL, VALUE_STRING, "10", "10"},
    {PARAM_CRITICAL, VALUE_PLAIN, "~:1.5", "~:1.5"},
    {PARAM_CRITICAL, VALUE_STRING, "10:", "10:"},
};

static void values_are_accepted_and_shown_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        const struct accepted *row = &accepted[i];
        check_init(&check);
        if (!set(row->id, row->type, row->text))
            fail_msg("%s '%s': %s", parameters[row->id].name, row->text, text_string(&why));
        assert_string_equal(text_string(&why), "");
        assert_int_equal(check.given, 1U << row->id);
        assert_string_equal(show(row->id), row->shown);
    }
}

static void what_is_shown_is_accepted_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        const struct accepted *row = &accepted[i];
        check_init(&check);
        assert_true(set(row->id, row->type, row->text));
        (void)show(row->id);
        check_init(&check);
        assert_true(set(row->id, VALUE_PLAIN, text_string(&shown)));
        assert_string_equal(show(row->id), row->shown);
    }
}

static void the_kind_of_a_host_is_known(void **state)
{
    (void)state;
    assert_true(set(PARAM_HOST, VALUE_PLAIN, "db"));
    assert_int_equal(check.host_kind, HOST_NAME);
    assert_true(set(PARAM_HOST, VALUE_PLAIN, "10.0.0.5"));
    assert_int_equal(check.host_kind, HOST_IPV4);
    assert_true(set(PARAM_HOST, VALUE_PLAIN, "[::1]"));
    assert_int_equal(check.host_kind, HOST_IPV6);
}

/* The parser's buffer may go away: strings are the arena's. */
static void strings_are_copied(void **state)
{
    char buffer[] = "[2001:db8::1]";
    char name[] = "eth0";
    (void)state;
    assert_true(set(PARAM_HOST, VALUE_STRING, buffer));
    memset(buffer, 'x', sizeof(buffer) - 1);
    assert_string_equal(check.host, "2001:db8::1");
    assert_true(set(PARAM_INTERFACE, VALUE_STRING, name));
    memset(name, 'x', sizeof(name) - 1);
    assert_string_equal(check.interface, "eth0");
}

static const struct {
    enum parameter_id id;
    enum value_type type;
    const char *text;
    const char *says;
} rejected[] = {
    {PARAM_HOST, VALUE_PLAIN, "", "empty"},
    {PARAM_HOST, VALUE_PLAIN, "127.1", "'127.1'"},
    {PARAM_HOST, VALUE_PLAIN, "0x7f.1", "'0x7f.1'"},
    {PARAM_HOST, VALUE_PLAIN, "2130706433", "'2130706433'"},
    {PARAM_HOST, VALUE_NUMBER, "5", "'5' is a number: accepted is a name or an IP address"},

    {PARAM_PORT, VALUE_PLAIN, "0", "'0' is out of range: accepted is 1-65535 or a service name"},
    {PARAM_PORT, VALUE_PLAIN, "65536", "'65536' is out of range"},
    {PARAM_PORT, VALUE_NUMBER, "65536", "'65536' is out of range"},
    {PARAM_PORT, VALUE_PLAIN, "99999999999999999999", "is out of range"},
    {PARAM_PORT, VALUE_PLAIN, "-1", "'-1' is malformed (a negative number is not accepted)"},
    {PARAM_PORT, VALUE_NUMBER, "-1", "a negative number"},
    {PARAM_PORT, VALUE_PLAIN, "80.5", "'80.5' is not a whole number"},
    {PARAM_PORT, VALUE_NUMBER, "80.5", "is not a whole number"},
    {PARAM_PORT, VALUE_NUMBER, "80.0", "is not a whole number"},
    {PARAM_PORT, VALUE_STRING, "80", "'80' is a string (write the number without quotes)"},
    {PARAM_PORT, VALUE_STRING, "0", "without quotes"},
    {PARAM_PORT, VALUE_PLAIN, "0o120", "octal"},
    {PARAM_PORT, VALUE_PLAIN, "0x50", "hexadecimal"},
    {PARAM_PORT, VALUE_STRING, "0x50", "hexadecimal"},
    {PARAM_PORT, VALUE_PLAIN, "010", "leading zeros"},
    {PARAM_PORT, VALUE_PLAIN, "+80", "plus sign"},
    {PARAM_PORT, VALUE_PLAIN, "8e1", "exponent"},
    {PARAM_PORT, VALUE_NUMBER, "8e1", "exponent"},
    {PARAM_PORT, VALUE_PLAIN, "1_000", "underscore"},
    {PARAM_PORT, VALUE_PLAIN, ".inf", "infinity"},
    {PARAM_PORT, VALUE_PLAIN, "",
     "'' is not a known service: accepted is 1-65535 or a service name"},
    {PARAM_PORT, VALUE_PLAIN, "htpp", "'htpp' is not a known service (did you mean http?)"},
    {PARAM_PORT, VALUE_STRING, "htpp", "did you mean http?"},
    {PARAM_PORT, VALUE_PLAIN, "flux-capacitor", "is not a known service: accepted"},
    {PARAM_PORT, VALUE_PLAIN, "HTTP", "is not a known service"},

    {PARAM_TIMEOUT, VALUE_PLAIN, "0", "'0' is out of range: accepted is 1ms to 1h"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "0.000999999", "is out of range"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "3600.000000001", "is out of range"},
    {PARAM_TIMEOUT, VALUE_STRING, "61m", "is out of range"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "99999999999999999999h", "is out of range"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "-1", "a negative number"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "nan", "not-a-number"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "1e9", "exponent"},
    {PARAM_TIMEOUT, VALUE_NUMBER, "1e9", "exponent"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "5 parsecs", "'5 parsecs' is not a duration"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "5 s", "is not a duration"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "", "is not a duration"},
    {PARAM_TIMEOUT, VALUE_PLAIN, "1,5", "comma"},
    {PARAM_TIMEOUT, VALUE_PLAIN, ".5", "both sides of the point"},
    {PARAM_TIMEOUT, VALUE_STRING, "5", "without quotes"},
    {PARAM_TIMEOUT, VALUE_STRING, "1.5", "without quotes"},
    {PARAM_RETRY_DELAY, VALUE_PLAIN, "3601", "'3601' is out of range: accepted is 0 to 1h"},
    {PARAM_RETRY_DELAY, VALUE_STRING, "0", "without quotes"},

    {PARAM_SOURCE_PORT, VALUE_PLAIN, "0", "out of range: accepted is 1-65535"},
    {PARAM_SOURCE_PORT, VALUE_PLAIN, "65536", "out of range"},
    {PARAM_SOURCE_PORT, VALUE_PLAIN, "http", "'http' is not a number"},
    {PARAM_SOURCE_PORT, VALUE_STRING, "http", "'http' is a string, not a number"},
    {PARAM_SOURCE_PORT, VALUE_STRING, "54321", "without quotes"},
    {PARAM_ATTEMPTS, VALUE_PLAIN, "0", "out of range: accepted is 1-1000"},
    {PARAM_ATTEMPTS, VALUE_PLAIN, "1001", "out of range"},
    {PARAM_ATTEMPTS, VALUE_PLAIN, "1.5", "'1.5' is not a whole number"},
    {PARAM_ATTEMPTS, VALUE_STRING, "3", "without quotes"},
    {PARAM_ATTEMPTS, VALUE_PLAIN, "", "is not a number"},
    {PARAM_ATTEMPTS, VALUE_PLAIN, "three", "'three' is not a number"},

    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "", "'' is not an IP address"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "localhost", "is not an IP address: accepted is"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "10.1", "is not an IP address"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "[10.0.0.1]", "is not an IP address"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "[::1", "is not an IP address"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "[]", "is not an IP address"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "[", "is not an IP address"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "fe80::1%eth0", "the zone is the interface's number"},
    {PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "fe80::1", "'fe80::1' lacks its zone"},
    {PARAM_SOURCE_ADDRESS, VALUE_NUMBER, "10", "is a number"},

    {PARAM_INTERFACE, VALUE_PLAIN, "", "'' is not the name of a network device: accepted is"},
    {PARAM_INTERFACE, VALUE_PLAIN, "abcdefghijklmnop", "is not the name of a network device"},
    {PARAM_INTERFACE, VALUE_STRING, "eth0/1", "'eth0/1' is not the name"},
    {PARAM_INTERFACE, VALUE_STRING, "eth 0", "1-15 octets, no / and no white space"},
    {PARAM_INTERFACE, VALUE_STRING, "eth0\n", "'eth0\\n' is not the name"},
    {PARAM_INTERFACE, VALUE_STRING, "\teth0", "is not the name"},
    {PARAM_INTERFACE, VALUE_STRING, "eth0\r", "is not the name"},
    {PARAM_INTERFACE, VALUE_NUMBER, "2", "'2' is a number: accepted is the name of a network"},

    {PARAM_FAMILY, VALUE_PLAIN, "ip4", "'ip4' is not one of the choices: accepted is any, ipv4"},
    {PARAM_FAMILY, VALUE_PLAIN, "IPv4", "is not one of the choices"},
    {PARAM_FAMILY, VALUE_PLAIN, "", "is not one of the choices"},
    {PARAM_FAMILY, VALUE_NUMBER, "4", "'4' is a number: accepted is any, ipv4 or ipv6"},
    {PARAM_ADDRESSES, VALUE_PLAIN, "every", "accepted is any, all or race"},
    {PARAM_REQUIRE, VALUE_PLAIN, "0", "is out of range: accepted is 1-64"},
    {PARAM_REQUIRE, VALUE_NUMBER, "65", "is out of range: accepted is 1-64"},
    {PARAM_REQUIRE, VALUE_PLAIN, "all", "is not a number: accepted is 1-64"},
    {PARAM_HOLD, VALUE_PLAIN, "0", "is out of range: accepted is 1ms to 1h"},
    {PARAM_HOLD, VALUE_PLAIN, "61m", "is out of range: accepted is 1ms to 1h"},
    {PARAM_RESOLVER, VALUE_PLAIN, "google", "accepted is dns or system"},
    {PARAM_HANDSHAKE, VALUE_PLAIN, "half-open", "'half-open' is not one of the choices"},
    {PARAM_HANDSHAKE, VALUE_PLAIN, "half", "accepted is full or half_open"},
    {PARAM_CLOSE, VALUE_PLAIN, "abort", "accepted is graceful or reset"},
    {PARAM_EXPECT, VALUE_PLAIN, "up", "accepted is open, refused, dropped, filtered or closed"},
    {PARAM_SEARCH, VALUE_PLAIN, "no", "'no' is neither true nor false"},
    {PARAM_SEARCH, VALUE_PLAIN, "yes", "are strings"},
    {PARAM_SEARCH, VALUE_PLAIN, "True", "is neither true nor false"},
    {PARAM_SEARCH, VALUE_STRING, "true", "write true or false without quotes"},
    {PARAM_SEARCH, VALUE_NUMBER, "1", "'1' is a number: accepted is true or false"},

    {PARAM_WARNING, VALUE_PLAIN, "", "'' is not a range: accepted is a range of seconds"},
    {PARAM_WARNING, VALUE_PLAIN, "20:10", "'20:10' is not a range"},
    {PARAM_WARNING, VALUE_NUMBER, "1e3", "an exponent"},
    {PARAM_CRITICAL, VALUE_STRING, "10s", "is not a range"},
    {PARAM_CRITICAL, VALUE_PLAIN, "1:2:3", "is not a range"},
};

static void values_that_are_not_accepted_are_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rejected); i++)
        assert_rejected(rejected[i].id, rejected[i].type, rejected[i].text,
                        strlen(rejected[i].text), rejected[i].says);
}

static void no_parameter_takes_null_a_list_or_a_mapping(void **state)
{
    static const struct {
        enum value_type type;
        const char *says;
    } cases[] = {{VALUE_NULL, "has no value"},
                 {VALUE_SEQUENCE, "is a list"},
                 {VALUE_MAPPING, "is a mapping"}};
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        for (size_t j = 0; j < COUNT(cases); j++) {
            assert_rejected((enum parameter_id)i, cases[j].type, NULL, 0, cases[j].says);
            assert_contains(text_string(&why), parameters[i].accepted);
        }
    }
}

static void only_booleans_take_true_and_false_of_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (parameters[i].type != PARAMETER_BOOLEAN)
            assert_rejected((enum parameter_id)i, VALUE_BOOLEAN, "true", 4, "is true or false");
}

static void any_byte_is_shown_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        assert_rejected((enum parameter_id)i, VALUE_PLAIN, "1\0\x1b[31m\xff", 8, "\\x1b[31m\\xff'");
        assert_null(strchr(text_string(&why), '\x1b'));
    }
}

/* A NUL does not end a word. */
static void text_is_as_long_as_it_says(void **state)
{
    (void)state;
    assert_rejected(PARAM_PORT, VALUE_PLAIN, "80\0", 3, "accepted is");
    assert_rejected(PARAM_PORT, VALUE_PLAIN, "http\0", 5, "accepted is");
    assert_rejected(PARAM_FAMILY, VALUE_PLAIN, "ipv4\0", 5, "accepted is");
    assert_rejected(PARAM_SEARCH, VALUE_PLAIN, "true\0", 5, "accepted is");
    assert_rejected(PARAM_INTERFACE, VALUE_PLAIN, "eth0\0", 5, "accepted is");
    assert_rejected(PARAM_SOURCE_ADDRESS, VALUE_PLAIN, "10.0.0.1\0", 9, "accepted is");
    assert_true(set_bytes(PARAM_PORT, VALUE_PLAIN, "8080", 2));
    assert_int_equal(check.port, 80);
    assert_true(set_bytes(PARAM_FAMILY, VALUE_PLAIN, "anything", 3));
}

static void without_a_table_ports_have_no_names(void **state)
{
    (void)state;
    context.naming = NULL;
    assert_true(set(PARAM_PORT, VALUE_PLAIN, "80"));
    assert_rejected(PARAM_PORT, VALUE_PLAIN, "http", 4, "'http' is not a known service: accepted");
}

static void the_last_value_set_counts(void **state)
{
    (void)state;
    assert_true(set(PARAM_FAMILY, VALUE_PLAIN, "ipv6"));
    assert_true(set(PARAM_FAMILY, VALUE_PLAIN, "any"));
    assert_string_equal(show(PARAM_FAMILY), "any");
    assert_true(set(PARAM_HOST, VALUE_PLAIN, "::1"));
    assert_true(set(PARAM_HOST, VALUE_PLAIN, "db"));
    assert_string_equal(show(PARAM_HOST), "db");
    assert_int_equal(check.host_kind, HOST_NAME);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_table_is_indexed_by_id),
        TEST(choices_are_what_is_accepted),
        TEST(defaults_are_those_of_the_table),
        TEST(unknown_names_have_a_suggestion),
        TEST(values_are_accepted_and_shown_again),
        TEST(what_is_shown_is_accepted_again),
        TEST(the_kind_of_a_host_is_known),
        TEST(strings_are_copied),
        TEST(values_that_are_not_accepted_are_explained),
        TEST(no_parameter_takes_null_a_list_or_a_mapping),
        TEST(only_booleans_take_true_and_false_of_json),
        TEST(any_byte_is_shown_escaped),
        TEST(text_is_as_long_as_it_says),
        TEST(without_a_table_ports_have_no_names),
        TEST(the_last_value_set_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
