/* The table itself, and what is printed of it. */
#include "cli/option_table.h"

#include <string.h>

#include "core/text.h"

const struct option_info option_table[OPTION_COUNT] = {
    [OPTION_FORMAT] = {"format", "FORMAT",
                       "text, json, jsonl, csv, junit, tap, prometheus or nagios", 'f', RUNS, NULL},
    [OPTION_OUTPUT] = {"output", "FILE", "write there instead of to standard output", 'o', RUNS,
                       NULL},
    [OPTION_TARGETS] = {"targets", "LIST",
                        "a plain list of targets, one a line; - is standard input", 0, COMMAND_RUN,
                        NULL},
    [OPTION_EXPAND_CIDR] = {"expand-cidr", NULL,
                            "check every address of a block (10.0.0.0/24) in a list of targets", 0,
                            COMMAND_RUN, NULL},
    [OPTION_SKIP_BAD_LINES] = {"skip-bad-lines", NULL,
                               "show and skip the bad lines of lists of targets", 0, COMMAND_RUN,
                               NULL},
    [OPTION_ONLY] = {"only", "GLOB", "only the checks whose name matches; may be repeated", 0,
                     COMMAND_RUN, NULL},
    [OPTION_LABEL] = {"label", "KEY=VALUE", "only the checks with this label; may be repeated", 0,
                      COMMAND_RUN, NULL},
    [OPTION_MAX_TIME] = {"max-time", "DURATION", "end the run after this long", 0, RUNS, NULL},
    [OPTION_DRY_RUN] = {"dry-run", NULL, "show what would be checked, and connect to nothing", 'n',
                        RUNS, NULL},
    [OPTION_CONCURRENCY] = {"concurrency", "N", "checks under way at once (256)", 'c', RUNS, NULL},
    [OPTION_THREADS] = {"threads", "N|auto", "threads that make connections (auto)", 0, RUNS, NULL},
    [OPTION_RATE] = {"rate", "N/s", "connections a second, or unlimited (1000/s)", 0,
                     RUNS | COMMAND_WAIT, NULL},
    [OPTION_HOST_RATE] = {"host-rate", "N/s",
                          "connections a second to one address, or unlimited (20/s)", 0,
                          RUNS | COMMAND_WAIT, NULL},
    [OPTION_HOST_IN_FLIGHT] = {"host-in-flight", "N",
                               "connections at once to one address, or unlimited (8)", 0,
                               RUNS | COMMAND_WAIT, NULL},
    [OPTION_ALLOW_MANY_PORTS] = {"allow-many-ports", "N",
                                 "distinct ports of one address in a run, or unlimited (16)", 0,
                                 RUNS | COMMAND_WAIT, NULL},
    [OPTION_AUDIT] = {"audit", "FILE|syslog|journal", "leave a record of every attempt there", 0,
                      RUNS, NULL},
    [OPTION_RESOLVE] = {"resolve", "NAME:ADDRESS[,ADDRESS...]",
                        "have NAME mean these addresses; may be repeated", 0, CONNECTS, NULL},
    [OPTION_FOR] = {"for", "DURATION", "how long to wait in all (60s)", 0, COMMAND_WAIT, NULL},
    [OPTION_IPV4] = {"ipv4", NULL, "the same as --family ipv4", '4', CONNECTS, NULL},
    [OPTION_IPV6] = {"ipv6", NULL, "the same as --family ipv6", '6', CONNECTS, NULL},
    [OPTION_REFUSE] = {"refuse", "ok|warn|crit", "what a refused connection counts as (crit)", 'r',
                       COMMAND_PLUGIN, NULL},
    [OPTION_STDIN] = {"stdin", NULL, "read one check as a JSON object, print one JSON result", 0,
                      COMMAND_PLUGIN, NULL},
    [OPTION_COLOR] = {"color", "auto|always|never", "colours in text", 0, RUNS, NULL},
    [OPTION_PROGRESS] = {"progress", "auto|always|never", "a line of progress on standard error", 0,
                         RUNS, NULL},
    [OPTION_SUMMARY] = {"summary", NULL,
                        "after the run, a table of response times by class and a histogram", 0,
                        RUNS, NULL},
    [OPTION_QUIET] = {"quiet", NULL, "say only what failed", 'q',
                      RUNS | COMMAND_WAIT | COMMAND_LINT, NULL},
    [OPTION_VERBOSE] = {"verbose", NULL, "show every attempt and address", 'v',
                        RUNS | COMMAND_PLUGIN, "print the result as JSON, too, on a second line"},
    [OPTION_HELP] = {"help", NULL, "show this help", 'h', EVERYWHERE, NULL},
    [OPTION_VERSION] = {"version", NULL, "show the version", 'V', EVERYWHERE, NULL},
};

