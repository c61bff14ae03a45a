/* Results to bytes: what each output format must be able to do. */
#ifndef FORMAT_REPORT_H
#define FORMAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/result.h"
#include "core/tally.h"
#include "core/text.h"

/* What every format may need to know beside the results. */
struct report_context {
    int64_t wall_offset_ns; /* UTC minus the monotonic clock */
    int64_t elapsed_ns;     /* of the run; meaningful in end() */
    const struct tally *tally; /* in end(): of all results; in a held format: always */
    uint32_t name_width;    /* text: columns for the name, 0: does not matter */
    bool is_single;         /* one check on the command line: json is an object, not an array, text explains */
    bool is_colored;
    bool is_verbose;        /* -v: every attempt and address */
    bool is_quiet;          /* -q: text shows failures only and no summary when there are none */
};

/* begin(), then for each pass begin_pass() and result() for each result, then
 * end(). Any function may be NULL. They append bytes; the caller writes them
 * out between calls. `index` counts the results of a pass from 0. */
struct report_format {
    const char *name;
    bool is_held;     /* needs all results, in the order of their source */
    bool is_replaced; /* --output writes aside and renames */
    uint32_t passes;  /* 1, or more where is_held */
    void (*begin)(struct text *out, const struct report_context *context);
    void (*begin_pass)(struct text *out, const struct report_context *context, uint32_t pass);
    void (*result)(struct text *out, const struct report_context *context, uint32_t pass,
                   uint64_t index, const struct result *result);
    void (*end)(struct text *out, const struct report_context *context);
};

/* By name ("jsonl"); NULL when there is none. */
const struct report_format *report_format_find(const char *name);
/* "text, json, ...": for messages. */
const char *report_format_names(void);

extern const struct report_format report_text;
extern const struct report_format report_json;
extern const struct report_format report_jsonl;
extern const struct report_format report_csv;
extern const struct report_format report_junit;
extern const struct report_format report_tap;
extern const struct report_format report_prometheus;
extern const struct report_format report_nagios;

/* The start of a check as "2024-01-01T12:00:00Z". */
void report_append_timestamp(struct text *out, const struct report_context *context,
                             const struct result *result);

#endif
