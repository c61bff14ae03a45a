/* tcpcheck run: every check of the files and lists. */
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/exit.h"
#include "cli/reporting.h"
#include "cli/run_source.h"
#include "cli/say.h"

#define WHY_MAX_BYTES ((size_t)8192)

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
    struct rate rate = options->has_rate ? options->rate : source->rate;
    struct rate host_rate = options->has_host_rate ? options->host_rate : source->host_rate;
    if (options->is_dry_run) {
        return dry_run(options, &source->base, net, rate, host_rate);
    }
    struct reporting reporting = {
        .options = options,
        .net = net,
        .source = &source->base,
        .rate = rate,
        .host_rate = host_rate,
        .expected = run_source_count(source),
        .on_early_end = stop_lists,
    };
    if (reporting.expected == 0 && source->list_count == 0 && has_filter(options)) {
        say(PROGRAM, "no check matches --only and --label", NULL);
    }
    run_source_fit(source, &reporting.context);
    return reporting_run(&reporting);
}

/* What was wrong with a list weighs more than what its good lines came to, but
 * not more than an output that failed or a signal. */
static int weigh(int exit_code, bool has_bad_list)
{
    return has_bad_list && exit_code < EXIT_USAGE ? EXIT_BAD_INPUT : exit_code;
}

static int run_with_net(struct options *options, struct net *net)
{
    struct run_source source;
    int exit_code = run_source_open(&source, PROGRAM, options, net);
    if (exit_code == EXIT_OK) {
        exit_code = run_all(options, &source, net);
        exit_code = weigh(exit_code, run_source_has_failed(&source));
    }
    run_source_close(&source);
    return exit_code;
}

static int run(const struct command *command, struct options *options)
{
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    struct net *net = NULL;
    bool is_usage = false;
    int exit_code = EXIT_INTERNAL;
    if (runner_open_net(&net, options, &is_usage, &why)) {
        exit_code = run_with_net(options, net);
        net_destroy(net);
    } else if (is_usage) {
        exit_code = command_misuse(command, text_string(&why));
    } else {
        say(PROGRAM, text_string(&why), NULL);
    }
    text_fini(&why);
    return exit_code;
}

const struct command command_run = {
    .name = "run",
    .usage = "tcpcheck run [OPTION...] [FILE...|-] [--targets LIST|-]",
    .summary = "Runs every check of check files and of plain lists of targets.",
    .set = COMMAND_RUN,
    .run = run,
};
