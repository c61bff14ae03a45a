#include "cli/run_source.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check_input.h"
#include "cli/exit.h"
#include "cli/say.h"

static enum source_state next_of_files(struct run_source *source, const struct check **check)
{
    while (source->file < source->file_count) {
        struct check_list *file = &source->files[source->file];
        while (source->check < file->count) {
            *check = check_list_at(file, source->check++);
            if (filter_matches(&source->filter, *check)) {
                return SOURCE_CHECK;
            }
        }
        source->file += 1;
        source->check = 0;
    }
    return SOURCE_END;
}

static enum source_state run_next(struct check_source *base, const struct check **check)
{
    struct run_source *source = (struct run_source *)base;
    enum source_state state = next_of_files(source, check);
    while (state == SOURCE_END && source->list < source->list_count) {
        struct list_source *list = &source->lists[source->list];
        state = list->base.next(&list->base, check);
        /* A list that turns out to be wrong is the last that is read. */
        bool is_wrong = state == SOURCE_END && list->exit_code != EXIT_OK;
        source->list = is_wrong ? source->list_count : source->list + (state == SOURCE_END);
    }
    return state;
}

/* Only the checks of lists show a line, and only they are released one by one. */
static void run_release(struct check_source *base, const struct check *check)
{
    struct run_source *source = (struct run_source *)base;
    if (check->shows_line) {
        listed_pool_release(&source->pool, (struct listed_check *)(uintptr_t)check);
    }
}

/* Two files that name different audits leave it open where a check's record is to be found. */
static int keep_audit(struct run_source *source, const char *program, const struct options *options,
                      const struct audit_settings *audit)
{
    bool is_first = source->audit.to == NULL;
    if (audit->to == NULL) {
        return EXIT_OK;
    }
    if (!is_first && options->audit == NULL && strcmp(source->audit.to, audit->to) != 0) {
        say(program, "the audits of two check files differ, ", source->audit.to, " and ", audit->to,
            ": --audit says which", NULL);
        return EXIT_BAD_INPUT;
    }
    source->audit.is_required = audit->is_required || (!is_first && source->audit.is_required);
    source->audit.to = is_first ? audit->to : source->audit.to;
    return EXIT_OK;
}

static int load_files(struct run_source *source, const char *program, const struct options *options)
{
    int exit_code = EXIT_OK;
    for (uint32_t i = 0; i < options->argument_count; i++) {
        struct check_list *file = &source->files[source->file_count++];
        check_list_init(file);
        int code = check_input_load(file, program, options->arguments[i], options);
        if (code == EXIT_OK) {
            code = keep_audit(source, program, options, &file->audit);
        }
        exit_code = exit_code == EXIT_OK ? code : exit_code;
        limits_tighten(&source->limits, &file->limits);
    }
    return exit_code;
}

/* Says what was wrong with a list, and forgets it. */
static void say_why(struct list_source *list)
{
    list_source_sum_up(list);
    say_bytes(text_string(&list->why), list->why.length);
    text_clear(&list->why);
    list->problem_count = 0;
}

static int open_lists(struct run_source *source, const struct options *options, struct net *net)
{
    struct list_source_options list_options = {
        .overrides = &options->overrides,
        .naming = &options->naming,
        .filter = &source->filter,
        .pool = &source->pool,
        .expands = options->is_expand_cidr,
        .skips_bad = options->is_skip_bad_lines,
    };
    int exit_code = EXIT_OK;
    for (uint32_t i = 0; i < options->targets.count; i++) {
        struct list_source *list = &source->lists[source->list_count++];
        int code = list_source_open(list, options->targets.values[i], &list_options, net);
        if (code != EXIT_OK || list->is_validated) {
            say_why(list);
        }
        exit_code = exit_code == EXIT_OK ? code : exit_code;
    }
    return exit_code;
}

/* Standard input can be read once. */
static bool is_stdin_shared(const struct options *options)
{
    int count = 0;
    for (uint32_t i = 0; i < options->argument_count; i++) {
        count += strcmp(options->arguments[i], "-") == 0;
    }
    for (uint32_t i = 0; i < options->targets.count; i++) {
        count += strcmp(options->targets.values[i], "-") == 0;
    }
    return count > 1;
}

int run_source_open(struct run_source *source, const char *program, const struct options *options,
                    struct net *net)
{
    *source = (struct run_source){
        .base = {.next = run_next, .release = run_release},
        .filter = {.only = options->only, .label = options->label},
    };
    listed_pool_init(&source->pool);
    if (options->argument_count == 0 && options->targets.count == 0) {
        say(program, "no check file: accepted is FILE..., - for standard input, or --targets LIST",
            NULL);
        return EXIT_USAGE;
    }
    if (is_stdin_shared(options)) {
        say(program, "standard input (-) is named more than once", NULL);
        return EXIT_USAGE;
    }
    source->files = calloc((size_t)options->argument_count + 1, sizeof *source->files);
    source->lists = calloc((size_t)options->targets.count + 1, sizeof *source->lists);
    if (source->files == NULL || source->lists == NULL) {
        say(program, "memory is short", NULL);
        return EXIT_INTERNAL;
    }
    int of_files = load_files(source, program, options);
    int of_lists = open_lists(source, options, net);
    return of_files != EXIT_OK ? of_files : of_lists;
}

void run_source_close(struct run_source *source)
{
    for (uint32_t i = 0; i < source->file_count; i++) {
        check_list_fini(&source->files[i]);
    }
    for (uint32_t i = 0; i < source->list_count; i++) {
        list_source_close(&source->lists[i]);
    }
    listed_pool_fini(&source->pool);
    free(source->files);
    free(source->lists);
}

void run_source_stop(struct run_source *source)
{
    for (uint32_t i = 0; i < source->list_count; i++) {
        source->lists[i].is_stopped = !source->lists[i].reader.is_regular;
    }
}

uint64_t run_source_count(const struct run_source *source)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < source->file_count; i++) {
        for (size_t j = 0; j < source->files[i].count; j++) {
            count += filter_matches(&source->filter, check_list_at(&source->files[i], j));
        }
    }
    for (uint32_t i = 0; i < source->list_count; i++) {
        if (!source->lists[i].is_counted) {
            return 0;
        }
        count += source->lists[i].check_count;
    }
    return count;
}

struct audit_settings run_source_audit(const struct run_source *source,
                                       const struct options *options)
{
    struct audit_settings audit = source->audit;
    if (options->audit != NULL) {
        audit.is_required = audit.is_required || audit.to == NULL;
        audit.to = options->audit;
    }
    return audit;
}

void run_source_fit(const struct run_source *source, struct report_context *context)
{
    for (uint32_t i = 0; i < source->file_count; i++) {
        for (size_t j = 0; j < source->files[i].count; j++) {
            const struct check *check = check_list_at(&source->files[i], j);
            if (filter_matches(&source->filter, check)) {
                report_context_fit(context, check);
            }
        }
    }
}

int run_source_end(struct run_source *source)
{
    int exit_code = EXIT_OK;
    for (uint32_t i = 0; i < source->list_count; i++) {
        struct list_source *list = &source->lists[i];
        say_why(list);
        bool is_cut = list->is_stopped && !list->is_ended;
        int of_list = is_cut ? EXIT_COULD_NOT_CHECK : list->exit_code;
        exit_code = exit_code < of_list ? of_list : exit_code;
    }
    return exit_code;
}
