/* The one table of a check's parameters. YAML, JSON, options, the plugin's
 * flags, the schema, the help and the man pages' tests are made from it. */
#ifndef CORE_PARAMETER_H
#define CORE_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/check.h"
#include "core/service.h"
#include "core/text.h"
#include "core/value.h"

enum parameter_type {
    PARAMETER_HOST,
    PARAMETER_PORT,     /* 1-65535 or a service name */
    PARAMETER_INTEGER,  /* min..max */
    PARAMETER_DURATION, /* min..max, in ns */
    PARAMETER_CHOICE,   /* one of `choices` */
    PARAMETER_BOOLEAN,  /* true or false */
    PARAMETER_ADDRESS,  /* an IP address */
    PARAMETER_DEVICE,   /* the name of a network device */
    PARAMETER_RANGE,    /* a Monitoring Plugins threshold */
};

/* What a parameter is, in the order of the documents. The id is its bit in
 * check.given. */
struct parameter {
    enum parameter_id id;
    enum parameter_type type;
    const char *name;           /* "retry_delay"; the option is --retry-delay */
    const char *argument;       /* "DURATION": what help and man pages call the value */
    const char *default_text;   /* NULL: none */
    const char *accepted;       /* "1-65535 or a service name": ends every message */
    const char *meaning;        /* one line */
    const char *const *choices; /* PARAMETER_CHOICE: in the order of their enum; then NULL */
    int64_t min;                /* PORT, INTEGER, DURATION */
    int64_t max;
    bool is_required;
};

/* All of them; PARAMETER_COUNT entries, indexed by id. */
extern const struct parameter parameters[PARAMETER_COUNT];

/* By name; NULL when there is none. */
const struct parameter *parameter_find(const char *name, size_t length);
/* The known name nearest to an unknown one, or NULL. */
const char *parameter_suggest(const char *name, size_t length);

/* What names mean, which core cannot know by itself. */
struct naming {
    const struct service_table *services; /* may be NULL: no names for ports */
    /* Appends the A-labels of a name that is not ASCII to `labels`. Returns NULL, or what is wrong
     * with the name, ending in what is accepted. May be NULL: hosts are ASCII. */
    const char *(*to_ascii)(const char *name, size_t length, struct text *labels);
};

/* What parameter_set() needs beside the value. */
struct parameter_context {
    struct arena *arena;         /* owns the strings of the check */
    const struct naming *naming; /* may be NULL */
};

/* Sets one parameter of `check` from a value and marks it as given. False, and
 * nothing changed: `why` says what is wrong, the value found and what is
 * accepted ("port '70000' is out of range: accepted is 1-65535 or a service
 * name"); or memory was short, and `why` says so. */
bool parameter_set(struct check *check, const struct parameter *parameter,
                   const struct value *value, const struct parameter_context *context,
                   struct text *why);

/* The parameter's value in this check as text that parameter_set() reads back;
 * nothing where it has none. */
void parameter_append(struct text *text, const struct check *check,
                      const struct parameter *parameter);

#endif
