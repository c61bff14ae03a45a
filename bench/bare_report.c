/* Digits by hand into one buffer: a yardstick that spends its time in printf(3) would be a poor
 * one. */
#include "bare_report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_SIZE 256
#define DIGITS_MAX    20

static void put_text(struct bare_report *report, const char *text)
{
    size_t length = strlen(text);
    memcpy(report->bytes + report->used, text, length);
    report->used += length;
}

static void put_number(struct bare_report *report, uint64_t number)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    memcpy(report->bytes + report->used, digits + at, sizeof(digits) - at);
    report->used += sizeof(digits) - at;
}

static void flush(struct bare_report *report)
{
    size_t done = 0;
    while (done < report->used && report->error == 0) {
        ssize_t written = write(STDOUT_FILENO, report->bytes + done, report->used - done);
        if (written >= 0)
            done += (size_t)written;
        else if (errno != EINTR)
            report->error = errno;
    }
    report->used = 0;
}

static void put_result(struct bare_report *report, const struct bare_result *result)
{
    const char *name = result->error == 0 ? "open" : strerrorname_np(result->error);
    put_text(report, result->target->text);
    put_text(report, " ");
    put_text(report, name != NULL ? name : "?");
    put_text(report, " ");
    put_number(report, (uint64_t)result->wall_ns);
    if (result->has_info) {
        put_text(report, " ");
        put_number(report, result->rtt_us);
        put_text(report, " ");
        put_number(report, result->retransmits);
    } else {
        put_text(report, " - -");
    }
    put_text(report, "\n");
}

void bare_report_add(struct bare_report *report, const struct bare_result *result)
{
    report->open += result->error == 0;
    report->refused += result->error == ECONNREFUSED;
    report->failed += result->error != 0 && result->error != ECONNREFUSED;
    if (report->is_quiet)
        return;
    if (sizeof(report->bytes) - report->used < LINE_MAX_SIZE)
        flush(report);
    put_result(report, result);
}

int bare_report_finish(struct bare_report *report)
{
    flush(report);
    return report->error;
}
