/* Runs are made when they are first needed and then kept: a run of a million checks needs no more
 * of them than are under way at once. */
#include "engine/roster.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY 16

void roster_init(struct roster *roster, struct tower *tower, bool is_endless)
{
    *roster = (struct roster){.tower = tower, .is_endless = is_endless};
}

void roster_fini(struct roster *roster)
{
    for (uint32_t i = 0; i < roster->count; i++) {
        run_fini(roster->runs[i]);
        free(roster->runs[i]);
    }
    free(roster->runs);
    free(roster->idle);
    *roster = (struct roster){0};
}

uint32_t roster_active(const struct roster *roster)
{
    return roster->count - roster->idle_count;
}

static int grow(struct roster *roster)
{
    uint32_t capacity = roster->capacity == 0 ? FIRST_CAPACITY : roster->capacity * 2;
    struct run **runs = reallocarray(roster->runs, capacity, sizeof(struct run *));
    if (runs == NULL)
        return -ENOMEM;
    roster->runs = runs;
    uint32_t *idle = reallocarray(roster->idle, capacity, sizeof(uint32_t));
    if (idle == NULL)
        return -ENOMEM;
    roster->idle = idle;
    roster->capacity = capacity;
    return 0;
}

static int add_run(struct roster *roster)
{
    if (roster->count == roster->capacity && grow(roster) < 0)
        return -ENOMEM;
    struct run *run = malloc(sizeof(*run));
    if (run == NULL)
        return -ENOMEM;
    if (run_init(run, roster->tower, roster->count, roster->is_endless) < 0) {
        run_fini(run);
        free(run);
        return -ENOMEM;
    }
    roster->idle[roster->idle_count++] = roster->count;
    roster->runs[roster->count++] = run;
    return 0;
}

struct run *roster_prepare(struct roster *roster)
{
    if (roster->idle_count == 0 && add_run(roster) < 0)
        return NULL;
    struct run *run = roster->runs[roster->idle[roster->idle_count - 1]];
    return run_prepare(run) < 0 ? NULL : run;
}

void roster_use(struct roster *roster)
{
    roster->idle_count--;
}

void roster_put_back(struct roster *roster, struct run *run)
{
    roster->idle[roster->idle_count++] = run->lookup;
}

struct run *roster_find(const struct roster *roster, uint32_t lookup)
{
    if (lookup >= roster->count || roster->runs[lookup]->state == RUN_IDLE)
        return NULL;
    return roster->runs[lookup];
}
