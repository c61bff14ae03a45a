#include "net/crew.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

void crew_init(struct crew *crew, struct loop *loop)
{
    *crew = (struct crew){.front = {.loop = loop}};
}

int crew_hire(struct crew *crew, uint32_t count, uint32_t slot_count, bool recycles)
{
    const struct worker_options options = {
        .front = &crew->front, .slot_count = slot_count, .recycles = recycles};
    crew->workers = calloc(count, sizeof(struct worker *));
    if (crew->workers == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        int error = worker_create(&crew->workers[i], &options);
        if (error < 0) {
            crew_fini(crew);
            return error;
        }
        crew->count++;
    }
    return 0;
}

void crew_fini(struct crew *crew)
{
    for (uint32_t i = 0; i < crew->count; i++)
        worker_destroy(crew->workers[i]);
    free(crew->workers);
    crew->workers = NULL;
    crew->count = 0;
}

static struct worker *worker_of(struct crew *crew, uint32_t slot)
{
    return crew->workers[slot % crew->count];
}

void crew_start(struct crew *crew, uint32_t slot, const struct address *target,
                const struct connect_options *options)
{
    worker_start(worker_of(crew, slot), slot, target, options);
}

int64_t crew_began_ns(struct crew *crew, uint32_t slot)
{
    return worker_began_ns(worker_of(crew, slot), slot);
}

void crew_conclude(struct crew *crew, uint32_t slot, struct event *event)
{
    worker_conclude(worker_of(crew, slot), slot, event);
}

void crew_cancel(struct crew *crew, uint32_t slot, struct observation *last)
{
    worker_cancel(worker_of(crew, slot), slot, last);
}

bool crew_has_event(struct crew *crew)
{
    for (uint32_t i = 0; i < crew->count; i++)
        if (worker_has_event(crew->workers[i]))
            return true;
    return false;
}

void crew_listen(struct crew *crew)
{
    if (!crew_has_event(crew))
        atomic_store(&crew->front.is_waiting, true);
}

/* Descriptors and memory are everybody's. */
static void shed_if_short(struct crew *crew, const struct event *event)
{
    bool is_short = event->kind == EVENT_OBSERVED && event->observation.at == OBSERVED_SOCKET;
    for (uint32_t i = 0; is_short && i < crew->count; i++)
        worker_shed_idle(crew->workers[i]);
}

/* Stays with a worker until it has none left. */
bool crew_take_event(struct crew *crew, struct event *event)
{
    for (uint32_t i = 0; i < crew->count; i++) {
        if (worker_take_event(crew->workers[crew->next], event)) {
            shed_if_short(crew, event);
            return true;
        }
        crew->next = (crew->next + 1) % crew->count;
    }
    return false;
}
