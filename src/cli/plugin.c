/* check_tcp_connection: a Monitoring Plugin, or one JSON object in and one out. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/named_targets.h"
#include "cli/runner.h"
#include "cli/say.h"
#include "cli/signals.h"
#include "cli/system_policy.h"
#include "core/problem.h"
#include "format/check_object.h"
#include "format/json.h"
#include "format/nagios.h"
#include "net/wall_clock.h"
#include "tcpcheck.h"

#define PLUGIN         "check_tcp_connection"
#define TEXT_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* Prints one result as it comes: the process may still be closing a connection
 * after that. */
struct plugin_sink {
    struct sink sink; /* first, so that a sink is its plugin_sink */
    struct check_source *source;
    const struct options *options;
    enum nagios_state state;
    int64_t wall_offset_ns;
};

static int print(struct text *text)
{
    text_append_char(text, '\n');
    return command_print(PLUGIN, text) == 0 ? 0 : NAGIOS_UNKNOWN;
}

/* "TCP UNKNOWN - why" on standard output, where a monitoring system looks. */
static int print_unknown(const char *why)
{
    struct text text;
    text_init(&text, TEXT_MAX_BYTES);
    text_append_string(&text, "TCP UNKNOWN - ");
    for (size_t i = 0; why[i] != '\0'; i++) {
        /* What follows a bar would be read as performance data. */
        text_append_char(&text, why[i] == '|' ? '/' : why[i]);
    }
    print(&text);
    text_fini(&text);
    return NAGIOS_UNKNOWN;
}

/* {"status":"error","error":"..."}: the same, for who asked in JSON. */
static int print_bad_object(const char *why)
{
    struct text text;
    text_init(&text, TEXT_MAX_BYTES);
    text_append_string(&text, "{\"status\":\"error\",\"error\":");
    json_append_string(&text, why);
    text_append_char(&text, '}');
    print(&text);
    text_fini(&text);
    return NAGIOS_UNKNOWN;
}

static int print_refusal(const struct options *options, const char *why)
{
    return options->is_stdin ? print_bad_object(why) : print_unknown(why);
}

static void append_verbose(struct text *text, const struct result *result,
                           const struct report_context *context)
{
    text_append_char(text, '\n');
    json_append_result(text, context, result);
}

static void print_result(struct plugin_sink *sink, struct result *result)
{
    const struct options *options = sink->options;
    struct report_context context = {.wall_offset_ns = sink->wall_offset_ns, .is_single = true};
    sink->state = nagios_state(result, (enum nagios_state)options->refusal);
    struct text text;
    text_init(&text, TEXT_MAX_BYTES);
    if (options->is_stdin) {
        json_append_result(&text, &context, result);
    } else {
        nagios_append_line(&text, result, (enum nagios_state)options->refusal);
        if (options->is_verbose) {
            append_verbose(&text, result, &context);
        }
    }
    if (print(&text) != 0) {
        sink->state = NAGIOS_UNKNOWN;
    }
    text_fini(&text);
    engine_free_result(sink->source, result);
}

static uint32_t plugin_offer(struct sink *base, struct result *const *results, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        print_result((struct plugin_sink *)base, results[i]);
    }
    return count;
}

static enum sink_state plugin_state(struct sink *base)
{
    (void)base;
    return SINK_GOOD;
}

static int run_check(const struct options *options, const struct check *check, struct net *net)
{
    struct array_source source;
    array_source_init(&source, check, 1);
    struct plugin_sink sink = {
        .sink = {.offer = plugin_offer, .state = plugin_state},
        .source = &source.base,
        .options = options,
        .state = NAGIOS_UNKNOWN,
        .wall_offset_ns = wall_clock_offset_ns(),
    };
    struct runner_options runner_options = {
        .concurrency = 1,
        .limits = options_limits(options, NULL),
        .policy = options->policy,
    };
    enum run_end end = RUN_COMPLETE;
    signals_watch(net);
    int error = runner_run(net, &source.base, &sink.sink, &runner_options, &end);
    signals_restore();
    return error != 0 ? print_refusal(options, strerror(-error)) : (int)sink.state;
}

