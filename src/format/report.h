/* Results to bytes: what each output format must be able to do. */
#ifndef FORMAT_REPORT_H
#define FORMAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/limits.h"
#include "core/result.h"
#include "core/run_times.h"
#include "core/tally.h"
#include "core/text.h"
#include "format/seen.h"

/* What a format keeps between its calls. One for each report; begin with
 * report_memory_init(). */
struct report_memory {
    size_t columns;   /* nagios: taken on the first line so far */
    size_t items;     /* nagios: names, or performance data, written so far */
    struct seen seen; /* text: advice given; nagios, prometheus: labels met in this pass */
};

void report_memory_init(struct report_memory *memory);
void report_memory_fini(struct report_memory *memory);

/* What every format may need to know beside the results. */
struct report_context {
    int64_t wall_offset_ns;        /* UTC minus the monotonic clock */
    int64_t elapsed_ns;            /* of the run; meaningful when `tally` is */
    const struct tally *tally;     /* in end(): of all results; in a held format: always */
    const struct run_times *times; /* text: in end(), to be shown as a table; or NULL */
    struct limits limits;          /* of the run */
    struct restraint restraint;    /* in end(): how often each of them was felt */
    struct report_memory *memory;  /* in a report: never NULL */
    uint32_t name_width;           /* text: columns for the name, 0: does not matter */
    uint32_t target_width;         /* text: the same for host:port, beside a name */
    bool is_single; /* one check on the command line: json is an object, text explains */
    bool is_colored;
    bool is_verbose; /* -v: every attempt and address */
    bool is_quiet;   /* -q: text shows failures only and no summary when there are none */
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
    /* What the program exits with; NULL: tally_exit_code(). */
    int (*exit_code)(const struct tally *tally);
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

/* text: widens the columns so that this check's name and target fit. To be
 * called for each check that is known before the first result. */
void report_context_fit(struct report_context *context, const struct check *check);

/* host:port, with brackets where the host needs them. `append` writes bytes
 * from outside by the rules of the format; what stands around them is
 * only []:0-9. */
void report_append_target(struct text *out, const struct check *check,
                          void (*append)(struct text *out, const char *bytes, size_t length));
/* The check's name, or host:port where it has none. */
void report_append_name(struct text *out, const struct check *check,
                        void (*append)(struct text *out, const char *bytes, size_t length));

/* The time that `warning` and `critical` look at: response_time, which in a
 * result that is an error means something else. */
int64_t report_measured_ns(const struct result *result);

/* The start of a check, UTC, in nanoseconds since 1970. */
int64_t report_started_ns(const struct report_context *context, const struct result *result);
/* A moment in nanoseconds since 1970 as "2024-01-01T12:00:00.123456Z", cut to microseconds. */
void report_append_moment(struct text *out, int64_t utc_ns);
/* The start of a check as "2024-01-01T12:00:00Z". */
void report_append_timestamp(struct text *out, const struct report_context *context,
                             const struct result *result);

#endif
