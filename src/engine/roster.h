/* All runs of an engine: those under way and those that are idle. */
#ifndef ENGINE_ROSTER_H
#define ENGINE_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/run.h"
#include "engine/tower.h"

struct roster {
    struct tower *tower;
    struct run **runs; /* a run's place is its slot for lookups */
    uint32_t *idle;    /* places of those that are idle; the last is used next */
    uint32_t count;
    uint32_t idle_count;
    uint32_t capacity;
    bool is_endless; /* what runs are made with */
};

void roster_init(struct roster *roster, struct tower *tower, bool is_endless);
/* Ends all runs without results. */
void roster_fini(struct roster *roster);

/* Runs under way. */
uint32_t roster_active(const struct roster *roster);
/* An idle run, prepared, still idle; NULL when memory is short. */
struct run *roster_prepare(struct roster *roster);
/* That run is under way now, and back. */
void roster_use(struct roster *roster);
void roster_put_back(struct roster *roster, struct run *run);
/* By its slot for lookups; NULL where there is none, or it is idle. */
struct run *roster_find(const struct roster *roster, uint32_t lookup);

#endif
