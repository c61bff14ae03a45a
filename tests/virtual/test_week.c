/* One million checks of everything at once, in one simulated week, from one seed: each has one
 * result, which keeps the laws; the stream of results is the same each time to the last nanosecond;
 * and a week takes no more memory than a day.
 *
 * Results are written as the programs write them and hashed in the order in which they come; none is
 * kept. test_model.c says of simpler checks how each must end; here nothing is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/outcome.h"
#include "core/text.h"
#include "engine/source.h"
#include "format/json.h"
#include "heap.h"
#include "laws.h"
#include "week.h"

#define CHECKS 1000000

/* By then another seed must have shown. */
#define EARLY_RESULTS 50000

/* What is run again from the same seed: all of it, but under a sanitizer, which sees the million
 * once, only the beginning, since all of it takes a minute there. */
#if defined(__SANITIZE_ADDRESS__)
#define REPEATED_CHECKS (EARLY_RESULTS * 2)
#else
#define REPEATED_CHECKS CHECKS
#endif

/* Checks that are somewhere between the source and the end of their results: as many as may be under
 * way and wait to be taken. */
#define SEATS 250

struct seat {
    struct check check;
    uint64_t number;
    bool is_taken;
    bool has_result;
    struct seat *next; /* free ones */
};

/* What a week comes to. */
struct sum {
    uint64_t hash;
    uint64_t early_hash; /* of the first EARLY_RESULTS */
    uint64_t results;
    uint64_t connections;
    uint64_t most_open;
    uint32_t classes; /* 1 << enum tcpcheck_outcome */
    uint32_t notes;   /* 1 << enum note */
    uint64_t repeated;
    uint64_t cancelled;
    uint64_t held;
    int64_t ended_ns;
};

/* How much it took. Not of the sum: what an allocator rounds up to is its own affair. */
struct memory {
    size_t bytes_before;
    size_t most_bytes_of_a_day;
    size_t most_bytes;
};

struct show {
    struct check_source source;
    struct week week;
    struct engine *engine;
    struct seat seats[SEATS];
    struct seat *free_seats;
    uint64_t next;
    uint64_t end; /* the source has the checks below this one */
    uint64_t released;
    uint64_t random; /* of cancellations */
    struct text line;
    struct sum sum;
    struct memory memory;
};

static struct show show;

static enum source_state source_next(struct check_source *base, const struct check **check)
{
    struct show *stage = (struct show *)base;
    if (stage->next == stage->end)
        return SOURCE_END;
    if (week_due_ns(&stage->week, stage->next) > virtual_net_time(stage->week.net))
        return SOURCE_WAIT;
    struct seat *seat = stage->free_seats;
    assert_non_null(seat);
    stage->free_seats = seat->next;
    *seat = (struct seat){.number = stage->next++, .is_taken = true};
    week_write_check(&stage->week, seat->number, &seat->check);
    *check = &seat->check;
    return SOURCE_CHECK;
}

static struct seat *seat_of(struct show *stage, const struct check *check)
{
    ptrdiff_t offset = (const char *)check - (const char *)stage->seats;
    assert_in_range(offset, 0, sizeof(stage->seats) - 1);
    struct seat *seat = &stage->seats[(size_t)offset / sizeof(struct seat)];
    assert_ptr_equal(&seat->check, check);
    assert_true(seat->is_taken);
    return seat;
}

static void source_release(struct check_source *base, const struct check *check)
{
    struct show *stage = (struct show *)base;
    struct seat *seat = seat_of(stage, check);
    assert_true(seat->has_result);
    seat->is_taken = false;
    seat->next = stage->free_seats;
    stage->free_seats = seat;
    stage->released++;
}

/* ---- results --------------------------------------------------------------- */

static void hash_number(struct sum *sum, uint64_t number)
{
    sum->hash = (sum->hash ^ number) * UINT64_C(0x9fb21c651e98df25);
    sum->hash ^= sum->hash >> 32;
}

static void hash_bytes(struct sum *sum, const char *bytes, size_t length)
{
    for (; length >= sizeof(uint64_t); length -= sizeof(uint64_t), bytes += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes, sizeof(word));
        hash_number(sum, word);
    }
    for (; length > 0; length--)
        hash_number(sum, (uint8_t)*bytes++);
}

