/* Records are written before the results that they belong to, so that none is shown of which there
 * is no record. */
#include "cli/audit.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit_file.h"
#include "cli/audit_socket.h"

#define RECORDS_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define FULL_BYTES        ((size_t)64 * 1024)
#define PASSWD_MAX_BYTES  ((size_t)16 * 1024)

/* The real user's name, or number where it has none. */
static void find_user(char user[], size_t size)
{
    char buffer[PASSWD_MAX_BYTES];
    struct passwd entry;
    struct passwd *found = NULL;
    uid_t id = getuid();
    if (getpwuid_r(id, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL) {
        snprintf(user, size, "%s", entry.pw_name);
    } else {
        snprintf(user, size, "%ju", (uintmax_t)id);
    }
}

static enum audit_kind kind_of(const char *to)
{
    if (to == NULL) {
        return AUDIT_NONE;
    }
    if (strcmp(to, "syslog") == 0) {
        return AUDIT_SYSLOG;
    }
    return strcmp(to, "journal") == 0 ? AUDIT_JOURNAL : AUDIT_FILE;
}

bool audit_open(struct audit *audit, const struct audit_settings *settings, struct text *why)
{
    *audit = (struct audit){
        .kind = kind_of(settings->to),
        .is_required = settings->is_required,
        .name = settings->to,
        .fd = -1,
    };
    text_init(&audit->records, RECORDS_MAX_BYTES);
    switch (audit->kind) {
    case AUDIT_NONE: return true;
    case AUDIT_FILE: audit->fd = audit_file_open(settings->to, why); break;
    case AUDIT_SYSLOG: audit->fd = audit_socket_open(AUDIT_LOG_SYSLOG, why); break;
    case AUDIT_JOURNAL: audit->fd = audit_socket_open(AUDIT_LOG_JOURNAL, why); break;
    }
    if (audit->fd < 0) {
        audit->kind = AUDIT_NONE;
        return false;
    }
    find_user(audit->user, sizeof audit->user);
    audit->context.user = audit->user;
    return true;
}

void audit_close(struct audit *audit)
{
    if (audit->fd >= 0) {
        close(audit->fd);
    }
    text_fini(&audit->records);
}

void audit_add(struct audit *audit, int64_t wall_offset_ns, const struct result *result)
{
    if (audit->kind == AUDIT_NONE) {
        return;
    }
    audit->context.wall_offset_ns = wall_offset_ns;
    uint32_t count = audit_append_records(&audit->records, &audit->context, result);
    if (audit->error != 0) {
        audit->lost += count;
        text_clear(&audit->records);
    } else {
        audit->count += count;
    }
}

bool audit_is_full(const struct audit *audit)
{
    return audit->records.length >= FULL_BYTES;
}

static int write_records(const struct audit *audit)
{
    const struct text *records = &audit->records;
    if (!text_is_ok(records)) {
        return ENOMEM;
    }
    switch (audit->kind) {
    case AUDIT_NONE: break;
    case AUDIT_FILE: return audit_file_append(audit->fd, records->bytes, records->length);
    case AUDIT_SYSLOG:
        return audit_socket_send(audit->fd, AUDIT_LOG_SYSLOG, records->bytes, records->length);
    case AUDIT_JOURNAL:
        return audit_socket_send(audit->fd, AUDIT_LOG_JOURNAL, records->bytes, records->length);
    }
    return 0;
}

bool audit_flush(struct audit *audit)
{
    if (audit->count == 0) {
        return true;
    }
    audit->error = write_records(audit);
    audit->lost += audit->error != 0 ? audit->count : 0;
    audit->count = 0;
    text_clear(&audit->records);
    return audit->error == 0;
}
