/* Shared by the fuzzers of all that yields checks or problems. */
#include "invariants.h"

#include <stdlib.h>
#include <string.h>

#include "core/parameter.h"
#include "net/idna.h"

void require(bool claim)
{
    if (!claim)
        abort();
}

const struct naming *known_names(void)
{
    static struct naming naming;
    static struct service_table table;
    if (table.count == 0)
        require(service_table_add_well_known(&table));
    naming = (struct naming){&table, idna_to_ascii};
    return &naming;
}

static void require_in_range(const struct check *check)
{
    require(check->port >= 1);
    require(check->attempts >= 1 && check->attempts <= 1000);
    require(check->timeout_ns >= parameters[PARAM_TIMEOUT].min);
    require(check->timeout_ns <= parameters[PARAM_TIMEOUT].max);
    require(check->retry_delay_ns >= 0);
    require(check->retry_delay_ns <= parameters[PARAM_RETRY_DELAY].max);
    require(check_has(check, PARAM_SOURCE_PORT) == (check->source_port != 0));
    require(check_has(check, PARAM_INTERFACE) == (check->interface != NULL));
    require(check->handshake == HANDSHAKE_FULL || check->close == CLOSE_RESET);
}

static void require_host(const struct check *check)
{
    struct host_span span;
    struct text why;
    text_init(&why, 4096);
    require(check->host != NULL);
    require(host_parse(check->host, strlen(check->host), &span, &why));
    require(span.kind == check->host_kind && span.start == 0 && span.end == strlen(check->host));
    require(address_is_equal(&span.literal, &check->literal));
    text_fini(&why);
}

static void require_round_trip(const struct check *check, const struct parameter *parameter)
{
    struct arena arena;
    struct text shown;
    struct text again;
    struct check copy;
    arena_init(&arena);
    text_init(&shown, 4096);
    text_init(&again, 4096);
    check_init(&copy);
    parameter_append(&shown, check, parameter);
    const struct parameter_context context = {&arena, known_names()};
    const struct value value = {
        .type = VALUE_PLAIN, .text = text_string(&shown), .length = shown.length};
    require(parameter_set(&copy, parameter, &value, &context, &again));
    parameter_append(&again, &copy, parameter);
    require(shown.length > 0 && strcmp(text_string(&shown), text_string(&again)) == 0);
    text_fini(&again);
    text_fini(&shown);
    arena_fini(&arena);
}

static void require_labels(const struct check *check)
{
    for (uint32_t i = 0; i < check->label_count; i++) {
        require(check->labels[i].key != NULL && check->labels[i].key[0] != '\0');
        require(check->labels[i].value != NULL);
    }
    /* (Of many labels only the first are compared with all: the fuzzer is not to wait.) */
    for (uint32_t i = 0; i < check->label_count && i < 16; i++)
        for (uint32_t j = i + 1; j < check->label_count; j++)
            require(strcmp(check->labels[i].key, check->labels[j].key) != 0);
}

void require_complete(const struct check *check)
{
    require(check_has(check, PARAM_HOST) && check_has(check, PARAM_PORT));
    require_in_range(check);
    require_host(check);
    require_labels(check);
    require(check->line >= 1 && check->column >= 1);
    require(check->name == NULL || check->name[0] != '\0');
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (check_has(check, (enum parameter_id)i))
            require_round_trip(check, &parameters[i]);
}

/* The characters of line number `line`, or -1 when there is no such line. */
static int64_t count_characters(const char *bytes, size_t length, uint32_t line)
{
    int64_t count = 0;
    uint32_t at_line = 1;
    for (size_t i = 0; i < length; i++) {
        bool is_continuation = (bytes[i] & 0xc0) == 0x80;
        if (bytes[i] == '\n' && at_line++ == line)
            return count;
        if (at_line == line && bytes[i] != '\n' && !is_continuation)
            count++;
    }
    return at_line == line ? count : -1;
}

void require_placed(const struct problem_list *problems, const char *bytes, size_t length)
{
    struct text shown;
    text_init(&shown, (size_t)1024 * 1024);
    require(problems->total >= problems->count && problems->count > 0);
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->problems[i];
        require(problem->message[0] != '\0');
        require(problem->line >= 1 && problem->column >= 1);
        /* (Bytes that are no UTF-8 may begin where no character does.) */
        require((int64_t)problem->column <= count_characters(bytes, length, problem->line) + 2);
    }
    problem_list_append(&shown, problems, "input", bytes, length);
    require(text_is_ok(&shown) && shown.length > 0);
    text_fini(&shown);
}
