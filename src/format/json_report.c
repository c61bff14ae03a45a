/* The formats json and jsonl: the same objects, as one array in the order of the source, or a line
 * each as they finish. The array's elements stand on a line each, so that line tools can read
 * it too. */
#include <stddef.h>

#include "format/json.h"
#include "format/report.h"

static void json_begin(struct text *out, const struct report_context *context)
{
    if (!context->is_single)
        text_append_char(out, '[');
}

static void json_result(struct text *out, const struct report_context *context, uint32_t pass,
                        uint64_t index, const struct result *result)
{
    (void)pass;
    if (!context->is_single)
        text_append_string(out, index == 0 ? "\n" : ",\n");
    json_append_result(out, context, result);
}

static void json_end(struct text *out, const struct report_context *context)
{
    if (context->is_single)
        text_append_char(out, '\n');
    else
        text_append_string(out, context->tally->total == 0 ? "]\n" : "\n]\n");
}

static void jsonl_result(struct text *out, const struct report_context *context, uint32_t pass,
                         uint64_t index, const struct result *result)
{
    (void)pass;
    (void)index;
    json_append_result(out, context, result);
    text_append_char(out, '\n');
}

const struct report_format report_json = {
    .name = "json",
    .is_held = true,
    .is_replaced = true,
    .passes = 1,
    .begin = json_begin,
    .result = json_result,
    .end = json_end,
};

const struct report_format report_jsonl = {
    .name = "jsonl",
    .passes = 1,
    .result = jsonl_result,
};
