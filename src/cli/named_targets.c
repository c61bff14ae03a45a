/* "HOST PORT" and "HOST:PORT HOST:PORT" both are two words: they are the former
 * when the first word alone is no target, as a name without a port or a bare
 * IPv6 address is none. */
#include "cli/named_targets.h"

#include <string.h>

#include "core/parameter.h"
#include "core/target.h"

#define DETAIL_MAX_BYTES ((size_t)4096)

static bool set(struct check *check, struct options *options, enum parameter_id id,
                const char *text, size_t length, struct text *why)
{
    struct parameter_context context = {&options->arena, &options->naming};
    struct value value = {.type = VALUE_PLAIN, .text = text, .length = length};
    return parameter_set(check, &parameters[id], &value, &context, why);
}

/* Adds what the options say, and completes the check. */
static bool finish(struct check *check, struct options *options, struct text *why)
{
    enum parameter_id at = PARAM_HOST;
    check_override(check, &options->overrides);
    return check_complete(check, &at, why);
}

static bool is_split(const char *word)
{
    struct target_span span;
    struct text ignored;
    text_init(&ignored, DETAIL_MAX_BYTES);
    bool is_good = target_split(word, strlen(word), &span, &ignored);
    text_fini(&ignored);
    return is_good;
}

static bool add(struct named_targets *targets, struct options *options, const char *host,
                size_t host_length, const char *port, struct text *why)
{
    struct check *check = &targets->checks[targets->count++];
    check_init(check);
    return (host == NULL || set(check, options, PARAM_HOST, host, host_length, why)) &&
           (port == NULL || set(check, options, PARAM_PORT, port, strlen(port), why)) &&
           finish(check, options, why);
}

/* One word: HOST:PORT, or HOST where --port says the rest. */
static bool add_word(struct named_targets *targets, struct options *options, const char *word,
                     struct text *why)
{
    struct target_span span;
    struct text detail;
    text_init(&detail, DETAIL_MAX_BYTES);
    bool is_good = false;
    if (target_split(word, strlen(word), &span, &detail)) {
        is_good = add(targets, options, word, span.host_length, word + span.port_start, why);
    } else if (check_has(&options->overrides, PARAM_PORT)) {
        is_good = add(targets, options, word, strlen(word), NULL, why);
    } else {
        text_append_string(why, text_string(&detail));
    }
    text_fini(&detail);
    return is_good;
}

/* Always false. */
static bool refuse_extra(const char *word, struct text *why)
{
    text_append_string(why, "unexpected argument ");
    text_append_quoted(why, word, strlen(word));
    text_append_string(why, ": the host is given by an option already");
    return false;
}

bool named_targets_parse(struct named_targets *targets, struct options *options, struct text *why)
{
    uint32_t count = options->argument_count;
    char **words = options->arguments;
    *targets = (struct named_targets){
        .checks = arena_alloc(&options->arena, ((size_t)count + 1) * sizeof *targets->checks),
    };
    if (targets->checks == NULL) {
        text_fail(why);
        return false;
    }
    if (check_has(&options->overrides, PARAM_HOST)) {
        bool has_port = check_has(&options->overrides, PARAM_PORT);
        if (count > 1 || (count == 1 && has_port)) {
            return refuse_extra(words[has_port ? 0 : 1], why);
        }
        return add(targets, options, NULL, 0, count == 1 ? words[0] : NULL, why);
    }
    if (count == 0) {
        text_append_string(why, "no target: accepted is HOST PORT, or HOST:PORT...");
        return false;
    }
    if (count == 2 && !is_split(words[0]) && strchr(words[1], ':') == NULL) {
        return add(targets, options, words[0], strlen(words[0]), words[1], why);
    }
    bool is_good = true;
    for (uint32_t i = 0; i < count && is_good; i++) {
        is_good = add_word(targets, options, words[i], why);
    }
    return is_good;
}
