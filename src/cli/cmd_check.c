/* tcpcheck HOST PORT | HOST:PORT...: check now, explain for a person. */
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/exit.h"
#include "cli/named_targets.h"
#include "cli/reporting.h"
#include "cli/signals.h"

#define WHY_MAX_BYTES ((size_t)8192)

static int check_targets(const struct options *options, const struct named_targets *targets,
                         struct net *net)
{
    struct array_source source;
    array_source_init(&source, targets->checks, targets->count);
    if (options->is_dry_run) {
        return dry_run(options, &source.base, net, NULL);
    }
    struct reporting reporting = {
        .options = options,
        .net = net,
        .source = &source.base,
        .limits = options_limits(options, NULL),
        .audit = {.to = options->audit, .is_required = true},
        .expected = targets->count,
        .context = {.is_single = targets->count == 1},
    };
    for (size_t i = 0; i < targets->count; i++) {
        report_context_fit(&reporting.context, &targets->checks[i]);
    }
    return reporting_run(&reporting);
}

static int run(const struct command *command, struct options *options)
{
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    struct named_targets targets;
    struct net *net = NULL;
    int exit_code = EXIT_OK;
    signals_watch_report();
    if (!named_targets_parse(&targets, options, &why)) {
        exit_code = command_refuse(command, &why);
    } else {
        exit_code = command_open_net(command, options, &net);
    }
    if (exit_code == EXIT_OK) {
        exit_code = check_targets(options, &targets, net);
    }
    net_destroy(net);
    text_fini(&why);
    return exit_code;
}

const struct command command_check = {
    .usage = "tcpcheck [OPTION...] HOST PORT\n       tcpcheck [OPTION...] HOST:PORT...\n"
             "       tcpcheck COMMAND ...",
    .summary = "Checks whether a TCP connection can be made, how long it takes, and if not, why "
               "not.",
    .set = COMMAND_CHECK,
    .run = run,
};
