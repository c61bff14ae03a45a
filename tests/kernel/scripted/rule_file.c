/* A line is cut into words, and each word is taken for what it must be; the first mistake ends it.
 * The words are cut in place, in one buffer that holds the whole file. */
#include "rule_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX  64
#define WEIGHT_MAX 1000000

struct word {
    char *text;
    unsigned column; /* from 1 */
};

struct line {
    unsigned number;
    struct word words[WORDS_MAX];
    size_t count;
    unsigned end_column; /* where one more word would be */
};

struct reader {
    struct rule_set *set;
    struct line line;
    struct problem *problem;
};

/* The place of a complaint: a word of the line, or its end. Always false. */
static bool blame(const struct reader *reader, size_t word)
{
    const struct line *line = &reader->line;
    reader->problem->line = line->number;
    reader->problem->column = word < line->count ? line->words[word].column : line->end_column;
    return false;
}

/* ---- words ------------------------------------------------------------- */

static bool split(struct reader *reader, char *text)
{
    struct line *line = &reader->line;
    char *at = text;
    line->count = 0;
    for (;;) {
        at += strspn(at, " \t\r");
        line->end_column = (unsigned)(at - text) + 1;
        if (*at == '\0' || *at == '#')
            return true;
        if (line->count == WORDS_MAX) {
            problem_say(reader->problem, "more than %d words in a line", WORDS_MAX);
            return blame(reader, line->count);
        }
        line->words[line->count++] = (struct word){at, line->end_column};
        at += strcspn(at, " \t\r");
        if (*at != '\0')
            *at++ = '\0';
    }
}

/* ---- behaviours -------------------------------------------------------- */

static bool parse_place(struct reader *reader, struct rule_place *place)
{
    char whole[128];
    snprintf(whole, sizeof(whole), "%s", reader->line.words[0].text);
    if (rule_place_parse(reader->line.words[0].text, place))
        return true;
    problem_say(reader->problem,
                "'%s': accepted is ADDRESS[/BITS][:PORT[-PORT]], an IPv6 one with ports in "
                "brackets, or *; bits beyond the prefix are zero",
                whole);
    return blame(reader, 0);
}

static bool is_from_elsewhere(const struct behaviour *behaviour, const struct rule_place *place)
{
    return behaviour_has(behaviour, BEHAVIOUR_KEY_FROM) &&
           (place->is_anywhere ||
            ip_address_is_ipv4(&behaviour->from) != ip_address_is_ipv4(&place->prefix.address));
}

/* A choice of the last rule. */
static bool offer(struct reader *reader, uint32_t behaviour, uint32_t weight, size_t word)
{
    const struct rule *rule = &reader->set->rules[reader->set->rule_count - 1];
    if (is_from_elsewhere(&reader->set->behaviours[behaviour], &rule->place)) {
        problem_say(reader->problem, "'from' is not of the family of the rule's addresses");
        return blame(reader, word);
    }
    if (rule_set_add_choice(reader->set, behaviour, weight))
        return true;
    problem_say(reader->problem, "more than %d choices", CHOICES_MAX);
    return blame(reader, word);
}

static bool keep(struct reader *reader, const struct behaviour *behaviour, size_t word,
                 uint32_t *index)
{
    if (rule_set_add_behaviour(reader->set, behaviour, index))
        return true;
    problem_say(reader->problem, "more than %d behaviours", BEHAVIOURS_MAX);
    return blame(reader, word);
}

/* KIND [KEY=VALUE…] from a word to the end of the line. */
static bool parse_behaviour(struct reader *reader, size_t first, uint32_t *index)
{
    const struct line *line = &reader->line;
    const char *kind = first < line->count ? line->words[first].text : "";
    struct behaviour behaviour;
    if (!behaviour_init(&behaviour, kind)) {
        if (first < line->count)
            problem_say(reader->problem, "no behaviour '%.100s'; --help lists them", kind);
        else
            problem_say(reader->problem, "a behaviour is missing; --help lists them");
        return blame(reader, first);
    }
    for (size_t word = first + 1; word < line->count; word++)
        if (!behaviour_set(&behaviour, line->words[word].text, reader->problem))
            return blame(reader, word);
    if (!behaviour_complete(&behaviour, reader->problem))
        return blame(reader, line->count);
    return keep(reader, &behaviour, first, index);
}

/* A name of the file's own, or a kind that needs no keys. */
static bool find_behaviour(struct reader *reader, const char *name, size_t word, uint32_t *index)
{
    struct behaviour behaviour;
    if (rule_set_find_name(reader->set, name, index))
        return true;
    if (!behaviour_init(&behaviour, name)) {
        problem_say(reader->problem, "nothing is called '%s' up to here", name);
        return blame(reader, word);
    }
    if (!behaviour_complete(&behaviour, reader->problem))
        return blame(reader, word);
    return keep(reader, &behaviour, word, index);
}

