/* tcpcheck run: every check of the files and lists. */
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/exit.h"
#include "cli/reporting.h"
#include "cli/run_source.h"
#include "cli/say.h"
#include "cli/signals.h"

static void stop_lists(struct check_source *source)
{
    run_source_stop((struct run_source *)source);
}

static bool has_filter(const struct options *options)
{
    return options->only.count > 0 || options->label.count > 0;
}

static int run_all(const struct options *options, struct run_source *source, struct net *net)
{
    if (run_source_count(source) == 0 && source->list_count == 0 && has_filter(options)) {
        say(PROGRAM, "no check matches --only and --label", NULL);
    }
    if (options->is_dry_run) {
        return dry_run(options, &source->base, net, source);
    }
    struct reporting reporting = {
        .options = options,
        .net = net,
        .source = &source->base,
        .limits = options_limits(options, &source->limits),
        .audit = run_source_audit(source, options),
        .expected = run_source_count(source),
        .on_early_end = stop_lists,
    };
    run_source_fit(source, &reporting.context);
    return reporting_run(&reporting);
}

/* What was wrong with a list weighs more than what its good lines came to, but
 * not more than an output that failed or a signal. That --max-time cut it short only
 * takes away the success. */
static int weigh(int of_run, int of_lists)
{
    if (of_lists == EXIT_COULD_NOT_CHECK && of_run < EXIT_USAGE) {
        say(PROGRAM, "--max-time was over before the list of targets", NULL);
    }
    bool is_list_wrong = of_lists >= EXIT_USAGE && of_run < EXIT_USAGE;
    return is_list_wrong || of_run == EXIT_OK ? of_lists : of_run;
}

static int run_with_net(struct options *options, struct net *net)
{
    struct run_source source;
    int exit_code = run_source_open(&source, PROGRAM, options, net);
    if (exit_code == EXIT_OK) {
        exit_code = run_all(options, &source, net);
        exit_code = weigh(exit_code, run_source_end(&source));
    }
    run_source_close(&source);
    return exit_code;
}

static int run(const struct command *command, struct options *options)
{
    struct net *net = NULL;
    /* Who asks while a long list is looked through gets the answer when the run begins. */
    signals_watch_report();
    int exit_code = command_open_net(command, options, &net);
    if (exit_code == EXIT_OK) {
        exit_code = run_with_net(options, net);
    }
    net_destroy(net);
    return exit_code;
}

const struct command command_run = {
    .name = "run",
    .usage = "tcpcheck run [OPTION...] [FILE...|-] [--targets LIST|-]",
    .summary = "Runs every check of check files and of plain lists of targets.",
    .set = COMMAND_RUN,
    .run = run,
};
