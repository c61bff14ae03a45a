/* One queue, one lock. The thread takes all that is queued in one go, formats
 * it, and writes when nothing more is waiting or enough has come together: a
 * fast run makes few writes, a slow one shows each result at once. After a
 * failed write it goes on taking results and drops them, so that the engine
 * can come to its end. */
#include "cli/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/say.h"
#include "cli/thread.h"
#include "core/duration.h"
#include "engine/engine.h"
#include "net/net.h"

#define TEXT_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define FLUSH_BYTES    ((size_t)64 * 1024)

static uint32_t writer_offer(struct sink *sink, struct result *const *results, uint32_t count)
{
    struct writer *writer = (struct writer *)sink;
    pthread_mutex_lock(&writer->mutex);
    uint32_t room = WRITER_QUEUE_MAX - writer->count;
    uint32_t taken = count < room ? count : room;
    for (uint32_t i = 0; i < taken; i++) {
        writer->queue[(writer->head + writer->count++) % WRITER_QUEUE_MAX] = results[i];
    }
    writer->is_wanted = writer->is_wanted || taken < count;
    if (taken > 0) {
        pthread_cond_signal(&writer->has_news);
    }
    pthread_mutex_unlock(&writer->mutex);
    return taken;
}

static bool has_failed(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    int error = writer->error;
    pthread_mutex_unlock(&writer->mutex);
    return error != 0;
}

static enum sink_state writer_state(struct sink *sink)
{
    struct writer *writer = (struct writer *)sink;
    pthread_mutex_lock(&writer->mutex);
    enum sink_state state = writer->must_end ? SINK_ENDING : SINK_GOOD;
    if (writer->error != 0) {
        state = SINK_FAILED;
    }
    pthread_mutex_unlock(&writer->mutex);
    return state;
}

/* A run whose output is stuck is reported on as well: the thread's own tally is not asked. */
static void writer_report(struct sink *sink)
{
    struct writer *writer = (struct writer *)sink;
    pthread_mutex_lock(&writer->mutex);
    struct tally known = writer->known;
    pthread_mutex_unlock(&writer->mutex);
    progress_report(writer->progress, "tcpcheck", &known, net_ops.now(writer->net));
}

void writer_fail(struct writer *writer, int error)
{
    pthread_mutex_lock(&writer->mutex);
    if (writer->error == 0) {
        writer->error = error;
    }
    pthread_mutex_unlock(&writer->mutex);
    net_wake(writer->net);
}

/* The run has no record any more: it ends, or goes on and says so. */
static void audit_failed(struct writer *writer)
{
    const struct audit *audit = writer->audit;
    if (!audit->is_required) {
        progress_hide(writer->progress);
        say("tcpcheck", "--audit: ", audit->name, " cannot be written: ", strerror(audit->error),
            "; the run goes on without it", NULL);
        return;
    }
    pthread_mutex_lock(&writer->mutex);
    writer->must_end = true;
    pthread_mutex_unlock(&writer->mutex);
    net_wake(writer->net);
}

/* Before results are shown: a report never says less than what can be read already. */
static void publish_tally(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->known = writer->tally;
    pthread_mutex_unlock(&writer->mutex);
}

/* Writes what has come together. */
static void flush(struct writer *writer)
{
    publish_tally(writer);
    if (!audit_flush(writer->audit)) {
        audit_failed(writer);
    }
    if (!text_is_ok(&writer->text)) {
        writer_fail(writer, ENOMEM);
    }
    if (writer->text.length > 0 && !has_failed(writer)) {
        progress_hide(writer->progress);
        int error = output_write(writer->output, writer->text.bytes, writer->text.length);
        if (error != 0) {
            writer_fail(writer, error);
        }
    }
    text_clear(&writer->text);
}

static void flush_if_large(struct writer *writer)
{
    if (writer->text.length >= FLUSH_BYTES || audit_is_full(writer->audit)) {
        flush(writer);
    }
}

static void hold(struct writer *writer, struct result *result)
{
    if (writer->held_count == writer->held_capacity) {
        size_t capacity = writer->held_capacity == 0 ? 64 : 2 * writer->held_capacity;
        struct result **grown = realloc(writer->held, capacity * sizeof(struct result *));
        if (grown == NULL) {
            engine_free_result(writer->source, result);
            writer_fail(writer, ENOMEM);
            return;
        }
        writer->held = grown;
        writer->held_capacity = capacity;
    }
    writer->held[writer->held_count++] = result;
}

static void handle(struct writer *writer, struct result *result, bool is_of_use)
{
    tally_add(&writer->tally, result);
    if (writer->times != NULL) {
        run_times_add(writer->times, result);
    }
    audit_add(writer->audit, writer->context.wall_offset_ns, result);
    if (!is_of_use) {
        engine_free_result(writer->source, result);
    } else if (writer->format->is_held) {
        hold(writer, result);
    } else {
        writer->format->result(&writer->text, &writer->context, 0, writer->written++, result);
        engine_free_result(writer->source, result);
    }
    flush_if_large(writer);
}

