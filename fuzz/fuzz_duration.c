/* Durations: within what was asked for, and the same when shown and read again. */
#include <stddef.h>
#include <stdint.h>

#include "core/duration.h"
#include "core/text.h"
#include "invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parameters take an hour at most. Beyond this the milliseconds of a duration are
 * more than a decimal can hold, and it is refused as out of range. */
#define ROUND_TRIP_MAX_NS (100 * 24 * NS_PER_HOUR)

static void require_round_trip(int64_t ns)
{
    if (ns > ROUND_TRIP_MAX_NS)
        return;
    struct text text;
    int64_t again;
    text_init(&text, 256);
    duration_append(&text, ns);
    require(duration_parse(text_string(&text), text.length, 0, INT64_MAX, &again) == NUMBER_OK);
    require(again == ns);
    text_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    int64_t ns = -1;
    switch (duration_parse(text, size, 0, INT64_MAX, &ns)) {
    case NUMBER_OK:
        require(ns >= 0);
        require_round_trip(ns);
        break;
    case NUMBER_MALFORMED: require(ns == -1); break;
    case NUMBER_OUT_OF_RANGE: require(ns == -1); break;
    }

    int64_t bounded = -1;
    if (duration_parse(text, size, NS_PER_MS, NS_PER_HOUR, &bounded) == NUMBER_OK)
        require(bounded == ns && ns >= NS_PER_MS && ns <= NS_PER_HOUR);
    else
        require(ns < NS_PER_MS || ns > NS_PER_HOUR);
    return 0;
}
