/* tcpcheck schema: the JSON Schema of check files, for editors. */
#include "cli/command.h"
#include "format/schema.h"

#define SCHEMA_MAX_BYTES ((size_t)1024 * 1024)

static int run(const struct command *command, struct options *options)
{
    if (options->argument_count > 0) {
        return command_misuse(command, "takes no arguments");
    }
    struct text text;
    text_init(&text, SCHEMA_MAX_BYTES);
    schema_append(&text);
    int exit_code = command_print(PROGRAM, &text);
    text_fini(&text);
    return exit_code;
}

const struct command command_schema = {
    .name = "schema",
    .usage = "tcpcheck schema",
    .summary = "Prints the JSON Schema (draft-07) of check files, for editors.",
    .set = COMMAND_SCHEMA,
    .run = run,
};
