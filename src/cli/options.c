/* getopt_long(3) does the splitting; its tables are made from ours, so that an
 * option exists in exactly one place: option_table, or the parameter table in
 * core. Options of the plugin that the Monitoring Plugins prescribe
 * (-H, -p, -t, ...) are letters of the same parameters. */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "cli/option_table.h"
#include "core/duration.h"
#include "core/number.h"
#include "core/parameter.h"
#include "core/suggest.h"
#include "format/nagios.h"
#include "net/idna.h"
#include "net/net.h"
#include "net/services.h"

#define CONCURRENCY_DEFAULT 256
#define CONCURRENCY_MAX     1000000
#define FOR_DEFAULT_NS      (60 * NS_PER_S)
#define LONGEST_NS          (366 * 24 * NS_PER_HOUR)

/* getopt_long returns this plus the number of the option or parameter. */
#define FIRST_OPTION    1000
#define FIRST_PARAMETER 2000

#define LONG_MAX_COUNT (OPTION_COUNT + PARAMETER_COUNT + PLUGIN_LETTER_COUNT + 1)

/* What getopt_long(3) is called with. */
struct getopt_tables {
    struct option longs[LONG_MAX_COUNT];
    char names[PARAMETER_COUNT][OPTION_NAME_MAX];
    char shorts[3 * (OPTION_COUNT + PLUGIN_LETTER_COUNT) + 3];
    size_t long_count;
    size_t short_length;
};

static void add_long(struct getopt_tables *tables, const char *name, bool takes_value, int code)
{
    tables->longs[tables->long_count++] = (struct option){
        .name = name,
        .has_arg = takes_value ? required_argument : no_argument,
        .val = code,
    };
}

static void add_letter(struct getopt_tables *tables, char letter, bool takes_value)
{
    tables->shorts[tables->short_length++] = letter;
    if (takes_value) {
        tables->shorts[tables->short_length++] = ':';
    }
}

static void tables_make(struct getopt_tables *tables, enum command_set command)
{
    memset(tables, 0, sizeof *tables);
    /* A leading colon has a missing value told apart from an unknown option. */
    tables->shorts[tables->short_length++] = ':';
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_table[i];
        if ((info->commands & command) == 0) {
            continue;
        }
        add_long(tables, info->name, info->argument != NULL, FIRST_OPTION + i);
        if (info->letter != 0) {
            add_letter(tables, info->letter, info->argument != NULL);
        }
    }
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        if (!option_is_parameter(command, (enum parameter_id)i)) {
            continue;
        }
        add_long(tables, option_of_parameter(&parameters[i], tables->names[i]), true,
                 FIRST_PARAMETER + i);
    }
    for (size_t i = 0; command == COMMAND_PLUGIN && i < PLUGIN_LETTER_COUNT; i++) {
        add_letter(tables, plugin_letters[i].letter, true);
        if (plugin_letters[i].alias != NULL) {
            add_long(tables, plugin_letters[i].alias, true,
                     FIRST_PARAMETER + (int)plugin_letters[i].id);
        }
    }
}

static bool list_add(struct options *options, struct option_list *list, const char *value,
                     struct text *why)
{
    if (list->count == OPTION_LIST_MAX) {
        text_append_string(why, "is given too often: accepted is at most 1024 times");
        return false;
    }
    /* Doubling in an arena wastes what it leaves behind, at most as much again. */
    if ((list->count & (list->count - 1)) == 0) {
        uint32_t capacity = list->count == 0 ? 1 : 2 * list->count;
        const char **grown = arena_alloc(&options->arena, capacity * sizeof *grown);
        if (grown == NULL) {
            text_fail(why);
            return false;
        }
        if (list->count > 0) {
            memcpy(grown, list->values, list->count * sizeof *grown);
        }
        list->values = grown;
    }
    list->values[list->count++] = value;
    return true;
}

