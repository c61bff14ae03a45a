/* A test's stage: a virtual network, checks, an engine, and the results as they come. */
#ifndef SCENE_H
#define SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/duration.h"
#include "core/result.h"
#include "engine/engine.h"
#include "engine/source.h"
#include "virtual_net.h"

#define US(number) ((number) * (NS_PER_MS / 1000))
#define MS(number) ((number)*NS_PER_MS)
#define S(number)  ((number)*NS_PER_S)

struct scene_source {
    struct check_source base;
    struct check *checks;
    size_t count;
    size_t capacity;
    size_t next;
    size_t released_count;
    struct net *net;
    int64_t waits_until_ns; /* SOURCE_WAIT before then, since the epoch */
};

/* Fill net_options, options and the checks before the first step. */
struct scene {
    struct virtual_options net_options;
    struct engine_options options;
    struct net *net;
    const struct ops *ops; /* virtual_ops */
    struct scene_source source;
    struct engine *engine;   /* made by the first step */
    struct result **results; /* by number of the check; NULL: none yet */
    size_t *order;           /* the checks in the order in which their results came */
    size_t result_count;
    size_t step_count;
};

/* A case that finds `scene`, a variable of its file, set up; and what sets it up. */
#define CLAIM(name) \
    cmocka_unit_test_prestate_setup_teardown(name, scene_set_up, scene_tear_down, &scene)
int scene_set_up(void **state);
int scene_tear_down(void **state);

/* One engine of 256 checks at once, no rate, no lateness. */
void scene_init(struct scene *scene);
/* Everything that was started has ended, and everything is freed. */
void scene_fini(struct scene *scene);
/* For those who set net_options: forgets the net made by scene_init() for one with these. */
void scene_remake_net(struct scene *scene);

/* A new check of this host, port 80, timeout 10 s, one attempt; to be filled in further. Valid
 * until the next one. */
struct check *scene_check(struct scene *scene, const char *host);
/* So many of them, each as it is. */
void scene_checks(struct scene *scene, const char *host, int count);

/* One step, and the results that it brought are taken. */
bool scene_step(struct scene *scene, int64_t until_ns);
/* Steps until this moment, since the epoch. */
void scene_run_until(struct scene *scene, int64_t when_ns);
/* Steps to the end. Each check has its result then. */
void scene_run(struct scene *scene);

/* The result of a check, which must be there. */
const struct result *scene_result(const struct scene *scene, size_t check);
/* What it tried: attempt and address from 0. */
const struct attempt *scene_attempt(const struct scene *scene, size_t check, uint32_t attempt);
const struct tried *scene_tried(const struct scene *scene, size_t check, uint32_t attempt,
                                uint32_t address);
void scene_expect(const struct scene *scene, size_t check, enum tcpcheck_outcome outcome);
/* When the connection with this number started, since the epoch. */
int64_t scene_started_ns(const struct scene *scene, uint32_t start);

#endif
