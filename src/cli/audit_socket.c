/* Both logs are a datagram a message to a Unix socket. syslog(3) does the same and tells nobody
 * when it fails, and libsystemd is 800 KiB to load for one sendmsg(2): an audit has to know that
 * each record was taken. */
#include "cli/audit_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define IDENTIFIER        "tcpcheck"

static const struct sockaddr_un addresses[] = {
    [AUDIT_LOG_SYSLOG] = {.sun_family = AF_UNIX, .sun_path = "/dev/log"},
    [AUDIT_LOG_JOURNAL] = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"},
};

/* connect(2) on a socket that is connected connects it anew. */
static int connect_to(int fd, enum audit_log log)
{
    const struct sockaddr *address = (const struct sockaddr *)&addresses[log];
    return connect(fd, address, sizeof addresses[log]) != 0 ? errno : 0;
}

int audit_socket_open(enum audit_log log, struct text *why)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = fd < 0 ? errno : connect_to(fd, log);
    if (error == 0) {
        return fd;
    }
    text_append_strings(why, "is not there: ", addresses[log].sun_path, ": ", strerror(error),
                        NULL);
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* Local time in the words of RFC 3164, whatever the locale. */
static void append_time(struct text *message)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    struct tm local = {0};
    localtime_r(&now, &local);
    text_append_strings(message, months[local.tm_mon], local.tm_mday < 10 ? "  " : " ", NULL);
    text_append_int(message, local.tm_mday);
    text_append_char(message, ' ');
    text_append_padded_int(message, local.tm_hour, 2);
    text_append_char(message, ':');
    text_append_padded_int(message, local.tm_min, 2);
    text_append_char(message, ':');
    text_append_padded_int(message, local.tm_sec, 2);
}

static void append_syslog(struct text *message, const char *line, size_t length)
{
    text_append_char(message, '<');
    text_append_int(message, LOG_AUTH | LOG_INFO);
    text_append_char(message, '>');
    append_time(message);
    text_append_string(message, " " IDENTIFIER "[");
    text_append_int(message, getpid());
    text_append_string(message, "]: ");
    text_append(message, line, length);
}

/* The journal's native protocol, a field a line: a record holds no line feed. */
static void append_journal(struct text *message, const char *line, size_t length)
{
    text_append_string(message, "PRIORITY=");
    text_append_int(message, LOG_INFO);
    text_append_string(message, "\nSYSLOG_FACILITY=");
    text_append_int(message, LOG_FAC(LOG_AUTH));
    text_append_string(message, "\nSYSLOG_IDENTIFIER=" IDENTIFIER "\nMESSAGE=");
    text_append(message, line, length);
    text_append_char(message, '\n');
}

static int send_once(int fd, const struct text *message)
{
    while (send(fd, message->bytes, message->length, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int send_line(int fd, enum audit_log log, struct text *message, const char *line,
                     size_t length)
{
    text_clear(message);
    switch (log) {
    case AUDIT_LOG_SYSLOG: append_syslog(message, line, length); break;
    case AUDIT_LOG_JOURNAL: append_journal(message, line, length); break;
    }
    if (!text_is_ok(message)) {
        return ENOMEM;
    }
    int error = send_once(fd, message);
    bool has_gone = error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET;
    if (has_gone && connect_to(fd, log) == 0) {
        error = send_once(fd, message);
    }
    return error;
}

int audit_socket_send(int fd, enum audit_log log, const char *lines, size_t length)
{
    struct text message;
    text_init(&message, MESSAGE_MAX_BYTES);
    int error = 0;
    while (length > 0 && error == 0) {
        const char *feed = memchr(lines, '\n', length);
        size_t line_length = feed != NULL ? (size_t)(feed - lines) : length;
        error = send_line(fd, log, &message, lines, line_length);
        size_t taken = line_length + (feed != NULL ? 1 : 0);
        lines += taken;
        length -= taken;
    }
    text_fini(&message);
    return error;
}
