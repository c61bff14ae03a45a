/* Each check has memory of its own until it is released, and the next check has it then: a list of
 * any length takes no more than what is under way. */
#include "cli/list_source.h"

#include <stdlib.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/filter.h"
#include "cli/input.h"
#include "cli/listed_check.h"
#include "core/problem.h"
#include "format/target_list.h"

#define WHY_MAX_BYTES     ((size_t)64 * 1024)
#define MESSAGE_MAX_BYTES ((size_t)4096)

static void release(struct list_source *source, struct listed_check *listed)
{
    listed_pool_release(source->pool, listed);
}

static void list_release(struct check_source *base, const struct check *check)
{
    release((struct list_source *)base, (struct listed_check *)(uintptr_t)check);
}

/* Shows a problem with its line at once, since the list is not kept. */
static void add_problem(struct list_source *source, uint32_t column, const char *message,
                        const char *line, size_t length)
{
    if (source->skips_bad && source->is_validated) {
        return;
    }
    source->exit_code = source->skips_bad ? source->exit_code : EXIT_BAD_INPUT;
    source->problem_count += 1;
    if (source->problem_count <= PROBLEMS_MAX) {
        struct problem problem = {.message = message, .line = source->line, .column = column};
        problem_append(&source->why, &problem, input_name(source->path), line, length);
    }
}

static void fail(struct list_source *source, int exit_code, const char *message)
{
    const char *name = input_name(source->path);
    text_append_escaped(&source->why, name, strlen(name));
    text_append_strings(&source->why, ": ", message, "\n", NULL);
    source->exit_code = exit_code;
}

/* A new check without contents; NULL for want of memory, which is said. */
static struct listed_check *new_listed(struct list_source *source)
{
    struct listed_check *listed = listed_pool_take(source->pool);
    if (listed == NULL) {
        fail(source, EXIT_INTERNAL, "memory is short");
    }
    return listed;
}

/* The check of the next line; NULL for a blank or a bad one. */
static struct listed_check *parse(struct list_source *source, const char *line, size_t length)
{
    source->line += 1;
    struct listed_check *listed = new_listed(source);
    if (listed == NULL) {
        return NULL;
    }
    struct text message;
    text_init(&message, MESSAGE_MAX_BYTES);
    uint32_t column = 1;
    const struct target_reader reader = {&listed->arena, source->naming, source->overrides,
                                         source->expands ? &source->block : NULL};
    enum target_line kind = target_list_parse_line(&reader, line, length, source->line,
                                                   &listed->check, &column, &message);
    if (kind == TARGET_LINE_BAD && !text_is_ok(&message)) {
        fail(source, EXIT_INTERNAL, "memory is short");
    } else if (kind == TARGET_LINE_BAD) {
        add_problem(source, column, text_string(&message), line, length);
    }
    text_fini(&message);
    if (kind == TARGET_LINE_CHECK) {
        return listed;
    }
    release(source, listed);
    return NULL;
}

static void fail_to_read(struct list_source *source, int error)
{
    struct text message;
    text_init(&message, MESSAGE_MAX_BYTES);
    text_append_strings(&message, "cannot be read: ", strerror(error), NULL);
    fail(source, EXIT_NO_INPUT, text_string(&message));
    text_fini(&message);
}

static void end_block(struct list_source *source)
{
    if (source->block_first != NULL) {
        release(source, source->block_first);
        source->block_first = NULL;
    }
}

/* The check of the next address of the block; NULL for want of memory, which is said. */
static struct listed_check *next_of_block(struct list_source *source)
{
    struct listed_check *listed = new_listed(source);
    if (listed == NULL) {
        return NULL;
    }
    if (!target_list_expand(&source->block_first->check, &source->block, source->block_next,
                            &listed->arena, &listed->check)) {
        fail(source, EXIT_INTERNAL, "memory is short");
        release(source, listed);
        return NULL;
    }
    source->block_next += 1;
    if (source->block_next == address_block_count(&source->block)) {
        end_block(source);
    }
    return listed;
}

/* The check of the next line, or of the next address of its block. NULL: not from this line. */
static struct listed_check *take_line(struct list_source *source, const char *line, size_t length)
{
    struct listed_check *listed = parse(source, line, length);
    if (listed == NULL || !source->expands || source->block.first.family == FAMILY_ANY) {
        return listed;
    }
    source->block_first = listed;
    source->block_next = 0;
    return next_of_block(source);
}

/* The next check, whatever the filter says; NULL, and then *state is LINE_READY for a line without
 * one. */
