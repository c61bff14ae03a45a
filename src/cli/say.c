/* Messages go out in one write(2) each, so that lines of the two threads never
 * mix. A failure to write to stderr is nobody's to hear of. */
#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

#define SAY_MAX_BYTES ((size_t)1024 * 1024)

void say(const char *program, ...)
{
    struct text line;
    text_init(&line, SAY_MAX_BYTES);
    text_append_strings(&line, program, ": ", NULL);
    va_list parts;
    va_start(parts, program);
    for (const char *part = va_arg(parts, const char *); part != NULL;
         part = va_arg(parts, const char *)) {
        text_append_escaped(&line, part, strlen(part));
    }
    va_end(parts);
    text_append_char(&line, '\n');
    say_bytes(line.bytes, line.length);
    text_fini(&line);
}

void say_bytes(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, bytes, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return;
        }
        bytes += written;
        length -= (size_t)written;
    }
}
