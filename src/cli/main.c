/* tcpcheck, and check_tcp_connection: the same program under another name. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/exit.h"
#include "cli/output.h"
#include "cli/runner.h"
#include "cli/say.h"
#include "cli/signals.h"
#include "cli/system_policy.h"
#include "tcpcheck.h"

#define WHY_MAX_BYTES  ((size_t)64 * 1024)
#define HELP_MAX_BYTES ((size_t)64 * 1024)

static const struct command *const commands[] = {
    &command_run, &command_wait, &command_lint, &command_schema, &command_explain,
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

int command_misuse(const struct command *command, const char *why)
{
    if (command->name == NULL) {
        say(PROGRAM, why, " (tcpcheck --help shows how)", NULL);
    } else {
        say(PROGRAM, command->name, ": ", why, " (tcpcheck ", command->name, " --help shows how)",
            NULL);
    }
    return EXIT_USAGE;
}

const char *command_why(const struct text *why)
{
    return text_is_ok(why) ? text_string(why) : "memory is short";
}

int command_refuse(const struct command *command, const struct text *why)
{
    if (text_is_ok(why)) {
        return command_misuse(command, text_string(why));
    }
    say(PROGRAM, command_why(why), NULL);
    return EXIT_INTERNAL;
}

int command_open_net(const struct command *command, struct options *options, struct net **net)
{
    if (!system_policy_load(options, PROGRAM)) {
        return EXIT_BAD_INPUT;
    }
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    bool is_usage = false;
    int exit_code = EXIT_OK;
    if (!runner_open_net(net, options, &is_usage, &why)) {
        exit_code = is_usage ? command_refuse(command, &why) : EXIT_INTERNAL;
    }
    if (exit_code == EXIT_INTERNAL) {
        say(PROGRAM, command_why(&why), NULL);
    }
    text_fini(&why);
    return exit_code;
}

int command_print(const char *program, const struct text *text)
{
    struct output output = {.fd = STDOUT_FILENO};
    if (!text_is_ok(text)) {
        say(program, "memory is short", NULL);
        return EXIT_INTERNAL;
    }
    int error = output_write(&output, text_string(text), text->length);
    if (error != 0) {
        say(program, output_name(&output), " cannot be written: ", strerror(error), NULL);
        return EXIT_BAD_OUTPUT;
    }
    return EXIT_OK;
}

static void append_commands(struct text *text)
{
    text_append_string(text, "Commands (tcpcheck COMMAND --help):\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        text_append_strings(text, "  ", commands[i]->name, NULL);
        for (size_t width = strlen(commands[i]->name); width < 10; width++) {
            text_append_char(text, ' ');
        }
        text_append_strings(text, commands[i]->summary, "\n", NULL);
    }
    text_append_string(text, "\n");
}

static int print_help(const struct command *command)
{
    struct text text;
    text_init(&text, HELP_MAX_BYTES);
    text_append_strings(&text, "usage: ", command->usage, "\n\n", command->summary, "\n\n", NULL);
    if (command->name == NULL) {
        append_commands(&text);
    }
    options_append_help(&text, command->set);
    int exit_code = command_print(PROGRAM, &text);
    text_fini(&text);
    return exit_code;
}

static int print_version(void)
{
    struct text text;
    text_init(&text, HELP_MAX_BYTES);
    text_append_string(&text, "tcpcheck " TCPCHECK_VERSION "\n");
    int exit_code = command_print(PROGRAM, &text);
    text_fini(&text);
    return exit_code;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    int exit_code = EXIT_OK;
    if (!options_parse(&options, command->set, argc, argv, &why)) {
        exit_code = command_refuse(command, &why);
    } else if (options.is_help) {
        exit_code = print_help(command);
    } else if (options.is_version) {
        exit_code = print_version();
    } else {
        exit_code = command->run(command, &options);
    }
    text_fini(&why);
    options_fini(&options);
    return exit_code;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

/* A program started with a standard descriptor closed would give its number to
 * a socket, and print into a connection. Each is opened the wrong way round: what is read from
 * or written to a closed one is to fail, and not to vanish. */
static int open_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return -1;
        }
    }
    return 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

int main(int argc, char **argv)
{
    if (argc < 1 || open_standard_descriptors() != 0) {
        return EXIT_INTERNAL;
    }
    signals_ignore_pipe();
    if (strcmp(base_name(argv[0]), "check_tcp_connection") == 0) {
        return plugin_main(argc, argv);
    }
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (command != NULL) {
        return run_command(command, argc - 1, argv + 1);
    }
    return run_command(&command_check, argc, argv);
}
