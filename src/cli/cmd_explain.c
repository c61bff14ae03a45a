/* tcpcheck explain: what an outcome, an error or a note means and what to do. */
#include <string.h>
#include <strings.h>

#include "cli/command.h"
#include "cli/exit.h"
#include "core/outcome.h"
#include "core/remark.h"
#include "core/result.h"
#include "core/suggest.h"
#include "format/prose.h"

#define EXPLAIN_MAX_BYTES ((size_t)256 * 1024)
#define REMARK_COUNT      ((int)UNMET_COUNT + (int)NOTE_COUNT)

/* The errors first, then the notes. */
static const struct remark *remark_at(int index)
{
    return index < (int)UNMET_COUNT ? remark_of_unmet((enum unmet)index)
                                    : remark_of_note((enum note)(index - (int)UNMET_COUNT));
}

/* A class by its name, or every class with this message. */
static bool is_meant(enum tcpcheck_outcome outcome, const char *word)
{
    const struct outcome_info *info = outcome_info(outcome);
    return strcasecmp(info->name, word) == 0 ||
           (info->message[0] != '\0' && strcasecmp(info->message, word) == 0);
}

/* A paragraph, two columns in. */
static void append_paragraph(struct text *text, const char *words)
{
    if (words[0] != '\0') {
        text_append_string(text, "  ");
        prose_append_wrapped(text, words, 2);
        text_append_char(text, '\n');
    }
}

static void append_step(struct text *text, int64_t number, const char *step, size_t length)
{
    struct text words;
    text_init(&words, EXPLAIN_MAX_BYTES);
    text_append(&words, step, length);
    size_t start = text->length;
    text_append_string(text, "  ");
    text_append_int(text, number);
    text_append_string(text, ". ");
    text_fail_with(text, &words);
    prose_append_wrapped(text, text_string(&words), text->length - start);
    text_append_char(text, '\n');
    text_fini(&words);
}

static void append_steps(struct text *text, const char *steps)
{
    for (int64_t number = 1; *steps != '\0'; number++) {
        size_t length = strcspn(steps, "\n");
        append_step(text, number, steps, length);
        steps += length + (steps[length] == '\n' ? 1 : 0);
    }
}

static void append_outcome(struct text *text, enum tcpcheck_outcome outcome)
{
    const struct outcome_info *info = outcome_info(outcome);
    text_append_string(text, info->name);
    if (info->message[0] != '\0') {
        text_append_strings(text, " - ", info->message, NULL);
    }
    text_append_strings(text, "\n\n  Verdict: ", verdict_name(info->verdict),
                        info->is_retried ? "; worth another attempt\n"
                                         : "; another attempt would end the same way\n",
                        "\n", NULL);
    append_paragraph(text, info->meaning);
    append_paragraph(text, info->hint);
    if (info->steps[0] != '\0') {
        text_append_string(text, "\n  What to check, in order:\n");
        append_steps(text, info->steps);
    }
}

static void append_remark(struct text *text, const struct remark *remark)
{
    text_append_strings(text, remark->name, "\n\n", NULL);
    append_paragraph(text, remark->meaning);
    text_append_string(text, "\n  What to do:\n");
    append_paragraph(text, remark->advice);
}

/* The names of remarks [first, last), wrapped. */
static void append_remark_names(struct text *text, const char *title, int first, int last)
{
    struct text names;
    text_init(&names, EXPLAIN_MAX_BYTES);
    for (int i = first; i < last; i++) {
        text_append_strings(&names, i == first ? title : ", ", remark_at(i)->name, NULL);
    }
    text_fail_with(text, &names);
    prose_append_wrapped(text, text_string(&names), 0);
    text_append_char(text, '\n');
    text_fini(&names);
}

static void append_overview(struct text *text)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        const struct outcome_info *info = outcome_info((enum tcpcheck_outcome)i);
        text_append_string(text, info->name);
        for (size_t width = strlen(info->name); width < 20; width++) {
            text_append_char(text, ' ');
        }
        const char *verdict = verdict_name(info->verdict);
        text_append_string(text, verdict);
        for (size_t width = strlen(verdict); width < 9; width++) {
            text_append_char(text, ' ');
        }
        text_append_strings(text, info->message[0] != '\0' ? info->message : "(success)", "\n",
                            NULL);
    }
    text_append_char(text, '\n');
    append_remark_names(text, "Other errors: ", 0, (int)UNMET_COUNT);
    append_remark_names(text, "Notes: ", (int)UNMET_COUNT, REMARK_COUNT);
    text_append_string(text, "\ntcpcheck explain CLASS says more of one; a message such as "
                             "\"Connection refused\" will do.\n");
}

static int refuse(const struct command *command, const char *word)
{
    const char *names[OUTCOME_COUNT + REMARK_COUNT + 1] = {NULL};
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        names[i] = outcome_info((enum tcpcheck_outcome)i)->name;
    }
    for (int i = 0; i < REMARK_COUNT; i++) {
        names[OUTCOME_COUNT + i] = remark_at(i)->name;
    }
    struct text why;
    text_init(&why, 4096);
    text_append_string(&why, "unknown class ");
    text_append_quoted(&why, word, strlen(word));
    const char *near = suggest_nearest(names, word, strlen(word));
    if (near != NULL) {
        text_append_strings(&why, ": did you mean ", near, "?", NULL);
    } else {
        text_append_string(&why, ": accepted is a class, message or note of tcpcheck explain");
    }
    int exit_code = command_refuse(command, &why);
    text_fini(&why);
    return exit_code;
}

static bool append_word(struct text *text, const char *word)
{
    bool is_found = false;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (is_meant((enum tcpcheck_outcome)i, word)) {
            text_append_string(text, text->length > 0 ? "\n" : "");
            append_outcome(text, (enum tcpcheck_outcome)i);
            is_found = true;
        }
    }
    for (int i = 0; i < REMARK_COUNT; i++) {
        if (strcasecmp(remark_at(i)->name, word) == 0) {
            text_append_string(text, text->length > 0 ? "\n" : "");
            append_remark(text, remark_at(i));
            is_found = true;
        }
    }
    return is_found;
}

static int run(const struct command *command, struct options *options)
{
    struct text text;
    text_init(&text, EXPLAIN_MAX_BYTES);
    int exit_code = EXIT_OK;
    if (options->argument_count == 0) {
        append_overview(&text);
    }
    for (uint32_t i = 0; i < options->argument_count && exit_code == EXIT_OK; i++) {
        if (!append_word(&text, options->arguments[i])) {
            exit_code = refuse(command, options->arguments[i]);
        }
    }
    if (exit_code == EXIT_OK) {
        exit_code = command_print(PROGRAM, &text);
    }
    text_fini(&text);
    return exit_code;
}

const struct command command_explain = {
    .name = "explain",
    .usage = "tcpcheck explain [CLASS...]",
    .summary = "Says what an outcome means, and what to check, in order.",
    .set = COMMAND_EXPLAIN,
    .run = run,
};
