/* The options of the programs, beside those that are parameters of a check. */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"
#include "core/parameter.h"

enum option_id {
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_TARGETS,
    OPTION_EXPAND_CIDR,
    OPTION_SKIP_BAD_LINES,
    OPTION_ONLY,
    OPTION_LABEL,
    OPTION_MAX_TIME,
    OPTION_DRY_RUN,
    OPTION_CONCURRENCY,
    OPTION_THREADS,
    OPTION_RATE,
    OPTION_HOST_RATE,
    OPTION_HOST_IN_FLIGHT,
    OPTION_ALLOW_MANY_PORTS,
    OPTION_AUDIT,
    OPTION_RESOLVE,
    OPTION_FOR,
    OPTION_IPV4,
    OPTION_IPV6,
    OPTION_REFUSE,
    OPTION_STDIN,
    OPTION_COLOR,
    OPTION_PROGRESS,
    OPTION_SUMMARY,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

#define RUNS       (COMMAND_CHECK | COMMAND_RUN)
#define CONNECTS   (RUNS | COMMAND_WAIT | COMMAND_PLUGIN)
#define EVERYWHERE (CONNECTS | COMMAND_LINT | COMMAND_SCHEMA | COMMAND_EXPLAIN)

struct option_info {
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *meaning;
    char letter; /* 0: none */
    unsigned commands;
    const char *plugin_meaning; /* what it means to the plugin; NULL: the same */
};

extern const struct option_info option_table[OPTION_COUNT];

/* The plugin's letters for parameters: those of the Monitoring Plugins. */
struct plugin_letter {
    enum parameter_id id;
    char letter;
    const char *alias; /* a second long name, or NULL */
};

#define PLUGIN_LETTER_COUNT 5
extern const struct plugin_letter plugin_letters[PLUGIN_LETTER_COUNT];

#define OPTION_NAME_MAX 32

/* The long option of a parameter, without its hyphens in front; written to
 * `name` and returned. */
const char *option_of_parameter(const struct parameter *parameter, char name[OPTION_NAME_MAX]);

/* Whether a parameter is an option of this command. */
bool option_is_parameter(enum command_set command, enum parameter_id id);

/* The letter of a parameter in this command, or 0. */
char option_letter(enum command_set command, enum parameter_id id);

#endif