/* Takes all that is queued; 0: nothing came before the next progress was due,
 * or the queue is closed. */
static uint32_t take(struct writer *writer, struct result *batch[WRITER_QUEUE_MAX], bool *is_closed)
{
    int64_t due_ns = progress_next_ns(writer->progress);
    struct timespec until = {.tv_sec = due_ns / NS_PER_S, .tv_nsec = due_ns % NS_PER_S};
    pthread_mutex_lock(&writer->mutex);
    int timed_out = 0;
    while (writer->count == 0 && !writer->is_closed && timed_out == 0) {
        timed_out = due_ns != INT64_MAX
                        ? pthread_cond_timedwait(&writer->has_news, &writer->mutex, &until)
                        : pthread_cond_wait(&writer->has_news, &writer->mutex);
    }
    uint32_t count = writer->count;
    for (uint32_t i = 0; i < count; i++) {
        batch[i] = writer->queue[(writer->head + i) % WRITER_QUEUE_MAX];
    }
    writer->head = (writer->head + count) % WRITER_QUEUE_MAX;
    writer->count = 0;
    *is_closed = writer->is_closed;
    bool is_wanted = writer->is_wanted;
    writer->is_wanted = false;
    pthread_mutex_unlock(&writer->mutex);
    if (is_wanted) {
        net_wake(writer->net);
    }
    return count;
}

static int by_sequence(const void *a, const void *b)
{
    const struct result *const *left = a;
    const struct result *const *right = b;
    return ((*left)->sequence > (*right)->sequence) - ((*left)->sequence < (*right)->sequence);
}

static void write_held(struct writer *writer)
{
    if (writer->held_count > 0) {
        qsort(writer->held, writer->held_count, sizeof(struct result *), by_sequence);
    }
    for (uint32_t pass = 0; pass < writer->format->passes; pass++) {
        if (writer->format->begin_pass != NULL) {
            writer->format->begin_pass(&writer->text, &writer->context, pass);
        }
        for (size_t i = 0; i < writer->held_count; i++) {
            writer->format->result(&writer->text, &writer->context, pass, i, writer->held[i]);
            flush_if_large(writer);
        }
    }
}

static void begin(struct writer *writer)
{
    if (writer->format->begin != NULL) {
        writer->format->begin(&writer->text, &writer->context);
    }
}

static void end(struct writer *writer)
{
    writer->context.elapsed_ns = net_ops.now(writer->net) - writer->started_ns;
    if (writer->format->is_held && !has_failed(writer)) {
        begin(writer);
        write_held(writer);
    }
    for (size_t i = 0; i < writer->held_count; i++) {
        engine_free_result(writer->source, writer->held[i]);
    }
    if (writer->format->end != NULL) {
        writer->format->end(&writer->text, &writer->context);
    }
    flush(writer);
    progress_hide(writer->progress);
}

/* What is held is written when all is known. A run for nobody ends before that: for the others, the
 * next write says so. */
static void look_for_reader(struct writer *writer)
{
    if (writer->format->is_held && !has_failed(writer) && !output_has_reader(writer->output)) {
        writer_fail(writer, EPIPE);
    }
}

static void *writer_main(void *argument)
{
    struct writer *writer = argument;
    struct result *batch[WRITER_QUEUE_MAX];
    bool is_closed = false;
    if (!writer->format->is_held) {
        begin(writer);
    }
    while (!is_closed) {
        uint32_t count = take(writer, batch, &is_closed);
        bool is_of_use = !has_failed(writer);
        for (uint32_t i = 0; i < count; i++) {
            handle(writer, batch[i], is_of_use);
        }
        flush(writer);
        look_for_reader(writer);
        progress_show(writer->progress, &writer->tally, net_ops.now(writer->net));
    }
    end(writer);
    return NULL;
}

int writer_start(struct writer *writer, const struct writer_parts *parts)
{
    memset(writer, 0, sizeof *writer);
    writer->sink =
        (struct sink){.offer = writer_offer, .state = writer_state, .report = writer_report};
    writer->format = parts->format;
    writer->context = *parts->context;
    writer->context.tally = &writer->tally;
    writer->context.memory = &writer->memory;
    report_memory_init(&writer->memory);
    writer->output = parts->output;
    writer->source = parts->source;
    writer->net = parts->net;
    writer->progress = parts->progress;
    writer->audit = parts->audit;
    writer->times = parts->times;
    writer->started_ns = net_ops.now(parts->net);
    text_init(&writer->text, TEXT_MAX_BYTES);
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->has_news, &attributes);
    pthread_condattr_destroy(&attributes);
    return thread_start(&writer->thread, writer_main, writer);
}

int writer_finish(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->is_closed = true;
    pthread_cond_signal(&writer->has_news);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_mutex_destroy(&writer->mutex);
    pthread_cond_destroy(&writer->has_news);
    text_fini(&writer->text);
    report_memory_fini(&writer->memory);
    free(writer->held);
    int error = writer->error;
    if (error == 0) {
        return output_commit(writer->output);
    }
    output_abandon(writer->output);
    return error;
}