/* The line holds all that is reported, but its times are rounded to microseconds. */
static void hash_result(struct show *stage, const struct result *result)
{
    static const struct report_context context = {.is_single = true};
    struct sum *sum = &stage->sum;
    text_clear(&stage->line);
    json_append_result(&stage->line, &context, result);
    assert_true(text_is_ok(&stage->line));
    hash_bytes(sum, stage->line.bytes, stage->line.length);
    hash_number(sum, result->sequence);
    hash_number(sum, (uint64_t)result->started_ns);
    hash_number(sum, (uint64_t)result->began_ns);
    hash_number(sum, (uint64_t)result->held_ns);
    hash_number(sum, (uint64_t)result->response_time_ns);
    hash_number(sum, (uint64_t)result->total_time_ns);
    for (uint32_t i = 0; i < result->tried_count; i++) {
        hash_number(sum, (uint64_t)result->tried[i].offset_ns);
        hash_number(sum, (uint64_t)result->tried[i].wall_ns);
    }
}

static void count_result(struct sum *sum, const struct result *result)
{
    sum->results++;
    sum->repeated += result->attempt_count > 1;
    sum->classes |= UINT32_C(1) << result->outcome;
    sum->notes |= result->notes;
    sum->cancelled += result->outcome == TCPCHECK_CANCELLED;
    sum->held += result->held_ns > 0;
    if (sum->results == EARLY_RESULTS)
        sum->early_hash = sum->hash;
}

static void judge_result(struct show *stage, const struct result *result)
{
    const struct laws laws = {
        .now_ns = VIRTUAL_EPOCH_NS + virtual_net_time(stage->week.net),
        .lateness_ns = WEEK_LATENESS_NS,
    };
    struct seat *seat = seat_of(stage, result->check);
    assert_false(seat->has_result);
    assert_int_equal(seat->number, result->sequence);
    assert_true(result->started_ns >= VIRTUAL_EPOCH_NS + week_due_ns(&stage->week, seat->number));
    seat->has_result = true;
    laws_hold(&laws, result);
    week_expect_possible(&stage->week, result);
}

static void take_results(struct show *stage)
{
    struct result *result;
    while ((result = engine_take_result(stage->engine)) != NULL) {
        judge_result(stage, result);
        hash_result(stage, result);
        count_result(&stage->sum, result);
        engine_free_result(&stage->source, result);
    }
}

/* ---- the week -------------------------------------------------------------- */

/* Now and then somebody no longer wants to know about one of the last checks. */
static void cancel_some(struct show *stage)
{
    if (virtual_random(&stage->random, 200) != 0 || stage->next == 0)
        return;
    uint64_t back = virtual_random(&stage->random, 20) + 1;
    if (back <= stage->next)
        engine_cancel(stage->engine, stage->next - back);
}

/* Until the next check is due or results are wanted again, since what the engine waits for itself is
 * its own affair. */
static int64_t next_moment(const struct show *stage, int64_t now_ns)
{
    int64_t unblocked_ns = week_blocked_until(now_ns);
    int64_t moment_ns = unblocked_ns > now_ns ? unblocked_ns : INT64_MAX - VIRTUAL_EPOCH_NS;
    int64_t due_ns = stage->next < stage->end ? week_due_ns(&stage->week, stage->next) : 0;
    return due_ns > now_ns && due_ns < moment_ns ? due_ns : moment_ns;
}

static bool step(struct show *stage)
{
    int64_t now_ns = virtual_net_time(stage->week.net);
    bool goes_on = engine_step(stage->engine, VIRTUAL_EPOCH_NS + next_moment(stage, now_ns));
    now_ns = virtual_net_time(stage->week.net);
    if (now_ns < WEEK_NS / 7)
        stage->memory.most_bytes_of_a_day = heap_most_bytes() - stage->memory.bytes_before;
    if (week_blocked_until(now_ns) == now_ns || !goes_on)
        take_results(stage);
    cancel_some(stage);
    return goes_on;
}

static void set_up_show(struct show *stage, uint64_t seed, uint64_t end)
{
    struct engine_options options = week_limits();
    *stage = (struct show){
        .source = {.next = source_next, .release = source_release},
        .end = end,
        .random = seed + 1,
        .memory.bytes_before = heap_bytes(),
    };
    for (size_t i = 0; i < SEATS; i++)
        stage->seats[i].next = i + 1 < SEATS ? &stage->seats[i + 1] : NULL;
    stage->free_seats = stage->seats;
    text_init(&stage->line, 1 << 20);
    week_init(&stage->week, seed, CHECKS);
    heap_forget_most();
    assert_int_equal(
        engine_create(&stage->engine, &virtual_ops, stage->week.net, &stage->source, &options), 0);
}

