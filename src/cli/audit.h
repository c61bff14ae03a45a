/* The record that a run leaves of every attempt. One thread, the writer's, but for opening. */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/result.h"
#include "core/text.h"
#include "format/audit_record.h"
#include "format/check_list.h"

enum audit_kind { AUDIT_NONE, AUDIT_FILE, AUDIT_SYSLOG, AUDIT_JOURNAL };

struct audit {
    enum audit_kind kind;
    bool is_required; /* a failure stops the run */
    const char *name; /* what messages call it */
    int fd;
    int error; /* errno of the failure, after which nothing more is kept; 0: none */
    struct audit_context context;
    char user[256];
    struct text records; /* not written yet */
    uint64_t count;      /* of them */
    uint64_t lost;       /* records that could not be written */
};

/* settings->to is a file's name, "syslog" or "journal"; NULL: no audit, nothing is kept. The name
 * outlives the audit. False: `why`; audit_close() is needed either way. */
bool audit_open(struct audit *audit, const struct audit_settings *settings, struct text *why);
void audit_close(struct audit *audit);

/* Keeps the records of a result for the next audit_flush(). */
void audit_add(struct audit *audit, int64_t wall_offset_ns, const struct result *result);
/* So much is waiting that it should be written. */
bool audit_is_full(const struct audit *audit);
/* Writes what is kept. True unless it fails now: audit->error says why, once. */
bool audit_flush(struct audit *audit);

#endif