const struct plugin_letter plugin_letters[PLUGIN_LETTER_COUNT] = {
    {PARAM_HOST, 'H', "hostname"}, {PARAM_PORT, 'p', NULL},     {PARAM_TIMEOUT, 't', NULL},
    {PARAM_WARNING, 'w', NULL},    {PARAM_CRITICAL, 'c', NULL},
};

const char *option_of_parameter(const struct parameter *parameter, char name[OPTION_NAME_MAX])
{
    size_t i = 0;
    for (; parameter->name[i] != '\0' && i + 1 < OPTION_NAME_MAX; i++) {
        name[i] = parameter->name[i] == '_' ? '-' : parameter->name[i];
    }
    name[i] = '\0';
    return name;
}

/* `wait` waits for open ports, whatever their speed, as often as it takes. */
bool option_is_parameter(enum command_set command, enum parameter_id id)
{
    bool is_meaningless =
        id == PARAM_ATTEMPTS || id == PARAM_EXPECT || id == PARAM_WARNING || id == PARAM_CRITICAL;
    return (command & CONNECTS) != 0 && !(command == COMMAND_WAIT && is_meaningless);
}

char option_letter(enum command_set command, enum parameter_id id)
{
    for (size_t i = 0; command == COMMAND_PLUGIN && i < PLUGIN_LETTER_COUNT; i++) {
        if (plugin_letters[i].id == id) {
            return plugin_letters[i].letter;
        }
    }
    return 0;
}

#define HELP_COLUMN 34
#define HELP_WIDTH  80

static void append_blanks(struct text *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_append_char(text, ' ');
    }
}

/* Words from `column` on, in the columns that help has for meanings. */
static void append_words(struct text *text, const char *words, size_t column)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
            text_append_char(text, '\n');
            append_blanks(text, HELP_COLUMN);
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            text_append_char(text, ' ');
            column += 1;
        }
        text_append(text, words, length);
        column += length;
        words += length + (words[length] == ' ' ? 1 : 0);
    }
    text_append_char(text, '\n');
}

/* "  -f, --format FORMAT            meaning (values)". */
static void append_line(struct text *text, char letter, const char *name, const char *argument,
                        const char *meaning, const char *values)
{
    size_t start = text->length;
    const char letters[] = {'-', letter, ',', ' ', '\0'};
    text_append_strings(text, "  ", letter != 0 ? letters : "    ", "--", name, NULL);
    if (argument != NULL) {
        text_append_strings(text, " ", argument, NULL);
    }
    size_t column = text->length - start;
    if (column >= HELP_COLUMN) {
        text_append_char(text, '\n');
        column = 0;
    }
    append_blanks(text, HELP_COLUMN - column);
    struct text words;
    text_init(&words, 4096);
    text_append_string(&words, meaning);
    if (values != NULL) {
        text_append_strings(&words, " (", values, ")", NULL);
    }
    text_fail_with(text, &words);
    append_words(text, text_string(&words), HELP_COLUMN);
    text_fini(&words);
}

/* "any, all or race; default any": what stands behind the meaning, if anything. */
static void append_values(struct text *words, const struct parameter *parameter)
{
    const char *const *choices = parameter->choices;
    for (size_t i = 0; choices != NULL && choices[i] != NULL; i++) {
        const char *separator = choices[i + 1] == NULL ? " or " : ", ";
        text_append_strings(words, i == 0 ? "" : separator, choices[i], NULL);
    }
    if (parameter->default_text != NULL) {
        text_append_strings(words, choices != NULL ? "; default " : "", parameter->default_text,
                            NULL);
    }
}

static void append_parameter(struct text *text, enum command_set command,
                             const struct parameter *parameter)
{
    char name[OPTION_NAME_MAX];
    struct text values;
    text_init(&values, 4096);
    append_values(&values, parameter);
    text_fail_with(text, &values);
    append_line(text, option_letter(command, parameter->id), option_of_parameter(parameter, name),
                parameter->argument, parameter->meaning,
                values.length > 0 ? text_string(&values) : NULL);
    text_fini(&values);
}

void options_append_help(struct text *text, enum command_set command)
{
    if ((command & CONNECTS) != 0) {
        text_append_string(text, "Parameters of the check:\n");
        for (int i = 0; i < PARAMETER_COUNT; i++) {
            if (option_is_parameter(command, (enum parameter_id)i)) {
                append_parameter(text, command, &parameters[i]);
            }
        }
        text_append_string(text, "\n");
    }
    text_append_string(text, "Options:\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_table[i];
        if ((info->commands & command) != 0) {
            bool is_other = command == COMMAND_PLUGIN && info->plugin_meaning != NULL;
            append_line(text, info->letter, info->name, info->argument,
                        is_other ? info->plugin_meaning : info->meaning, NULL);
        }
    }
}