/* "not accepted: VALUE; accepted is ACCEPTED"; always false. */
static bool refuse(struct text *why, const char *value, const char *accepted)
{
    text_append_string(why, "has the value ");
    text_append_quoted(why, value, strlen(value));
    text_append_strings(why, ": accepted is ", accepted, NULL);
    return false;
}

static bool read_when(enum when *when, const char *value, struct text *why)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            *when = (enum when)i;
            return true;
        }
    }
    return refuse(why, value, "auto, always or never");
}

static bool read_duration(int64_t *ns, const char *value, struct text *why)
{
    if (duration_parse(value, strlen(value), NS_PER_MS, LONGEST_NS, ns) == NUMBER_OK) {
        return true;
    }
    return refuse(why, value,
                  "a duration from 1ms to 8784h (366 days), such as 10, 1.5s, 250ms, 2m or 1h");
}

static bool read_limit(struct options *options, enum limit_id id, const char *value,
                       struct text *why)
{
    return limits_set(&options->limits, id, value, strlen(value)) ||
           refuse(why, value, limit_table[id].accepted);
}

static bool read_concurrency(uint32_t *concurrency, const char *value, struct text *why)
{
    int64_t number = 0;
    if (number_parse_int(value, strlen(value), 1, CONCURRENCY_MAX, &number) != NUMBER_OK) {
        return refuse(why, value, "1-1000000");
    }
    *concurrency = (uint32_t)number;
    return true;
}

_Static_assert(NET_WORKERS_MAX == 64, "what --threads says it accepts");

static bool read_threads(uint32_t *threads, const char *value, struct text *why)
{
    int64_t number = 0;
    bool is_auto = strcmp(value, "auto") == 0;
    if (!is_auto &&
        number_parse_int(value, strlen(value), 1, NET_WORKERS_MAX, &number) != NUMBER_OK) {
        return refuse(why, value, "1-64 or auto");
    }
    *threads = (uint32_t)number;
    return true;
}

static bool read_audit(struct options *options, const char *value, struct text *why)
{
    options->audit = value;
    return value[0] != '\0' || refuse(why, value, "the name of a file, syslog or journal");
}

static bool read_format(struct options *options, const char *value, struct text *why)
{
    options->format = report_format_find(value);
    return options->format != NULL || refuse(why, value, report_format_names());
}

static bool read_refusal(struct options *options, const char *value, struct text *why)
{
    static const char *const names[] = {"ok", "warn", "crit"};
    static const enum nagios_state states[] = {NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            options->refusal = (uint8_t)states[i];
            options->has_refusal = true;
            return true;
        }
    }
    return refuse(why, value, "ok, warn or crit");
}

static bool read_parameter(struct options *options, enum parameter_id id, const char *text,
                           struct text *why)
{
    struct parameter_context context = {&options->arena, &options->naming};
    struct value value = {.type = VALUE_PLAIN, .text = text, .length = strlen(text)};
    return parameter_set(&options->overrides, &parameters[id], &value, &context, why);
}

static bool read_label(struct options *options, const char *value, struct text *why)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value) {
        return refuse(why, value, "KEY=VALUE");
    }
    return list_add(options, &options->label, value, why);
}

/* Options without a value. */
static bool set_flag(struct options *options, enum option_id id, struct text *why)
{
    switch (id) {
    case OPTION_DRY_RUN: options->is_dry_run = true; return true;
    case OPTION_EXPAND_CIDR: options->is_expand_cidr = true; return true;
    case OPTION_SKIP_BAD_LINES: options->is_skip_bad_lines = true; return true;
    case OPTION_IPV4: return read_parameter(options, PARAM_FAMILY, "ipv4", why);
    case OPTION_IPV6: return read_parameter(options, PARAM_FAMILY, "ipv6", why);
    case OPTION_STDIN: options->is_stdin = true; return true;
    case OPTION_SUMMARY: options->is_summary = true; return true;
    case OPTION_QUIET: options->is_quiet = true; return true;
    case OPTION_VERBOSE: options->is_verbose = true; return true;
    case OPTION_HELP: options->is_help = true; return true;
    case OPTION_VERSION: options->is_version = true; return true;
    case OPTION_FORMAT:
    case OPTION_OUTPUT:
    case OPTION_TARGETS:
    case OPTION_ONLY:
    case OPTION_LABEL:
    case OPTION_MAX_TIME:
    case OPTION_CONCURRENCY:
    case OPTION_THREADS:
    case OPTION_RATE:
    case OPTION_HOST_RATE:
    case OPTION_HOST_IN_FLIGHT:
    case OPTION_ALLOW_MANY_PORTS:
    case OPTION_AUDIT:
    case OPTION_RESOLVE:
    case OPTION_FOR:
    case OPTION_REFUSE:
    case OPTION_COLOR:
    case OPTION_PROGRESS:
    case OPTION_COUNT: break;
    }
    return false;
}

