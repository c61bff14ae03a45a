/* tcpcheck wait: until every target opens; then the command, if there is one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/exit.h"
#include "cli/named_targets.h"
#include "cli/runner.h"
#include "cli/say.h"
#include "cli/signals.h"
#include "core/duration.h"
#include "core/result.h"

#define WHY_MAX_BYTES ((size_t)8192)

/* Says what came of each target as it comes. */
struct wait_sink {
    struct sink sink; /* first, so that a sink is its wait_sink */
    struct check_source *source;
    size_t open_count;
    size_t target_count;
    bool is_quiet;
};

static void append_result(struct text *text, const struct result *result)
{
    check_append_name(text, result->check);
    if (result->is_success) {
        text_append_string(text, " is open after ");
    } else {
        /* Cancelled is what we did; that nothing had answered by then is what is known. */
        enum tcpcheck_outcome known = result_last_known(result);
        const char *message = result_message(known, result_decisive(result));
        text_append_strings(
            text, " is not open: ", known == TCPCHECK_CANCELLED ? "no answer yet" : message,
            ", after ", NULL);
    }
    text_append_seconds(text, result->total_time_ns, 1);
    text_append_string(text, " s, ");
    text_append_int(text, result->attempt_count);
    text_append_string(text, result->attempt_count == 1 ? " attempt" : " attempts");
}

static void take_result(struct wait_sink *sink, struct result *result)
{
    sink->open_count += result->is_success ? 1 : 0;
    if (!sink->is_quiet || !result->is_success) {
        struct text text;
        text_init(&text, WHY_MAX_BYTES);
        append_result(&text, result);
        say("tcpcheck wait", command_why(&text), NULL);
        text_fini(&text);
    }
    engine_free_result(sink->source, result);
}

static uint32_t wait_offer(struct sink *base, struct result *const *results, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        take_result((struct wait_sink *)base, results[i]);
    }
    return count;
}

static enum sink_state wait_state(struct sink *base)
{
    (void)base;
    return SINK_GOOD;
}

static void wait_report(struct sink *base)
{
    const struct wait_sink *sink = (const struct wait_sink *)base;
    struct text text;
    text_init(&text, WHY_MAX_BYTES);
    text_append_int(&text, (int64_t)sink->open_count);
    text_append_string(&text, " of ");
    text_append_int(&text, (int64_t)sink->target_count);
    say("tcpcheck wait", command_why(&text), " open so far", NULL);
    text_fini(&text);
}

static int wait_for(const struct options *options, const struct named_targets *targets,
                    struct net *net)
{
    struct array_source source;
    array_source_init(&source, targets->checks, targets->count);
    struct wait_sink sink = {
        .sink = {.offer = wait_offer, .state = wait_state, .report = wait_report},
        .source = &source.base,
        .target_count = targets->count,
        .is_quiet = options->is_quiet,
    };
    struct runner_options runner_options = {
        /* One that does not open gives its place to nobody. */
        .concurrency = (uint32_t)targets->count,
        .limits = options_limits(options, NULL),
        .policy = options->policy,
        .max_time_ns = options->for_ns,
        .is_endless = true,
    };
    enum run_end end = RUN_COMPLETE;
    signals_watch_report();
    signals_watch(net);
    int error = runner_run(net, &source.base, &sink.sink, &runner_options, &end);
    signals_restore();
    if (error != 0) {
        say(PROGRAM, "cannot start: ", strerror(-error), NULL);
        return EXIT_INTERNAL;
    }
    /* Whatever `end` says: a signal that came after the last look must not see COMMAND start. */
    if (signals_have_come()) {
        return signals_exit_code();
    }
    if (sink.open_count == targets->count) {
        return EXIT_OK;
    }
    /* In time, and yet not open: our own rules forbid a target. */
    return end == RUN_COMPLETE ? EXIT_COULD_NOT_CHECK : EXIT_OUT_OF_TIME;
}

/* Does not come back unless the command cannot be run. */
static int run_command(char **words)
{
    execvp(words[0], words);
    int error = errno;
    say("tcpcheck wait", words[0], " cannot be run: ", strerror(error), NULL);
    /* As shells say it: found but not to be run, or not found. */
    return error == ENOENT ? 127 : 126;
}

/* Waits, with nothing left behind that the command would inherit: runner_run() raises the limit
 * on open files, which programs that use select(2) must not have. */
static int wait_unseen(const struct options *options, const struct named_targets *targets,
                       struct net *net)
{
    struct rlimit files;
    bool is_known = getrlimit(RLIMIT_NOFILE, &files) == 0;
    int exit_code = wait_for(options, targets, net);
    if (is_known) {
        setrlimit(RLIMIT_NOFILE, &files);
    }
    return exit_code;
}

static int run(const struct command *command, struct options *options)
{
    if (options->command != NULL && options->command[0] == NULL) {
        return command_misuse(command, "no command follows --: accepted is -- COMMAND...");
    }
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    struct named_targets targets = {0};
    struct net *net = NULL;
    int exit_code = EXIT_OK;
    if (!named_targets_parse(&targets, options, &why)) {
        exit_code = command_refuse(command, &why);
    } else {
        exit_code = command_open_net(command, options, &net);
    }
    if (exit_code == EXIT_OK) {
        exit_code = wait_unseen(options, &targets, net);
    }
    net_destroy(net);
    text_fini(&why);
    if (exit_code == EXIT_OK && options->command != NULL) {
        signals_restore_pipe();
        exit_code = run_command(options->command);
    }
    return exit_code;
}

const struct command command_wait = {
    .name = "wait",
    .usage = "tcpcheck wait [OPTION...] HOST:PORT... [-- COMMAND...]",
    .summary = "Waits until every target can be connected to; then runs COMMAND.",
    .set = COMMAND_WAIT,
    .run = run,
};
