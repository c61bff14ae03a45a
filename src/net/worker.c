/* A round: orders, then what the kernel has to tell, then what has expired; then the news go to the
 * front, many at a time, so that a busy worker wakes it seldom.
 *
 * The table of connections is in turns the worker's and the front's: to conclude or to cancel
 * needs an answer at once, and only the kernel has it. A turn is one connection long (but for
 * telling, and for what expires), so that neither waits long. While the front has its turn,
 * all of a slot can be found: it is an order, or in the table, and what was told of it and not
 * heard of is in the mailbox, which may be more than one event.
 *
 * Rejected: to ask the worker to conclude, and be told by an event. The engine would have to bear
 * with connections that are neither in the air nor ended. */
#include "net/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "net/conn.h"
#include "net/mailbox.h"
#include "net/quiet_thread.h"
#include "net/turnstile.h"

/* News are held back for so many orders at most. */
#define ROUND_ORDERS 32

struct worker {
    pthread_t thread;
    struct front *front;
    struct loop loop; /* loop_wait() is the worker's alone */
    struct turnstile turn;
    struct conn_table conns; /* whose turn it is */
    int64_t sleeps_until_ns; /* with conns; 0: it is awake */
    struct mailbox box;
};

/* ---- the thread ------------------------------------------------------- */

/* An order is taken in a turn: it is never out of sight. */
static bool start_next(struct worker *worker)
{
    struct order order;
    turnstile_enter(&worker->turn);
    bool is_taken = mailbox_take_order(&worker->box, &order);
    if (is_taken)
        conn_start(&worker->conns, order.slot, &order.target, &order.options);
    turnstile_leave(&worker->turn);
    return is_taken;
}

/* Until when the worker may wait. */
static int64_t rest_until_ns(struct worker *worker)
{
    turnstile_enter(&worker->turn);
    bool may_sleep = mailbox_leave(&worker->box, conn_has_event(&worker->conns));
    int64_t until_ns = may_sleep ? conn_next_ns(&worker->conns) : 0;
    worker->sleeps_until_ns = until_ns;
    turnstile_leave(&worker->turn);
    return until_ns;
}

static void hear(struct worker *worker, const struct loop_ready *ready, int64_t heard_ns)
{
    if (ready->owner != LOOP_CONN)
        return;
    turnstile_enter(&worker->turn);
    conn_hear(&worker->conns, ready->fd_or_index, ready->events, heard_ns);
    turnstile_leave(&worker->turn);
}

/* Waits, and handles what happened before anything expires, as net_ops.wait_until() does. */
static void hear_all(struct worker *worker, int64_t until_ns)
{
    int count;
    do {
        count = loop_wait(&worker->loop, until_ns);
        int64_t heard_ns = loop_now_ns();
        for (int i = 0; i < count; i++) {
            struct loop_ready ready = loop_ready(&worker->loop, i);
            hear(worker, &ready, heard_ns);
        }
        until_ns = 0;
    } while (count == LOOP_BATCH);
}

/* Hands over what there is to tell, as far as there is room. */
static void tell_front(struct worker *worker)
{
    struct event event;
    bool has_told = false;
    turnstile_enter(&worker->turn);
    worker->sleeps_until_ns = 0;
    conn_expire(&worker->conns, loop_now_ns());
    for (uint32_t room = mailbox_event_room(&worker->box);
         room > 0 && conn_take_event(&worker->conns, &event); room--) {
        mailbox_put_event(&worker->box, &event);
        has_told = true;
    }
    turnstile_leave(&worker->turn);
    if (has_told && atomic_exchange(&worker->front->is_waiting, false))
        loop_wake(worker->front->loop);
}

static void *work(void *data)
{
    struct worker *worker = data;
    while (!mailbox_is_closed(&worker->box)) {
        int started = 0;
        while (started < ROUND_ORDERS && start_next(worker))
            started++;
        tell_front(worker);
        hear_all(worker, rest_until_ns(worker));
        tell_front(worker);
    }
    return NULL;
}

/* ---- its life --------------------------------------------------------- */

static void free_parts(struct worker *worker)
{
    conn_table_fini(&worker->conns);
    loop_fini(&worker->loop);
    mailbox_fini(&worker->box);
    turnstile_fini(&worker->turn);
}

/* All but the thread. Nothing is left of it where it fails. */
static int make_parts(struct worker *worker, const struct worker_options *options)
{
    int error = turnstile_init(&worker->turn);
    if (error < 0)
        return error;
    error = mailbox_init(&worker->box);
    if (error < 0)
        goto no_box;
    error = loop_init(&worker->loop);
    if (error < 0)
        goto no_loop;
    conn_table_init(&worker->conns, &worker->loop);
    worker->conns.recycles = options->recycles;
    worker->front = options->front;
    if (conn_table_reserve(&worker->conns, options->slot_count))
        return 0;
    error = -ENOMEM;
    loop_fini(&worker->loop);
no_loop:
    mailbox_fini(&worker->box);
no_box:
    turnstile_fini(&worker->turn);
    return error;
}

