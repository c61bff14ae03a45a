/* Nothing is drawn in the first second: most runs are over by then. */
#include "cli/progress.h"

#include <unistd.h>

#include "cli/say.h"
#include "core/duration.h"
#include "core/text.h"

#define FIRST_AFTER_NS NS_PER_S
#define INTERVAL_NS    (200 * NS_PER_MS)

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

static void draw(const struct progress *progress, const struct tally *tally, int64_t elapsed_s)
{
    struct text line;
    text_init(&line, 1024);
    text_append_string(&line, "\r\033[K");
    text_append_int(&line, (int64_t)tally->total);
    if (progress->expected != 0) {
        text_append_string(&line, " of ");
        text_append_int(&line, (int64_t)progress->expected);
    }
    text_append_string(&line, " checked, ");
    text_append_int(&line, (int64_t)tally->success);
    text_append_string(&line, " ok, ");
    text_append_int(&line, (int64_t)tally->failed);
    text_append_string(&line, " failed, ");
    text_append_int(&line, (int64_t)tally->unknown);
    text_append_string(&line, " unknown, ");
    text_append_int(&line, elapsed_s);
    text_append_string(&line, " s");
    say_bytes(line.bytes, line.length);
    text_fini(&line);
}

void progress_show(struct progress *progress, const struct tally *tally, int64_t now_ns)
{
    if (now_ns < progress_next_ns(progress)) {
        return;
    }
    draw(progress, tally, (now_ns - progress->started_ns) / NS_PER_S);
    progress->is_visible = true;
    progress->due_ns = now_ns + INTERVAL_NS;
}

void progress_hide(struct progress *progress)
{
    if (progress->is_visible) {
        say_bytes("\r\033[K", 4);
        progress->is_visible = false;
    }
}