/* NAME or NAME*WEIGHT */
static bool parse_choice(struct reader *reader, char *text, size_t word)
{
    uint32_t index;
    unsigned long weight = 1;
    char *star = strchr(text, '*');
    if (star != NULL) {
        char *end;
        *star = '\0';
        weight = strtoul(star + 1, &end, 10);
        if (*end != '\0' || weight < 1 || weight > WEIGHT_MAX) {
            problem_say(reader->problem, "'%s': a weight is 1-%d", star + 1, WEIGHT_MAX);
            return blame(reader, word);
        }
    }
    return find_behaviour(reader, text, word, &index) &&
           offer(reader, index, (uint32_t)weight, word);
}

/* seed=NUMBER */
static bool parse_seed(const char *text, uint64_t *seed)
{
    static const char key[] = "seed=";
    const char *digits = text + sizeof(key) - 1;
    char *end;
    if (strncmp(text, key, sizeof(key) - 1) != 0 || *digits < '0' || *digits > '9')
        return false;
    errno = 0;
    *seed = strtoull(digits, &end, 10);
    return *end == '\0' && errno == 0;
}

/* mix seed=NUMBER NAME[*WEIGHT],… */
static bool parse_mix(struct reader *reader)
{
    const struct line *line = &reader->line;
    struct rule *rule = &reader->set->rules[reader->set->rule_count - 1];
    if (line->count != 4 || !parse_seed(line->words[2].text, &rule->seed)) {
        problem_say(reader->problem, "accepted is mix seed=NUMBER NAME[*WEIGHT],…");
        return blame(reader, 2);
    }
    char *rest = line->words[3].text;
    while (rest != NULL)
        if (!parse_choice(reader, strsep(&rest, ","), 3))
            return false;
    return true;
}

/* ---- lines ------------------------------------------------------------- */

/* let NAME KIND [KEY=VALUE…] */
static bool parse_let(struct reader *reader)
{
    const char *name = reader->line.count > 1 ? reader->line.words[1].text : "";
    uint32_t index;
    struct behaviour kind;
    if (name[0] == '\0' || strlen(name) > NAME_LENGTH_MAX || strpbrk(name, ",*=") != NULL ||
        behaviour_init(&kind, name) || rule_set_find_name(reader->set, name, &index)) {
        problem_say(reader->problem, "'%.100s' is no new name of 1-%d characters", name,
                    NAME_LENGTH_MAX);
        return blame(reader, 1);
    }
    if (!parse_behaviour(reader, 2, &index))
        return false;
    if (rule_set_add_name(reader->set, name, index))
        return true;
    problem_say(reader->problem, "more than %d names", NAMES_MAX);
    return blame(reader, 1);
}

static bool parse_rule(struct reader *reader)
{
    const struct line *line = &reader->line;
    const char *kind = line->count > 1 ? line->words[1].text : "";
    struct rule_place place;
    uint32_t index = 0;
    if (!parse_place(reader, &place))
        return false;
    if (!rule_set_add_rule(reader->set, line->number, &place)) {
        problem_say(reader->problem, "more than %d rules", RULES_MAX);
        return blame(reader, 0);
    }
    if (strcmp(kind, "mix") == 0)
        return parse_mix(reader);
    bool is_known = line->count == 2 && rule_set_find_name(reader->set, kind, &index);
    return (is_known || parse_behaviour(reader, 1, &index)) && offer(reader, index, 1, 1);
}

static bool parse_line(struct reader *reader, char *text)
{
    if (!split(reader, text))
        return false;
    if (reader->line.count == 0)
        return true;
    return strcmp(reader->line.words[0].text, "let") == 0 ? parse_let(reader) : parse_rule(reader);
}

static bool parse(char *text, struct rule_set *set, struct problem *problem)
{
    struct reader reader = {.set = set, .problem = problem};
    char *line;
    while ((line = strsep(&text, "\n")) != NULL) {
        reader.line.number++;
        if (!parse_line(&reader, line))
            return false;
    }
    return true;
}

/* Returns the file with a NUL at its end, to be freed, or NULL. */
static char *read_whole(const char *path, struct problem *problem)
{
    FILE *file = fopen(path, "re");
    char *text = malloc(RULE_FILE_MAX + 1);
    size_t length = 0;
    if (file != NULL && text != NULL)
        length = fread(text, 1, RULE_FILE_MAX + 1, file);
    if (file == NULL || text == NULL || ferror(file)) {
        problem_say(problem, "%s", strerror(errno));
    } else if (length > RULE_FILE_MAX || memchr(text, '\0', length) != NULL) {
        problem_say(problem, "more than %u octets, or a NUL among them", RULE_FILE_MAX);
    } else {
        text[length] = '\0';
        fclose(file);
        return text;
    }
    if (file != NULL)
        fclose(file);
    free(text);
    return NULL;
}

bool rule_file_read(const char *path, struct rule_set *set, struct problem *problem)
{
    *problem = (struct problem){0};
    char *text = read_whole(path, problem);
    bool is_read = text != NULL && parse(text, set, problem);
    free(text);
    return is_read;
}
