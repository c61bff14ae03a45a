/* Nothing is drawn in the first second: most runs are over by then. */
#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/say.h"
#include "core/duration.h"
#include "core/text.h"
#include "format/summary.h"

#define FIRST_AFTER_NS  NS_PER_S
#define INTERVAL_NS     (200 * NS_PER_MS)
#define LINE_MAX_BYTES  ((size_t)4096)
#define DEFAULT_COLUMNS 80
#define WIPE            "\r\033[K"

void progress_init(struct progress *progress, enum when when, uint64_t expected, int64_t now_ns)
{
    *progress = (struct progress){
        .is_enabled = when == WHEN_ALWAYS || (when == WHEN_AUTO && isatty(STDERR_FILENO) == 1),
        .expected = expected,
        .started_ns = now_ns,
        .due_ns = now_ns + FIRST_AFTER_NS,
    };
}

int64_t progress_next_ns(const struct progress *progress)
{
    return progress->is_enabled ? progress->due_ns : INT64_MAX;
}

/* A line that wraps cannot be wiped; in the last column some terminals wrap already. */
static size_t usable_columns(void)
{
    struct winsize size = {0};
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return (is_known ? size.ws_col : DEFAULT_COLUMNS) - 1U;
}

void progress_show(struct progress *progress, const struct tally *tally, int64_t now_ns)
{
    if (now_ns < progress_next_ns(progress)) {
        return;
    }
    struct text line;
    text_init(&line, LINE_MAX_BYTES);
    text_append_string(&line, WIPE);
    summary_append_progress(&line, tally, progress->expected, now_ns - progress->started_ns,
                            usable_columns());
    say_bytes(line.bytes, line.length);
    text_fini(&line);
    progress->is_visible = true;
    progress->due_ns = now_ns + INTERVAL_NS;
}

void progress_report(const struct progress *progress, const char *program,
                     const struct tally *tally, int64_t now_ns)
{
    struct text line;
    text_init(&line, LINE_MAX_BYTES);
    text_append_strings(&line, progress->is_enabled ? WIPE : "", program, ": ", NULL);
    summary_append_progress(&line, tally, progress->expected, now_ns - progress->started_ns, 0);
    text_append_char(&line, '\n');
    say_bytes(line.bytes, line.length);
    text_fini(&line);
}

void progress_hide(struct progress *progress)
{
    if (progress->is_visible) {
        say_bytes(WIPE, sizeof WIPE - 1);
        progress->is_visible = false;
    }
}
