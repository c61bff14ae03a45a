/* What a parser of any format yields for one value. */
#ifndef CORE_VALUE_H
#define CORE_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum value_type {
    VALUE_PLAIN,    /* text whose type is open: unquoted YAML, an option, a list field */
    VALUE_STRING,   /* quoted YAML, a JSON string */
    VALUE_NUMBER,   /* a JSON number; `text` is as written */
    VALUE_BOOLEAN,  /* JSON true or false */
    VALUE_NULL,     /* JSON null, YAML ~, null or nothing at all */
    VALUE_SEQUENCE, /* `text` is empty */
    VALUE_MAPPING,  /* `text` is empty */
};

struct value {
    enum value_type type;
    uint32_t line;    /* from 1; 0 where there are no lines (an option) */
    uint32_t column;  /* from 1, in characters */
    const char *text; /* not NUL-terminated; may hold any byte */
    size_t length;
};

/* "a string", "a list", ...: for messages. */
const char *value_type_name(enum value_type type);

#endif
