/* One lock, held for a copy or two. Rings whose entries can be withdrawn in place: a connection that
 * is given up seldom lies here, so nothing needs an index by slot. */
#include "net/mailbox.h"

#include <assert.h>
#include <string.h>

#include "net/slot_map.h"

int mailbox_init(struct mailbox *box)
{
    *box = (struct mailbox){.is_attended = true};
    return -pthread_mutex_init(&box->lock, NULL);
}

void mailbox_fini(struct mailbox *box)
{
    pthread_mutex_destroy(&box->lock);
}

/* With the lock held, as in all that follows. */
static struct order *order_at(struct mailbox *box, uint32_t i)
{
    return &box->orders[(box->first_order + i) % MAILBOX_ORDERS_MAX];
}

static struct event *event_at(struct mailbox *box, uint32_t i)
{
    return &box->events[(box->first_event + i) % MAILBOX_EVENTS_MAX];
}

/* A worker with many events to put in is not woken for the room of one. */
static bool has_much_room(const struct mailbox *box)
{
    return box->event_count <= MAILBOX_EVENTS_MAX / 2;
}

/* ---- the front's ------------------------------------------------------ */

static bool attend(struct mailbox *box)
{
    bool must_wake = !box->is_attended;
    box->is_attended = true;
    return must_wake;
}

bool mailbox_put_order(struct mailbox *box, const struct order *order, bool *must_wake)
{
    pthread_mutex_lock(&box->lock);
    bool has_room = box->order_count < MAILBOX_ORDERS_MAX;
    if (has_room)
        *order_at(box, box->order_count++) = *order;
    *must_wake = has_room && attend(box);
    pthread_mutex_unlock(&box->lock);
    return has_room;
}

bool mailbox_has_event(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    bool has_event = box->event_count > 0;
    pthread_mutex_unlock(&box->lock);
    return has_event;
}

bool mailbox_take_event(struct mailbox *box, struct event *event, bool *must_wake)
{
    bool is_taken = false;
    pthread_mutex_lock(&box->lock);
    while (!is_taken && box->event_count > 0) {
        const struct event *first = event_at(box, 0);
        is_taken = first->kind != EVENT_NONE;
        if (is_taken)
            *event = *first;
        box->first_event = (box->first_event + 1) % MAILBOX_EVENTS_MAX;
        box->event_count--;
    }
    *must_wake = box->is_awaited && has_much_room(box) && attend(box);
    pthread_mutex_unlock(&box->lock);
    return is_taken;
}

/* NULL: none. */
static struct event *event_of(struct mailbox *box, uint32_t slot)
{
    for (uint32_t i = 0; i < box->event_count; i++) {
        struct event *event = event_at(box, i);
        if (event->slot == slot && event->kind != EVENT_NONE)
            return event;
    }
    return NULL;
}

bool mailbox_find_event(struct mailbox *box, uint32_t slot, struct event *event)
{
    pthread_mutex_lock(&box->lock);
    const struct event *found = event_of(box, slot);
    if (found != NULL)
        *event = *found;
    pthread_mutex_unlock(&box->lock);
    return found != NULL;
}

bool mailbox_withdraw_event(struct mailbox *box, uint32_t slot, struct event *event)
{
    pthread_mutex_lock(&box->lock);
    struct event *found = event_of(box, slot);
    if (found != NULL) {
        *event = *found;
        found->kind = EVENT_NONE;
    }
    pthread_mutex_unlock(&box->lock);
    return found != NULL;
}

bool mailbox_withdraw_order(struct mailbox *box, uint32_t slot, struct order *order)
{
    bool is_found = false;
    pthread_mutex_lock(&box->lock);
    for (uint32_t i = 0; i < box->order_count && !is_found; i++) {
        struct order *entry = order_at(box, i);
        is_found = entry->slot == slot;
        if (is_found) {
            *order = *entry;
            entry->slot = NO_ENTRY;
        }
    }
    pthread_mutex_unlock(&box->lock);
    return is_found;
}

void mailbox_close(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    box->is_closed = true;
    pthread_mutex_unlock(&box->lock);
}

/* ---- the worker's ----------------------------------------------------- */

bool mailbox_take_order(struct mailbox *box, struct order *order)
{
    bool is_taken = false;
    pthread_mutex_lock(&box->lock);
    box->is_attended = true;
    while (!is_taken && box->order_count > 0) {
        const struct order *first = order_at(box, 0);
        is_taken = first->slot != NO_ENTRY;
        if (is_taken)
            *order = *first;
        box->first_order = (box->first_order + 1) % MAILBOX_ORDERS_MAX;
        box->order_count--;
    }
    pthread_mutex_unlock(&box->lock);
    return is_taken;
}

uint32_t mailbox_event_room(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    uint32_t room = MAILBOX_EVENTS_MAX - box->event_count;
    pthread_mutex_unlock(&box->lock);
    return room;
}

void mailbox_put_event(struct mailbox *box, const struct event *event)
{
    pthread_mutex_lock(&box->lock);
    assert(box->event_count < MAILBOX_EVENTS_MAX);
    *event_at(box, box->event_count++) = *event;
    pthread_mutex_unlock(&box->lock);
}

bool mailbox_leave(struct mailbox *box, bool has_events)
{
    pthread_mutex_lock(&box->lock);
    bool is_idle = !has_events || !has_much_room(box);
    bool may_sleep = box->order_count == 0 && !box->is_closed && is_idle;
    box->is_attended = !may_sleep;
    box->is_awaited = has_events;
    pthread_mutex_unlock(&box->lock);
    return may_sleep;
}

bool mailbox_is_closed(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    bool is_closed = box->is_closed;
    pthread_mutex_unlock(&box->lock);
    return is_closed;
}
