/* Indented JSON, written as it goes. */
#ifndef FORMAT_SCHEMA_WRITER_H
#define FORMAT_SCHEMA_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"

struct schema_writer {
    struct text *out;
    int depth;
    bool has_member; /* the object or list that is open */
};

/* `key` is NULL in a list, and for the whole. */
void schema_begin_object(struct schema_writer *writer, const char *key);
void schema_begin_list(struct schema_writer *writer, const char *key);
void schema_end_object(struct schema_writer *writer);
void schema_end_list(struct schema_writer *writer);

void schema_put_string(struct schema_writer *writer, const char *key, const char *value);
void schema_put_int(struct schema_writer *writer, const char *key, int64_t number);
void schema_put_seconds(struct schema_writer *writer, const char *key, int64_t ns);
/* What is JSON already: true, a number, a short list. */
void schema_put_json(struct schema_writer *writer, const char *key, const char *json);

#endif