static bool set_option(struct options *options, enum option_id id, const char *value,
                       struct text *why)
{
    switch (id) {
    case OPTION_FORMAT: return read_format(options, value, why);
    case OPTION_OUTPUT: options->output = value; return true;
    case OPTION_AUDIT: return read_audit(options, value, why);
    case OPTION_TARGETS: return list_add(options, &options->targets, value, why);
    case OPTION_ONLY: return list_add(options, &options->only, value, why);
    case OPTION_LABEL: return read_label(options, value, why);
    case OPTION_MAX_TIME: return read_duration(&options->max_time_ns, value, why);
    case OPTION_CONCURRENCY: return read_concurrency(&options->concurrency, value, why);
    case OPTION_THREADS: return read_threads(&options->threads, value, why);
    case OPTION_RATE: return read_limit(options, LIMIT_RATE, value, why);
    case OPTION_HOST_RATE: return read_limit(options, LIMIT_HOST_RATE, value, why);
    case OPTION_HOST_IN_FLIGHT: return read_limit(options, LIMIT_HOST_IN_FLIGHT, value, why);
    case OPTION_ALLOW_MANY_PORTS: return read_limit(options, LIMIT_ALLOW_MANY_PORTS, value, why);
    case OPTION_RESOLVE: return list_add(options, &options->resolve, value, why);
    case OPTION_FOR: return read_duration(&options->for_ns, value, why);
    case OPTION_REFUSE: return read_refusal(options, value, why);
    case OPTION_COLOR: return read_when(&options->color, value, why);
    case OPTION_PROGRESS: return read_when(&options->progress, value, why);
    case OPTION_DRY_RUN:
    case OPTION_EXPAND_CIDR:
    case OPTION_SKIP_BAD_LINES:
    case OPTION_IPV4:
    case OPTION_IPV6:
    case OPTION_STDIN:
    case OPTION_SUMMARY:
    case OPTION_QUIET:
    case OPTION_VERBOSE:
    case OPTION_HELP:
    case OPTION_VERSION:
    case OPTION_COUNT: break;
    }
    return set_flag(options, id, why);
}

/* A letter to the number getopt_long returns for its long form. */
static int code_of_letter(enum command_set command, int letter)
{
    for (size_t i = 0; command == COMMAND_PLUGIN && i < PLUGIN_LETTER_COUNT; i++) {
        if (plugin_letters[i].letter == letter) {
            return FIRST_PARAMETER + (int)plugin_letters[i].id;
        }
    }
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (option_table[i].letter == letter && (option_table[i].commands & command) != 0) {
            return FIRST_OPTION + i;
        }
    }
    return letter;
}

static const char *long_name(const struct getopt_tables *tables, int code)
{
    for (size_t i = 0; i < tables->long_count; i++) {
        if (tables->longs[i].val == code) {
            return tables->longs[i].name;
        }
    }
    return "";
}

