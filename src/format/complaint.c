/* The words and manners that all readers of input share when they complain. */
#include "format/complaint.h"

#include <string.h>

static const char no_memory[] = "memory is too short to read this";

static bool is_known(const struct problem_list *problems, struct place place, const char *message)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->problems[i];
        if (problem->line == place.line && problem->column == place.column &&
            strcmp(problem->message, message) == 0)
            return true;
    }
    return false;
}

bool complaint_is_at(const struct problem_list *problems, struct place place)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->problems[i].line == place.line &&
            problems->problems[i].column == place.column)
            return true;
    return false;
}

bool complaint_begins(const struct problem_list *problems, struct place place, const char *words)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->problems[i];
        if (problem->line == place.line && problem->column == place.column &&
            strncmp(problem->message, words, strlen(words)) == 0)
            return true;
    }
    return false;
}

void complain(struct problem_list *problems, struct place place, const char *message)
{
    if (!is_known(problems, place, message))
        problem_add(problems, place.line, place.column, message);
}

void complain_text(struct problem_list *problems, struct place place, struct text *message)
{
    complain(problems, place, text_is_ok(message) ? text_string(message) : no_memory);
    text_clear(message);
}

void complain_memory(struct problem_list *problems)
{
    complain(problems, (struct place){1, 1}, no_memory);
}

/* The value itself, or what it is where it has no text to show. */
static void append_shown(struct text *message, const struct value *value)
{
    switch (value->type) {
    case VALUE_PLAIN:
    case VALUE_STRING: text_append_quoted(message, value->text, value->length); break;
    case VALUE_NUMBER:
    case VALUE_BOOLEAN:
    case VALUE_NULL:
    case VALUE_SEQUENCE:
    case VALUE_MAPPING: text_append_string(message, value_type_name(value->type)); break;
    }
}

void complain_value(struct problem_list *problems, const struct value *value, const char *name,
                    const char *what)
{
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    text_append_strings(&message, name, " must be ", what, ", found ", NULL);
    append_shown(&message, value);
    complain_text(problems, (struct place){value->line, value->column}, &message);
    text_fini(&message);
}

void complaint_append_suggestion(struct text *message, const char *suggestion)
{
    if (suggestion != NULL)
        text_append_strings(message, " (did you mean '", suggestion, "'?)", NULL);
}
