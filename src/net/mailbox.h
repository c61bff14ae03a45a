/* What goes between a worker and its front: connections to start, one way, and what became of them,
 * the other. Both are bounded and are the two threads' to use at any time; what has no room stays
 * with whoever wanted to put it in. Either can be taken out again before it is seen. */
#ifndef NET_MAILBOX_H
#define NET_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "engine/ops.h"

#define MAILBOX_ORDERS_MAX 128
#define MAILBOX_EVENTS_MAX 256

/* A connection to start. */
struct order {
    uint32_t slot; /* NO_ENTRY: withdrawn */
    struct address target;
    struct connect_options options;
};

struct mailbox {
    pthread_mutex_t lock;
    bool is_attended; /* the worker looks once more before it sleeps */
    bool is_awaited;  /* it sleeps until there is room for many events */
    bool is_closed;
    uint32_t first_order;
    uint32_t order_count; /* as well as the next: those withdrawn included */
    uint32_t first_event;
    uint32_t event_count;
    struct order orders[MAILBOX_ORDERS_MAX];
    struct event events[MAILBOX_EVENTS_MAX]; /* EVENT_NONE: withdrawn */
};

/* Returns 0 or a negative errno. */
int mailbox_init(struct mailbox *box) __attribute__((warn_unused_result));
void mailbox_fini(struct mailbox *box);

/* ---- the front's ------------------------------------------------------ */

/* False: there is no room. *must_wake: the worker sleeps. */
bool mailbox_put_order(struct mailbox *box, const struct order *order, bool *must_wake);
bool mailbox_has_event(struct mailbox *box);
/* False: none. *must_wake: the worker sleeps, and has more. */
bool mailbox_take_event(struct mailbox *box, struct event *event, bool *must_wake);
/* That of this slot, if there is one. What is withdrawn will not be taken. */
bool mailbox_find_event(struct mailbox *box, uint32_t slot, struct event *event);
bool mailbox_withdraw_event(struct mailbox *box, uint32_t slot, struct event *event);
bool mailbox_withdraw_order(struct mailbox *box, uint32_t slot, struct order *order);
/* The worker is to end. */
void mailbox_close(struct mailbox *box);

/* ---- the worker's ----------------------------------------------------- */

/* False: none. */
bool mailbox_take_order(struct mailbox *box, struct order *order);
/* How many events can be put in, at least until the next is. */
uint32_t mailbox_event_room(struct mailbox *box);
void mailbox_put_event(struct mailbox *box, const struct event *event);
/* True: the worker may sleep, and will be woken when there are orders, when half of the room for events
 * is free and it still has some, or when the mailbox is closed. */
bool mailbox_leave(struct mailbox *box, bool has_events);
bool mailbox_is_closed(struct mailbox *box);

#endif
