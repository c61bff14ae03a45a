/* libyaml's messages say what its scanner was doing; ours say what to change.
 *
 * They are matched by their text, since libyaml has no numbers for them: one
 * that is not in the table (another version's) is shown as it is. */
#include "format/yaml_error.h"

#include <stdbool.h>
#include <string.h>

#include "format/complaint.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Where the mistake is: where libyaml stopped, or where what it was in began. */
enum blamed { BLAMED_END, BLAMED_START };

struct yaml_phrase {
    const char *problem; /* libyaml's */
    const char *message; /* ours */
    enum blamed blamed;
    bool names_start; /* the message ends with where it began */
};

static const struct yaml_phrase phrases[] = {
    {"found a tab character that violates indentation", "a tab cannot indent: use spaces",
     BLAMED_END, false},
    {"found a tab character where an indentation space is expected",
     "a tab cannot indent: use spaces", BLAMED_END, false},
    {"mapping values are not allowed in this context",
     "a ':' is not expected here: keys of one mapping are indented alike, and a value "
     "that contains ': ' is put in quotes",
     BLAMED_END, false},
    {"mapping keys are not allowed in this context",
     "a '?' is not expected here: put a value that starts with it in quotes", BLAMED_END, false},
    {"block sequence entries are not allowed in this context",
     "a '- ' is not expected here: a list starts on a line of its own, and its elements "
     "are indented alike",
     BLAMED_END, false},
    {"could not find expected ':'", "this key has no ':' behind it", BLAMED_START, false},
    {"did not find expected key",
     "expected another 'key: value', indented like the first of its mapping", BLAMED_END, true},
    {"did not find expected '-' indicator",
     "expected another '- ', indented like the first of its list", BLAMED_END, true},
    {"did not find expected ',' or ']'", "expected ',' or ']' in the list", BLAMED_END, true},
    {"did not find expected ',' or '}'", "expected ',' or '}' in the mapping", BLAMED_END, true},
    {"did not find expected node content", "a value is expected here", BLAMED_END, false},
    {"did not find expected <document start>",
     "the list or mapping of the file ends before this: check the indentation and the "
     "brackets",
     BLAMED_END, false},
    {"found unexpected end of stream", "this quote is never closed", BLAMED_START, false},
    {"found unexpected document indicator", "this quote is never closed", BLAMED_START, false},
    {"found unknown escape character",
     "unknown escape in double quotes: write a backslash twice, or use single quotes", BLAMED_END,
     false},
    {"did not find expected hexdecimal number",
     "an escape needs hexadecimal digits: 2 after \\x, 4 after \\u, 8 after \\U", BLAMED_END,
     false},
    {"found invalid Unicode character escape code", "this escape is no Unicode character",
     BLAMED_END, false},
    {"did not find expected alphabetic or numeric character",
     "'&' and '*' need the name of an anchor: put a value that starts so in quotes", BLAMED_START,
     false},
    {"found undefined tag handle",
     "unknown tag: accepted are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map", BLAMED_END,
     false},
    {"found incompatible YAML document", "accepted are %YAML 1.1 and 1.2", BLAMED_END, false},
    {"found duplicate %YAML directive", "a second %YAML is not accepted", BLAMED_END, false},
    {"found unknown directive name",
     "a line that starts with '%' is for YAML itself: put the value in quotes", BLAMED_START,
     false},
};

static void append_place(struct text *message, struct place place)
{
    text_append_string(message, "line ");
    text_append_int(message, place.line);
    text_append_string(message, ", column ");
    text_append_int(message, place.column);
}

static const struct yaml_phrase *find_phrase(const char *problem)
{
    for (size_t i = 0; i < COUNT(phrases); i++)
        if (strcmp(phrases[i].problem, problem) == 0)
            return &phrases[i];
    return NULL;
}

/* Of a character that can start nothing, or that the reader refused. */
static void append_character(struct text *message, int code_point)
{
    static const char digits[] = "0123456789ABCDEF";
    text_append_string(message, "the control character U+");
    for (int shift = 12; shift >= 0; shift -= 4)
        text_append_char(message, digits[code_point >> shift & 15]);
    text_append_string(message, " is not accepted");
}

static struct place describe_character(struct place_cursor *cursor, size_t index,
                                       struct text *message)
{
    struct place place = place_of_character(cursor, index);
    const char *at = cursor->bytes + cursor->offset;
    if (cursor->offset == cursor->length || *at == '\t') {
        text_append_string(message, "a tab cannot indent: use spaces");
        return place;
    }
    text_append_quoted(message, at, 1);
    text_append_string(message, " cannot start a value: put it in quotes");
    return place;
}

static struct place describe_phrase(const yaml_parser_t *parser, const struct yaml_phrase *phrase,
                                    struct place_cursor *cursor, struct text *message)
{
    text_append_string(message, phrase->message);
    bool has_start = parser->context != NULL;
    if (!has_start)
        return place_of_character(cursor, parser->problem_mark.index);
    struct place start = place_of_character(cursor, parser->context_mark.index);
    if (phrase->blamed == BLAMED_START)
        return start;
    if (phrase->names_start) {
        text_append_string(message, " (it starts at ");
        append_place(message, start);
        text_append_char(message, ')');
    }
    return place_of_character(cursor, parser->problem_mark.index);
}

static struct place describe(const yaml_parser_t *parser, struct place_cursor *cursor,
                             struct text *message)
{
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
    if (parser->error == YAML_READER_ERROR) {
        append_character(message, parser->problem_value);
        return place_of_byte(cursor, parser->problem_offset);
    }
    if (strcmp(problem, "found character that cannot start any token") == 0)
        return describe_character(cursor, parser->problem_mark.index, message);

    const struct yaml_phrase *phrase = find_phrase(problem);
    if (phrase != NULL)
        return describe_phrase(parser, phrase, cursor, message);
    text_append_strings(message, "not YAML: ", problem, NULL);
    return place_of_character(cursor, parser->problem_mark.index);
}

void yaml_error_complain(const yaml_parser_t *parser, struct place_cursor *cursor,
                         struct problem_list *problems)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        complain_memory(problems);
        return;
    }
    struct text message;
    text_init(&message, COMPLAINT_MAX_BYTES);
    struct place place = describe(parser, cursor, &message);
    complain_text(problems, place, &message);
    text_fini(&message);
}
