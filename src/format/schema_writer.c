/* Commas, line feeds and indentation, so that schema.c is only about the schema. */
#include "format/schema_writer.h"

#include "core/duration.h"
#include "format/json.h"

static void start_line(struct schema_writer *writer)
{
    text_append_char(writer->out, '\n');
    for (int i = 0; i < writer->depth; i++)
        text_append_string(writer->out, "  ");
}

static void start_member(struct schema_writer *writer, const char *key)
{
    if (writer->has_member)
        text_append_char(writer->out, ',');
    if (writer->depth > 0)
        start_line(writer);
    if (key != NULL) {
        json_append_string(writer->out, key);
        text_append_string(writer->out, ": ");
    }
    writer->has_member = true;
}

static void begin(struct schema_writer *writer, const char *key, char bracket)
{
    start_member(writer, key);
    text_append_char(writer->out, bracket);
    writer->depth++;
    writer->has_member = false;
}

static void end(struct schema_writer *writer, char bracket)
{
    writer->depth--;
    start_line(writer);
    text_append_char(writer->out, bracket);
    writer->has_member = true;
}

void schema_begin_object(struct schema_writer *writer, const char *key)
{
    begin(writer, key, '{');
}

void schema_begin_list(struct schema_writer *writer, const char *key)
{
    begin(writer, key, '[');
}

void schema_end_object(struct schema_writer *writer)
{
    end(writer, '}');
}

void schema_end_list(struct schema_writer *writer)
{
    end(writer, ']');
}

void schema_put_string(struct schema_writer *writer, const char *key, const char *value)
{
    start_member(writer, key);
    json_append_string(writer->out, value);
}

void schema_put_int(struct schema_writer *writer, const char *key, int64_t number)
{
    start_member(writer, key);
    text_append_int(writer->out, number);
}

void schema_put_seconds(struct schema_writer *writer, const char *key, int64_t ns)
{
    start_member(writer, key);
    text_append_seconds(writer->out, ns, ns % NS_PER_S == 0 ? 0 : 3);
}

void schema_put_json(struct schema_writer *writer, const char *key, const char *json)
{
    start_member(writer, key);
    text_append_string(writer->out, json);
}