static void tear_down_show(struct show *stage)
{
    assert_int_equal(stage->next, stage->end);
    assert_int_equal(stage->sum.results, stage->end);
    assert_int_equal(stage->released, stage->end);
    assert_int_equal(virtual_net_open_count(stage->week.net), 0);
    assert_int_equal(virtual_net_lookup_count(stage->week.net), 0);
    engine_destroy(stage->engine);
    week_fini(&stage->week);
    text_fini(&stage->line);
}

/* The week, or the beginning of it with the checks below `end`. Whoever is still under way when the
 * week ends is cancelled. */
static struct sum run_week(uint64_t seed, uint64_t end)
{
    set_up_show(&show, seed, end);
    while (virtual_net_time(show.week.net) < WEEK_NS && step(&show))
        continue;
    engine_cancel_all(show.engine);
    while (step(&show))
        continue;
    show.sum.connections = virtual_net_start_count(show.week.net);
    show.sum.most_open = virtual_net_most_open(show.week.net);
    show.sum.ended_ns = virtual_net_time(show.week.net);
    show.memory.most_bytes = heap_most_bytes() - show.memory.bytes_before;
    tear_down_show(&show);
    assert_int_equal(heap_bytes(), show.memory.bytes_before);
    return show.sum;
}

/* ---- the claims ------------------------------------------------------------ */

/* What the first claim's week came to; the others are about it. */
static struct sum first;
static struct memory first_memory;

static void each_of_a_million_checks_has_one_result_that_keeps_the_laws(void **state)
{
    (void)state;
    first = run_week(1, CHECKS);
    first_memory = show.memory;
    assert_int_equal(first.results, CHECKS);
    assert_in_range(first.ended_ns, WEEK_NS / 1000 * 999, WEEK_NS + 60 * NS_PER_S);
}

static void the_same_seed_gives_the_same_stream_of_results(void **state)
{
    (void)state;
    struct sum second = run_week(1, REPEATED_CHECKS);
    assert_true(second.early_hash == first.early_hash);
    if (REPEATED_CHECKS == CHECKS)
        assert_memory_equal(&second, &first, sizeof(first));
    else
        print_message("# sanitized: only the first %d of %d checks were repeated\n",
                      REPEATED_CHECKS, CHECKS);
}

/* Where the source ends early the beginning is the same: what makes a difference is the seed. */
static void another_seed_gives_another(void **state)
{
    (void)state;
    assert_true(run_week(1, EARLY_RESULTS * 2).early_hash == first.early_hash);
    assert_true(run_week(2, EARLY_RESULTS * 2).early_hash != first.early_hash);
}

static void a_week_takes_no_more_memory_than_a_day(void **state)
{
    (void)state;
    assert_in_range(first_memory.most_bytes, 1, first_memory.most_bytes_of_a_day / 4 * 5);
}

/* All but what is no matter of the engine. */
static void a_week_meets_everything(void **state)
{
    const uint32_t beyond = UINT32_C(1) << TCPCHECK_NOT_ALLOWED;
    const uint32_t notes = 1 << NOTE_RESET_AFTER_HANDSHAKE | 1 << NOTE_IPV6_FAILED |
                           1 << NOTE_IPV4_FAILED | 1 << NOTE_SLOW | 1 << NOTE_CLOCK_MS;
    (void)state;
    for (uint32_t i = 0; i < OUTCOME_COUNT; i++)
        if ((first.classes >> i & 1) == (beyond >> i & 1))
            fail_msg("%s", outcome_info((enum tcpcheck_outcome)i)->name);
    assert_int_equal(first.notes & notes, notes);
    assert_int_equal(first.most_open, week_limits().socket_limit);
    assert_true(first.repeated > CHECKS / 4);
    assert_true(first.held > CHECKS / 4);
    assert_in_range(first.cancelled, CHECKS / 1000, CHECKS / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_a_million_checks_has_one_result_that_keeps_the_laws),
        cmocka_unit_test(the_same_seed_gives_the_same_stream_of_results),
        cmocka_unit_test(another_seed_gives_another),
        cmocka_unit_test(a_week_takes_no_more_memory_than_a_day),
        cmocka_unit_test(a_week_meets_everything),
    };
    return cmocka_run_group_tests_name("week", tests, NULL, NULL);
}
