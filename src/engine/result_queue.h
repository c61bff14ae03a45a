/* Finished results in the order in which they finished. */
#ifndef ENGINE_RESULT_QUEUE_H
#define ENGINE_RESULT_QUEUE_H

#include <stdint.h>

#include "core/result.h"

struct result_queue {
    struct result **results; /* a ring */
    uint32_t first;
    uint32_t count;
    uint32_t capacity; /* a power of two, or 0 */
};

void result_queue_init(struct result_queue *queue);
/* Empty. */
void result_queue_fini(struct result_queue *queue);
/* Room for `count` results at once, so that pushing cannot fail. Returns 0 or -ENOMEM. */
int result_queue_reserve(struct result_queue *queue, uint32_t count)
    __attribute__((warn_unused_result));
/* Needs reserved room. */
void result_queue_push(struct result_queue *queue, struct result *result);
/* The first, or NULL. */
struct result *result_queue_take(struct result_queue *queue);

#endif