/* Opens the net, runs, closes it. */
static int check_one(struct options *options, const struct check *check)
{
    if (!system_policy_load(options, PLUGIN)) {
        return print_refusal(options, "the policy of this host cannot be used");
    }
    struct text why;
    text_init(&why, TEXT_MAX_BYTES);
    struct net *net = NULL;
    bool is_usage = false;
    int state = NAGIOS_UNKNOWN;
    if (runner_open_net(&net, options, &is_usage, &why)) {
        state = run_check(options, check, net);
        net_destroy(net);
    } else {
        print_refusal(options, command_why(&why));
    }
    text_fini(&why);
    return state;
}

/* All problems on stderr with their places; the first one on standard output. */
static int refuse_object(const struct problem_list *problems, const char *bytes, size_t length)
{
    struct text text;
    text_init(&text, TEXT_MAX_BYTES);
    problem_list_append(&text, problems, "<stdin>", bytes, length);
    say_bytes(text_string(&text), text.length);
    text_fini(&text);
    return print_bad_object(problems->problems[0].message);
}

static int run_object(struct options *options)
{
    struct text why;
    text_init(&why, TEXT_MAX_BYTES);
    struct problem_list problems;
    problem_list_init(&problems);
    struct check check;
    char *bytes = NULL;
    size_t length = 0;
    int state = NAGIOS_UNKNOWN;
    if (!input_read("-", CHECK_OBJECT_MAX_BYTES, &bytes, &length, &why)) {
        say(PLUGIN, "standard input ", command_why(&why), NULL);
        state = print_bad_object(command_why(&why));
    } else if (!check_object_parse(&check, &options->arena, bytes, length, &options->overrides,
                                   &options->naming, &problems)) {
        state = refuse_object(&problems, bytes, length);
    } else {
        state = check_one(options, &check);
    }
    free(bytes);
    problem_list_fini(&problems);
    text_fini(&why);
    return state;
}

static int run_named(struct options *options)
{
    struct text why;
    text_init(&why, TEXT_MAX_BYTES);
    struct named_targets targets;
    int state = NAGIOS_UNKNOWN;
    if (!named_targets_parse(&targets, options, &why)) {
        print_unknown(command_why(&why));
    } else if (targets.count != 1) {
        print_unknown("one target at a time: accepted is -H HOST -p PORT");
    } else {
        state = check_one(options, &targets.checks[0]);
    }
    text_fini(&why);
    return state;
}

static int print_help(bool is_version)
{
    struct text text;
    text_init(&text, TEXT_MAX_BYTES);
    text_append_string(&text, PLUGIN " " TCPCHECK_VERSION "\n");
    if (!is_version) {
        text_append_string(&text, "\nusage: " PLUGIN " [OPTION...] -H HOST -p PORT\n       " PLUGIN
                                  " --stdin\n\n"
                                  "Checks whether a TCP connection can be made: one line and "
                                  "performance data, exit 0, 1, 2 or 3.\n\n");
        options_append_help(&text, COMMAND_PLUGIN);
    }
    command_print(PLUGIN, &text);
    text_fini(&text);
    return NAGIOS_UNKNOWN;
}

int plugin_main(int argc, char **argv)
{
    struct options options;
    struct text why;
    text_init(&why, TEXT_MAX_BYTES);
    int state = NAGIOS_UNKNOWN;
    if (!options_parse(&options, COMMAND_PLUGIN, argc, argv, &why)) {
        print_refusal(&options, command_why(&why));
    } else if (options.is_help || options.is_version) {
        print_help(!options.is_help);
    } else if (options.is_stdin && options.argument_count > 0) {
        text_append_string(&why, "--stdin takes no arguments, and has ");
        text_append_quoted(&why, options.arguments[0], strlen(options.arguments[0]));
        say(PLUGIN, command_why(&why), NULL);
        print_bad_object(command_why(&why));
    } else if (options.is_stdin) {
        state = run_object(&options);
    } else {
        state = run_named(&options);
    }
    text_fini(&why);
    options_fini(&options);
    return state;
}
