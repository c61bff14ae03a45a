/* Threshold ranges: shown and read again they are the same, and they alert at
 * their ends as the guidelines say. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/range.h"
#include "core/text.h"
#include "invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_equal(const struct range *a, const struct range *b)
{
    return a->start_ns == b->start_ns && a->end_ns == b->end_ns &&
           a->alerts_inside == b->alerts_inside;
}

static void require_ends(const struct range *range)
{
    bool inside = range->alerts_inside;
    require(range->start_ns <= range->end_ns);
    require(range_alerts(range, range->start_ns) == inside);
    require(range_alerts(range, range->end_ns) == inside);
    if (range->start_ns > INT64_MIN)
        require(range_alerts(range, range->start_ns - 1) != inside);
    if (range->end_ns < INT64_MAX)
        require(range_alerts(range, range->end_ns + 1) != inside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct range before = {1, 2, true};
    struct range range = before;
    struct range again;
    if (!range_parse((const char *)data, size, &range)) {
        require(is_equal(&range, &before));
        return 0;
    }
    require_ends(&range);

    struct text text;
    text_init(&text, 256);
    range_append(&text, &range);
    require(range_parse(text_string(&text), text.length, &again));
    require(is_equal(&range, &again));
    require(text.length <= size + 1);
    text_fini(&text);
    return 0;
}