int worker_create(struct worker **worker, const struct worker_options *options)
{
    struct worker *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return -ENOMEM;
    int error = make_parts(made, options);
    if (error < 0)
        goto no_parts;
    error = quiet_thread_start(&made->thread, NULL, work, made);
    if (error < 0)
        goto no_thread;
    *worker = made;
    return 0;

no_thread:
    free_parts(made);
no_parts:
    free(made);
    return error;
}

void worker_destroy(struct worker *worker)
{
    if (worker == NULL)
        return;
    mailbox_close(&worker->box);
    loop_wake(&worker->loop);
    pthread_join(worker->thread, NULL);
    free_parts(worker);
    free(worker);
}

/* ---- the front's ------------------------------------------------------ */

/* What the front has done may have to be told, or ended, before the thread would wake. */
static void leave_turn(struct worker *worker)
{
    int64_t next_ns = conn_has_event(&worker->conns) ? 0 : conn_next_ns(&worker->conns);
    bool must_wake = next_ns < worker->sleeps_until_ns;
    turnstile_leave(&worker->turn);
    if (must_wake)
        loop_wake(&worker->loop);
}

/* Where there are more orders than the thread can keep up with, the front makes the connection. */
void worker_start(struct worker *worker, uint32_t slot, const struct address *target,
                  const struct connect_options *options)
{
    const struct order order = {.slot = slot, .target = *target, .options = *options};
    bool must_wake = false;
    if (!mailbox_put_order(&worker->box, &order, &must_wake)) {
        turnstile_enter(&worker->turn);
        conn_start(&worker->conns, slot, target, options);
        leave_turn(worker);
    }
    if (must_wake)
        loop_wake(&worker->loop);
}

int64_t worker_began_ns(struct worker *worker, uint32_t slot)
{
    struct event unheard;
    turnstile_enter(&worker->turn);
    bool is_unheard = !conn_is_connecting(&worker->conns, slot) &&
                      mailbox_find_event(&worker->box, slot, &unheard);
    int64_t began_ns =
        is_unheard ? unheard.observation.started_ns : conn_began_ns(&worker->conns, slot);
    turnstile_leave(&worker->turn);
    return began_ns;
}

/* In a turn. What has been told already, and not been heard of, is the answer. */
static void conclude(struct worker *worker, uint32_t slot, struct event *event)
{
    struct order order;
    if (conn_is_connecting(&worker->conns, slot)) {
        conn_conclude(&worker->conns, slot, event);
        return;
    }
    if (mailbox_withdraw_order(&worker->box, slot, &order))
        conn_start(&worker->conns, slot, &order.target, &order.options);
    if (!mailbox_withdraw_event(&worker->box, slot, event))
        conn_conclude(&worker->conns, slot, event);
}

void worker_conclude(struct worker *worker, uint32_t slot, struct event *event)
{
    turnstile_enter(&worker->turn);
    conclude(worker, slot, event);
    leave_turn(worker);
}

/* In a turn. The last that has been told, and not been heard of, is as good as not told, and decides
 * how the connection is to be ended; of a connection that is gone, it is all there is. */
static void cancel_told(struct worker *worker, uint32_t slot, struct observation *last)
{
    struct event unheard;
    bool is_unheard = false;
    while (mailbox_withdraw_event(&worker->box, slot, &unheard))
        is_unheard = true;
    if (is_unheard && !unheard.is_closing && !unheard.is_held) {
        *last = unheard.observation;
        return;
    }
    if (is_unheard)
        conn_untell(&worker->conns, slot, unheard.kind);
    conn_cancel(&worker->conns, slot, last);
}

static void cancel(struct worker *worker, uint32_t slot, struct observation *last)
{
    struct order order;
    if (conn_is_connecting(&worker->conns, slot)) {
        conn_cancel(&worker->conns, slot, last);
    } else if (mailbox_withdraw_order(&worker->box, slot, &order)) {
        int64_t now_ns = loop_now_ns();
        *last = (struct observation){
            .slot = slot, .at = OBSERVED_DEADLINE, .started_ns = now_ns, .ended_ns = now_ns};
    } else {
        cancel_told(worker, slot, last);
    }
}

void worker_cancel(struct worker *worker, uint32_t slot, struct observation *last)
{
    turnstile_enter(&worker->turn);
    cancel(worker, slot, last);
    leave_turn(worker);
}

void worker_shed_idle(struct worker *worker)
{
    turnstile_enter(&worker->turn);
    conn_shed_idle(&worker->conns);
    leave_turn(worker);
}

bool worker_has_event(struct worker *worker)
{
    return mailbox_has_event(&worker->box);
}

bool worker_take_event(struct worker *worker, struct event *event)
{
    bool must_wake;
    bool is_taken = mailbox_take_event(&worker->box, event, &must_wake);
    if (must_wake)
        loop_wake(&worker->loop);
    return is_taken;
}
