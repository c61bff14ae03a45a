/* A ring that grows where a check is admitted and never where one ends: a result that has
 * no place would be lost. */
#include "engine/result_queue.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY 64

void result_queue_init(struct result_queue *queue)
{
    *queue = (struct result_queue){0};
}

void result_queue_fini(struct result_queue *queue)
{
    free(queue->results);
    result_queue_init(queue);
}

int result_queue_reserve(struct result_queue *queue, uint32_t count)
{
    uint32_t capacity = queue->capacity == 0 ? FIRST_CAPACITY : queue->capacity;
    if (count <= queue->capacity)
        return 0;
    while (capacity < count)
        capacity *= 2;
    struct result **results = calloc(capacity, sizeof(struct result *));
    if (results == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < queue->count; i++)
        results[i] = queue->results[(queue->first + i) & (queue->capacity - 1)];
    free(queue->results);
    queue->results = results;
    queue->first = 0;
    queue->capacity = capacity;
    return 0;
}

void result_queue_push(struct result_queue *queue, struct result *result)
{
    queue->results[(queue->first + queue->count) & (queue->capacity - 1)] = result;
    queue->count++;
}

struct result *result_queue_take(struct result_queue *queue)
{
    if (queue->count == 0)
        return NULL;
    struct result *result = queue->results[queue->first];
    queue->first = (queue->first + 1) & (queue->capacity - 1);
    queue->count--;
    return result;
}
