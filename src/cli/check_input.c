#include "cli/check_input.h"

#include <stdlib.h>

#include "cli/exit.h"
#include "cli/input.h"
#include "cli/say.h"
#include "core/problem.h"
#include "core/text.h"

#define PROBLEMS_MAX_BYTES ((size_t)1024 * 1024)

static void say_problems(const struct problem_list *problems, const char *path, const char *bytes,
                         size_t length)
{
    struct text text;
    text_init(&text, PROBLEMS_MAX_BYTES);
    problem_list_append(&text, problems, input_name(path), bytes, length);
    say_bytes(text_string(&text), text.length);
    text_fini(&text);
}

int check_input_load(struct check_list *file, const char *program, const char *path,
                     const struct options *options)
{
    struct text why;
    text_init(&why, 4096);
    struct problem_list problems;
    problem_list_init(&problems);
    char *bytes = NULL;
    size_t length = 0;
    int exit_code = EXIT_OK;
    if (!input_read(path, CHECK_FILE_MAX_BYTES, &bytes, &length, &why)) {
        say(program, input_name(path), ": ", text_string(&why), NULL);
        exit_code = EXIT_NO_INPUT;
    } else if (!check_file_parse(file, bytes, length, &options->overrides, &options->naming,
                                 &problems)) {
        say_problems(&problems, path, bytes, length);
        exit_code = EXIT_BAD_INPUT;
    }
    free(bytes);
    problem_list_fini(&problems);
    text_fini(&why);
    return exit_code;
}
