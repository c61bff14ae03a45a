#include "core/run_times.h"

#include <stddef.h>

void run_times_add(struct run_times *times, const struct result *result)
{
    const struct tried *decisive = result_decisive(result);
    histogram_add(&times->response[result->outcome], result->response_time_ns);
    if (decisive != NULL && outcome_has_handshake(decisive->outcome))
        histogram_add(&times->connect, decisive->connect_time_ns);
}
