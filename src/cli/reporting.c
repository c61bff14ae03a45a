#include "cli/reporting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/signals.h"
#include "cli/threads.h"
#include "cli/writer.h"
#include "format/summary.h"
#include "net/wall_clock.h"

#define WHY_MAX_BYTES   ((size_t)8192)
#define TABLE_MAX_BYTES ((size_t)64 * 1024)

/* https://no-color.org: set to anything but the empty string. */
static bool is_colored(const struct options *options)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    switch (options->color) {
    case WHEN_ALWAYS: return true;
    case WHEN_NEVER: return false;
    case WHEN_AUTO: break;
    }
    return (no_color == NULL || no_color[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0) && options->output == NULL &&
           isatty(STDOUT_FILENO) == 1;
}

static int exit_of_end(enum run_end end, const struct report_format *format,
                       const struct tally *tally)
{
    switch (end) {
    case RUN_SIGNALLED: return signals_exit_code();
    case RUN_SINK_FAILED: return EXIT_BAD_OUTPUT;
    case RUN_COMPLETE:
    case RUN_SINK_ENDED:
    case RUN_OUT_OF_TIME: break;
    }
    return format->exit_code != NULL ? format->exit_code(tally) : tally_exit_code(tally);
}

static int say_output_failed(const struct output *output, int error)
{
    say(PROGRAM, output_name(output), " cannot be written: ", strerror(error), NULL);
    return EXIT_BAD_OUTPUT;
}

/* The audit was required and is not whole. */
static int say_audit_failed(const struct audit *audit)
{
    struct text lost;
    text_init(&lost, WHY_MAX_BYTES);
    text_append_int(&lost, (int64_t)audit->lost);
    say(PROGRAM, "--audit: ", audit->name, " cannot be written: ", strerror(audit->error), "; ",
        text_string(&lost), audit->lost == 1 ? " record is" : " records are",
        " lost, and the run was stopped", NULL);
    text_fini(&lost);
    return EXIT_BAD_OUTPUT;
}

static struct report_context context_of(const struct reporting *reporting)
{
    const struct options *options = reporting->options;
    struct report_context context = reporting->context;
    context.wall_offset_ns = wall_clock_offset_ns();
    context.limits = reporting->limits;
    context.is_colored = is_colored(options);
    context.is_verbose = options->is_verbose;
    context.is_quiet = options->is_quiet;
    return context;
}

/* Where the format is for machines, the table goes beside it. */
static void say_times(const struct run_times *times)
{
    struct text text;
    text_init(&text, TABLE_MAX_BYTES);
    summary_append_times(&text, times);
    say_bytes(text_string(&text), text.length);
    text_fini(&text);
}

/* Runs, and ends the writer. Returns an exit code. */
static int run_into(struct writer *writer, const struct reporting *reporting)
{
    const struct options *options = reporting->options;
    struct runner_options runner_options = {
        .concurrency = options->concurrency,
        .threads = threads_for(options, reporting->expected, &reporting->limits),
        .needs_threads = options->threads != 0,
        .limits = reporting->limits,
        .policy = options->policy,
        .max_time_ns = options->max_time_ns,
        .on_early_end = reporting->on_early_end,
        .restraint = &writer->context.restraint,
    };
    enum run_end end = RUN_COMPLETE;
    int run_error =
        runner_run(reporting->net, reporting->source, &writer->sink, &runner_options, &end);
    if (run_error != 0) {
        writer_fail(writer, -run_error);
    }
    int write_error = writer_finish(writer);
    if (run_error != 0) {
        say(PROGRAM, "cannot start: ", strerror(-run_error), NULL);
        return EXIT_INTERNAL;
    }
    if (write_error != 0) {
        return say_output_failed(writer->output, write_error);
    }
    if (writer->audit->error != 0 && writer->audit->is_required) {
        return say_audit_failed(writer->audit);
    }
    return exit_of_end(end, writer->format, &writer->tally);
}

/* The run itself, once the output and the audit are open. */
static int run(const struct reporting *reporting, const struct report_format *format,
               struct output *output, struct audit *audit, struct run_times *times)
{
    struct report_context context = context_of(reporting);
    context.times = times;
    struct progress progress;
    progress_init(&progress, reporting->options->progress, reporting->expected,
                  net_ops.now(reporting->net));
    const struct writer_parts parts = {
        .format = format,
        .context = &context,
        .output = output,
        .source = reporting->source,
        .net = reporting->net,
        .progress = &progress,
        .audit = audit,
        .times = times,
    };
    struct writer writer;
    int error = writer_start(&writer, &parts);
    if (error != 0) {
        say(PROGRAM, "cannot start: ", strerror(-error), NULL);
        output_abandon(output);
        return EXIT_INTERNAL;
    }
    int exit_code = run_into(&writer, reporting);
    if (times != NULL && format != &report_text) {
        say_times(times);
    }
    return exit_code;
}

/* The same with room for the times of --summary, where they are wanted. */
static int run_timed(const struct reporting *reporting, const struct report_format *format,
                     struct output *output, struct audit *audit)
{
    struct run_times *times = NULL;
    if (reporting->options->is_summary && (times = calloc(1, sizeof *times)) == NULL) {
        say(PROGRAM, "cannot start: ", strerror(ENOMEM), NULL);
        output_abandon(output);
        return EXIT_INTERNAL;
    }
    int exit_code = run(reporting, format, output, audit, times);
    free(times);
    return exit_code;
}

/* Opens the output and runs. */
static int run_into_output(const struct reporting *reporting, struct audit *audit)
{
    const struct options *options = reporting->options;
    const struct report_format *format = options->format == NULL ? &report_text : options->format;
    struct output output;
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    int exit_code = EXIT_BAD_OUTPUT;
    if (output_open(&output, options->output, format->is_replaced, &why)) {
        exit_code = run_timed(reporting, format, &output, audit);
    } else if (signals_have_come()) {
        exit_code = signals_exit_code();
    } else {
        say(PROGRAM, options->output, " ", text_string(&why), NULL);
    }
    text_fini(&why);
    return exit_code;
}

/* Opens the audit, if there is to be one, and goes on. */
static int run_audited(const struct reporting *reporting)
{
    struct audit audit;
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    int exit_code = EXIT_BAD_OUTPUT;
    bool is_open = audit_open(&audit, &reporting->audit, &why);
    if (!is_open && !signals_have_come()) {
        say(PROGRAM, "--audit: ", reporting->audit.to, " ", text_string(&why),
            audit.is_required ? "; nothing was checked" : "; the run goes on without it", NULL);
    }
    if (signals_have_come()) {
        exit_code = signals_exit_code();
    } else if (is_open || !audit.is_required) {
        exit_code = run_into_output(reporting, &audit);
    }
    audit_close(&audit);
    text_fini(&why);
    return exit_code;
}

int reporting_run(const struct reporting *reporting)
{
    /* Before anything is written aside, or waits for a lock or the reader of a FIFO. */
    signals_watch(reporting->net);
    int exit_code = run_audited(reporting);
    signals_restore();
    return exit_code;
}
