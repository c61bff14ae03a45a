/* The subcommands, one file each. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "net/net.h"

#define PROGRAM "tcpcheck"

struct command {
    const char *name;  /* NULL: tcpcheck HOST PORT */
    const char *usage; /* what follows "usage: " */
    const char *summary;
    enum command_set set;
    /* Runs with options that were parsed, and returns an exit code. */
    int (*run)(const struct command *command, struct options *options);
};

extern const struct command command_check;
extern const struct command command_run;
extern const struct command command_wait;
extern const struct command command_lint;
extern const struct command command_schema;
extern const struct command command_explain;

/* check_tcp_connection. */
int plugin_main(int argc, char **argv);

/* Says what is wrong with the command line and how to get help; EXIT_USAGE. */
int command_misuse(const struct command *command, const char *why);

/* The same of what parsing said; where that was want of memory, EXIT_INTERNAL. */
int command_refuse(const struct command *command, const struct text *why);
/* What a text says; where there was no memory for it, that. */
const char *command_why(const struct text *why);

/* What every command that connects begins with: a net with the pins of --resolve, and the policy of
 * this host in the options; what is wrong is said. EXIT_OK or an exit code. */
int command_open_net(const struct command *command, struct options *options, struct net **net);

/* Writes to standard output; EXIT_OK, or EXIT_BAD_OUTPUT with a line on stderr. */
int command_print(const char *program, const struct text *text);

#endif
