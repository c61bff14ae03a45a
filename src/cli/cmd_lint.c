/* tcpcheck lint: whether check files are right, without running them. */
#include "cli/check_input.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/input.h"

#include <string.h>

#define LINE_MAX_BYTES ((size_t)64 * 1024)

/* "FILE: 5 checks", for the files that are right. */
static int print_count(const char *path, size_t count)
{
    struct text line;
    text_init(&line, LINE_MAX_BYTES);
    text_append_escaped(&line, input_name(path), strlen(input_name(path)));
    text_append_string(&line, ": ");
    text_append_int(&line, (int64_t)count);
    text_append_string(&line, count == 1 ? " check\n" : " checks\n");
    int exit_code = command_print(PROGRAM, &line);
    text_fini(&line);
    return exit_code;
}

static int lint_file(const char *path, const struct options *options)
{
    struct check_list file;
    check_list_init(&file);
    int exit_code = check_input_load(&file, PROGRAM, path, options);
    if (exit_code == EXIT_OK && !options->is_quiet) {
        exit_code = print_count(path, file.count);
    }
    check_list_fini(&file);
    return exit_code;
}

static int run(const struct command *command, struct options *options)
{
    if (options->argument_count == 0) {
        return command_misuse(command, "no check file: accepted is FILE..., or - for standard "
                                       "input");
    }
    int exit_code = EXIT_OK;
    for (uint32_t i = 0; i < options->argument_count; i++) {
        int code = lint_file(options->arguments[i], options);
        exit_code = exit_code == EXIT_OK ? code : exit_code;
    }
    return exit_code;
}

const struct command command_lint = {
    .name = "lint",
    .usage = "tcpcheck lint [OPTION...] FILE...|-",
    .summary = "Says what is wrong with check files, without running them.",
    .set = COMMAND_LINT,
    .run = run,
};
