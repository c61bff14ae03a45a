#include "cli/dry_run.h"

#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "cli/exit.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/say.h"
#include "cli/signals.h"
#include "cli/system_policy.h"
#include "core/limits.h"
#include "core/parameter.h"
#include "core/policy.h"
#include "core/text.h"

#define TEXT_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define WHY_MAX_BYTES  ((size_t)8192)
#define FLUSH_BYTES    ((size_t)64 * 1024)

/* What a dry run goes through and tells of. */
struct plan_shown {
    const struct options *options;
    const struct run_source *source; /* NULL: the checks are of the command line */
    struct check_source *checks;
    struct net *net;
    int64_t count; /* of checks so far */
};

static void append_target(struct text *line, const struct check *check)
{
    bool is_bracketed = check->host_kind == HOST_IPV6;
    text_append_string(line, is_bracketed ? "[" : "");
    text_append_escaped(line, check->host, strlen(check->host));
    text_append_string(line, is_bracketed ? "]:" : ":");
    text_append_int(line, check->port);
}

/* The name of a device may hold almost anything. */
static void append_value(struct text *line, const struct check *check, enum parameter_id id)
{
    if (id == PARAM_INTERFACE)
        text_append_escaped(line, check->interface, strlen(check->interface));
    else
        parameter_append(line, check, &parameters[id]);
}

/* "name  host:port  timeout 5s, attempts 3": what was given, not the defaults. */
static void append_check(struct text *line, const struct check *check)
{
    if (check->name != NULL) {
        text_append_escaped(line, check->name, strlen(check->name));
        text_append_string(line, "  ");
    }
    append_target(line, check);
    const char *separator = "  ";
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        if (i != PARAM_HOST && i != PARAM_PORT && check_has(check, (enum parameter_id)i)) {
            text_append_strings(line, separator, parameters[i].name, " ", NULL);
            append_value(line, check, (enum parameter_id)i);
            separator = ", ";
        }
    }
    text_append_char(line, '\n');
}

static void append_rules(struct text *line, const char *name, const struct policy_rules *rules)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        text_append_strings(line, i == 0 ? name : ",", " ", NULL);
        policy_rule_append(line, &rules->rules[i]);
    }
}

/* "policy of FILE: allow 10.0.0.0/8, ...; deny ...", or nothing where there is none. */
static void append_policy(struct text *line, const char *of, const struct policy *policy)
{
    if (policy == NULL)
        return;
    bool is_empty = policy->allow.count + policy->deny.count == 0;
    text_append_string(line, "policy of ");
    text_append_escaped(line, of, strlen(of));
    text_append_string(line, is_empty ? ": no rules" : ": ");
    append_rules(line, "allow", &policy->allow);
    append_rules(line, policy->allow.count > 0 ? "; deny" : "deny", &policy->deny);
    text_append_char(line, '\n');
}

static void append_policies(struct text *line, const struct plan_shown *shown)
{
    append_policy(line, system_policy_path, shown->options->policy);
    for (uint32_t i = 0; shown->source != NULL && i < shown->source->file_count; i++) {
        append_policy(line, input_name(shown->options->arguments[i]),
                      shown->source->files[i].policy);
    }
}

static void append_summary(struct text *line, const struct plan_shown *shown)
{
    struct limits limits =
        options_limits(shown->options, shown->source != NULL ? &shown->source->limits : NULL);
    append_policies(line, shown);
    text_append_int(line, shown->count);
    text_append_string(line, shown->count == 1 ? " check; limits:" : " checks; limits:");
    for (unsigned i = 0; i < LIMIT_COUNT; i++) {
        text_append_strings(line, i == 0 ? " " : ", ", limit_table[i].name, " ", NULL);
        limit_append(line, &limits, (enum limit_id)i);
    }
    text_append_string(line, "; nothing was connected to\n");
}

/* Writes and empties the text. Returns 0 or an errno. */
static int put(struct output *output, struct text *text)
{
    int error = text_is_ok(text) ? output_write(output, text_string(text), text->length) : ENOMEM;
    text_clear(text);
    return error;
}

/* Until the source ends, or a signal comes. Returns 0 or an errno. */
static int write_checks(struct output *output, struct plan_shown *shown, struct text *text)
{
    struct check_source *source = shown->checks;
    int error = 0;
    enum source_state state = SOURCE_WAIT;
    const struct check *check = NULL;
    while (error == 0 && !signals_have_come() &&
           (state = source->next(source, &check)) != SOURCE_END) {
        if (state == SOURCE_CHECK) {
            append_check(text, check);
            source->release(source, check);
            shown->count += 1;
        }
        if (state == SOURCE_WAIT || text->length >= FLUSH_BYTES) {
            error = put(output, text);
        }
        if (state == SOURCE_WAIT && error == 0) {
            net_ops.wait_until(shown->net, INT64_MAX);
        }
    }
    return error;
}

static int write_all(struct output *output, struct plan_shown *shown)
{
    struct text text;
    text_init(&text, TEXT_MAX_BYTES);
    int error = write_checks(output, shown, &text);
    if (error == 0 && !signals_have_come()) {
        append_summary(&text, shown);
        error = put(output, &text);
    }
    text_fini(&text);
    return error;
}

/* Once the output is open. Returns an exit code. */
static int write_out(struct output *output, struct plan_shown *shown)
{
    int error = write_all(output, shown);
    if (error == 0 && !signals_have_come()) {
        error = output_commit(output);
    } else {
        output_abandon(output);
    }
    if (error != 0) {
        say(PROGRAM, output_name(output), " cannot be written: ", strerror(error), NULL);
        return EXIT_BAD_OUTPUT;
    }
    return EXIT_OK;
}

int dry_run(const struct options *options, struct check_source *checks, struct net *net,
            const struct run_source *source)
{
    struct plan_shown shown = {.options = options, .source = source, .checks = checks, .net = net};
    struct output output;
    struct text why;
    text_init(&why, WHY_MAX_BYTES);
    int exit_code = EXIT_BAD_OUTPUT;
    signals_watch(net);
    if (output_open(&output, options->output, true, &why)) {
        exit_code = write_out(&output, &shown);
    } else if (!signals_have_come()) {
        say(PROGRAM, options->output, " ", text_string(&why), NULL);
    }
    signals_restore();
    text_fini(&why);
    return signals_have_come() ? signals_exit_code() : exit_code;
}
