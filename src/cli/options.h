/* The command line of every subcommand, from one table of options and the
 * table of parameters. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/limits.h"
#include "core/parameter.h"
#include "core/policy.h"
#include "core/service.h"
#include "core/text.h"
#include "format/report.h"

/* Which programs and subcommands take an option: a set of these. */
enum command_set {
    COMMAND_CHECK = 1 << 0, /* tcpcheck HOST PORT */
    COMMAND_RUN = 1 << 1,
    COMMAND_WAIT = 1 << 2,
    COMMAND_LINT = 1 << 3,
    COMMAND_SCHEMA = 1 << 4,
    COMMAND_EXPLAIN = 1 << 5,
    COMMAND_PLUGIN = 1 << 6, /* check_tcp_connection */
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

#define OPTION_LIST_MAX 1024

/* The values of an option that may be given several times. */
struct option_list {
    const char **values;
    uint32_t count;
};

/* What was asked for. Strings are argv's or the arena's. */
struct options {
    struct arena arena;
    struct service_table services;
    struct naming naming;               /* of those services, and of hosts */
    struct check overrides;             /* the parameters given as options */
    const struct report_format *format; /* NULL: the command's own */
    const char *output;                 /* NULL: standard output */
    const char *audit;                  /* NULL: what check files say */
    struct option_list targets;
    struct option_list only;
    struct option_list label;
    struct option_list resolve;
    struct limits limits;        /* as far as given */
    const struct policy *policy; /* the system's: system_policy_load() */
    bool has_refusal;
    bool is_dry_run;
    bool is_summary;
    bool is_expand_cidr;
    bool is_skip_bad_lines;
    bool is_quiet;
    bool is_verbose;
    bool is_stdin; /* the plugin's --stdin */
    bool is_help;
    bool is_version;
    uint8_t refusal; /* enum nagios_state: the plugin's -r */
    enum when color;
    enum when progress;
    uint32_t concurrency;
    uint32_t threads;    /* 0: auto */
    int64_t max_time_ns; /* 0: none */
    int64_t for_ns;      /* wait */
    char **arguments;    /* what is not an option */
    uint32_t argument_count;
    char **command; /* wait: what follows "--", ended by NULL; NULL: there was no "--" */
};

/* Reads argv[1..]; arguments may be mixed with options. False: `why` says what is wrong, the
 * value and what is accepted. options_fini() is needed in either case. */
bool options_parse(struct options *options, enum command_set command, int argc, char **argv,
                   struct text *why);
void options_fini(struct options *options);

/* What holds: built-in < check files (as far as given; may be NULL) < options. */
struct limits options_limits(const struct options *options, const struct limits *of_files);

/* The parameters and options of a command as aligned lines, for --help. */
void options_append_help(struct text *text, enum command_set command);

#endif