static struct listed_check *next_listed(struct list_source *source, enum line_state *state)
{
    const char *line = NULL;
    size_t length = 0;
    *state = LINE_READY;
    if (source->block_first != NULL) {
        return next_of_block(source);
    }
    *state = line_reader_next(&source->reader, &line, &length);
    return *state == LINE_READY ? take_line(source, line, length) : NULL;
}

/* The next check that the filter lets through. */
static enum source_state next_match(struct list_source *source, const struct check **check)
{
    enum line_state state = LINE_READY;
    while (state == LINE_READY && source->exit_code == EXIT_OK) {
        struct listed_check *listed = next_listed(source, &state);
        if (listed != NULL && filter_matches(source->filter, &listed->check)) {
            *check = &listed->check;
            return SOURCE_CHECK;
        }
        if (listed != NULL) {
            release(source, listed);
        }
    }
    if (state == LINE_FAILED) {
        fail_to_read(source, source->reader.error);
    }
    source->is_ended = state == LINE_END;
    return state == LINE_WAIT ? SOURCE_WAIT : SOURCE_END;
}

static enum source_state list_next(struct check_source *base, const struct check **check)
{
    struct list_source *source = (struct list_source *)base;
    if (source->is_stopped || source->is_ended || source->exit_code != EXIT_OK) {
        return SOURCE_END;
    }
    return next_match(source, check);
}

/* Which addresses of a block the filter lets through is not worth finding out. */
static void count(struct list_source *source, const struct check *check)
{
    bool is_block = source->expands && source->block.first.family != FAMILY_ANY;
    if (!is_block) {
        source->check_count += filter_matches(source->filter, check);
    } else if (filter_is_empty(source->filter)) {
        source->check_count += address_block_count(&source->block);
    } else {
        source->is_counted = false;
    }
}

/* Parses all of a regular file, for its problems and their number only, so that it is known to
 * be right before anything is connected to. */
static void validate(struct list_source *source)
{
    const char *line = NULL;
    size_t length = 0;
    enum line_state state = LINE_READY;
    source->is_counted = true;
    while ((state = line_reader_next(&source->reader, &line, &length)) == LINE_READY) {
        struct listed_check *listed = parse(source, line, length);
        if (listed != NULL) {
            count(source, &listed->check);
            release(source, listed);
        }
    }
    int error = state == LINE_FAILED ? source->reader.error : -line_reader_rewind(&source->reader);
    if (error != 0) {
        fail_to_read(source, error);
    }
    source->line = 0;
    source->is_validated = true;
}

static void open_reader(struct list_source *source, struct net *net)
{
    struct text why;
    text_init(&why, MESSAGE_MAX_BYTES);
    int fd = input_open(source->path, &why);
    if (fd < 0) {
        fail(source, EXIT_NO_INPUT, text_string(&why));
    } else {
        int error = line_reader_init(&source->reader, fd, net);
        if (error != 0) {
            fail(source, EXIT_INTERNAL, strerror(-error));
        }
    }
    text_fini(&why);
}

int list_source_open(struct list_source *source, const char *path,
                     const struct list_source_options *options, struct net *net)
{
    *source = (struct list_source){
        .base = {.next = list_next, .release = list_release},
        .path = path,
        .overrides = options->overrides,
        .naming = options->naming,
        .filter = options->filter,
        .pool = options->pool,
        .expands = options->expands,
        .skips_bad = options->skips_bad,
        .reader = {.fd = -1, .stop_fd = -1},
    };
    text_init(&source->why, WHY_MAX_BYTES);
    open_reader(source, net);
    if (source->exit_code == EXIT_OK && source->reader.is_regular) {
        validate(source);
    }
    return source->exit_code;
}

void list_source_close(struct list_source *source)
{
    end_block(source);
    line_reader_fini(&source->reader);
    text_fini(&source->why);
}

/* "LIST: 3 bad lines were skipped", or "... and 3 more". */
void list_source_sum_up(struct list_source *source)
{
    const char *name = input_name(source->path);
    if (source->skips_bad && source->problem_count > 0) {
        text_append_escaped(&source->why, name, strlen(name));
        text_append_string(&source->why, ": ");
        text_append_int(&source->why, (int64_t)source->problem_count);
        text_append_strings(&source->why,
                            source->problem_count == 1 ? " bad line was" : " bad lines were",
                            " skipped\n", NULL);
    } else if (source->problem_count > PROBLEMS_MAX) {
        text_append_string(&source->why, "... and ");
        text_append_int(&source->why, (int64_t)(source->problem_count - PROBLEMS_MAX));
        text_append_string(&source->why, " more\n");
    }
}