/* The word is not an option, or is one whose value is missing; always false. */
static bool refuse_word(const struct getopt_tables *tables, int code, const char *word,
                        struct text *why)
{
    /* Of a cluster of letters getopt_long names the one, which `word` may not hold; of a long
     * option it does not. */
    char letter[] = {'-', (char)optopt, '\0'};
    const char *shown = optopt != 0 && optopt < FIRST_OPTION ? letter : word;
    if (code == ':') {
        text_append_strings(why, "option ", shown, " needs a value", NULL);
        return false;
    }
    text_append_string(why, optopt >= FIRST_OPTION ? "an option that takes no value has one: "
                                                   : "unknown option ");
    text_append_quoted(why, shown, strlen(shown));
    const char *names[LONG_MAX_COUNT] = {NULL};
    for (size_t i = 0; i < tables->long_count; i++) {
        names[i] = tables->longs[i].name;
    }
    size_t length = strcspn(shown, "=");
    const char *near =
        optopt == 0 && length > 2 ? suggest_nearest(names, shown + 2, length - 2) : NULL;
    if (near != NULL) {
        text_append_strings(why, ": did you mean --", near, "?", NULL);
    }
    return false;
}

/* "--hold '0' is out of range": what is wrong with a parameter begins with its name, which is the
 * option's but for hyphens. */
static void append_wrong(struct text *why, const char *option, const char *name, const char *wrong)
{
    size_t length = strlen(name);
    bool names_it = length > 0 && strncmp(wrong, name, length) == 0 && wrong[length] == ' ';
    text_append_strings(why, "--", option, names_it ? "" : ": ", names_it ? wrong + length : wrong,
                        NULL);
}

static bool apply(struct options *options, const struct getopt_tables *tables, int code,
                  struct text *why)
{
    struct text detail;
    text_init(&detail, 4096);
    bool is_good =
        code >= FIRST_PARAMETER
            ? read_parameter(options, (enum parameter_id)(code - FIRST_PARAMETER), optarg, &detail)
            : set_option(options, (enum option_id)(code - FIRST_OPTION), optarg, &detail);
    if (!is_good) {
        text_fail_with(why, &detail);
        append_wrong(why, long_name(tables, code),
                     code >= FIRST_PARAMETER ? parameters[code - FIRST_PARAMETER].name : "",
                     text_string(&detail));
    }
    text_fini(&detail);
    return is_good;
}

static void options_init(struct options *options)
{
    memset(options, 0, sizeof *options);
    arena_init(&options->arena);
    service_table_init(&options->services);
    options->naming = (struct naming){&options->services, idna_to_ascii};
    check_init(&options->overrides);
    options->concurrency = CONCURRENCY_DEFAULT;
    options->for_ns = FOR_DEFAULT_NS;
    options->refusal = NAGIOS_CRITICAL;
}

/* Cuts "-- COMMAND..." off, which getopt_long would mix with the arguments. */
static int cut_command(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->command = argv + i + 1;
            argv[i] = NULL;
            return i;
        }
    }
    return argc;
}

bool options_parse(struct options *options, enum command_set command, int argc, char **argv,
                   struct text *why)
{
    options_init(options);
    if (command == COMMAND_WAIT) {
        argc = cut_command(options, argc, argv);
    }
    if (!services_load(&options->services)) {
        text_fail(why);
        return false;
    }
    struct getopt_tables tables;
    tables_make(&tables, command);
    opterr = 0;
    optind = 0;
    for (;;) {
        int code = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
        if (code == -1) {
            break;
        }
        if (code == ':' || code == '?') {
            return refuse_word(&tables, code, argv[optind - 1], why);
        }
        if (!apply(options, &tables, code < FIRST_OPTION ? code_of_letter(command, code) : code,
                   why)) {
            return false;
        }
    }
    options->arguments = argv + optind;
    options->argument_count = (uint32_t)(argc - optind);
    return true;
}

struct limits options_limits(const struct options *options, const struct limits *of_files)
{
    struct limits limits;
    limits_init(&limits);
    if (of_files != NULL) {
        limits_override(&limits, of_files);
    }
    limits_override(&limits, &options->limits);
    return limits;
}

void options_fini(struct options *options)
{
    service_table_fini(&options->services);
    arena_fini(&options->arena);
}
