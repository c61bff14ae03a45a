/* Lists of targets, line by line: what is accepted is complete and means the same
 * when it is written in the plainest form. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "format/target_list.h"
#include "invariants.h"

/* Lines know nothing of each other: more of them only make the fuzzer slow. */
#define LINES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written as host:port it is the same target. */
static void require_same_again(const struct check *check)
{
    struct arena arena;
    struct text line;
    struct text why;
    struct check again;
    uint32_t column;
    struct check unnamed = *check;
    unnamed.name = NULL;
    arena_init(&arena);
    text_init(&line, 4096);
    text_init(&why, 4096);
    check_append_name(&line, &unnamed);
    const struct target_reader reader = {&arena, known_names(), NULL, NULL};
    require(target_list_parse_line(&reader, line.bytes, line.length, check->line, &again, &column,
                                   &why) == TARGET_LINE_CHECK);
    require(strcmp(again.host, check->host) == 0 && again.port == check->port);
    require(again.host_kind == check->host_kind);
    text_fini(&why);
    text_fini(&line);
    arena_fini(&arena);
}

/* Its first and last checks are as complete as those of single targets, and its own. */
static void try_block(const struct check *first, const struct address_block *block)
{
    uint32_t count = address_block_count(block);
    const uint32_t indices[] = {0, count - 1};
    require(count >= 1 && count <= ADDRESS_BLOCK_MAX);
    for (size_t i = 0; i < 2; i++) {
        struct arena arena;
        struct check check;
        arena_init(&arena);
        require(target_list_expand(first, block, indices[i], &arena, &check));
        require((strcmp(check.host, first->host) == 0) == (indices[i] == 0));
        require_complete(&check);
        require_same_again(&check);
        arena_fini(&arena);
    }
}

static void try_line(const char *line, size_t length, uint32_t number)
{
    struct arena arena;
    struct text why;
    struct check check;
    struct address_block block;
    uint32_t column = 0;
    arena_init(&arena);
    text_init(&why, 65536);
    const struct target_reader reader = {&arena, known_names(), NULL, &block};
    switch (target_list_parse_line(&reader, line, length, number, &check, &column, &why)) {
    case TARGET_LINE_BLANK: require(why.length == 0); break;
    case TARGET_LINE_CHECK:
        require(check.shows_line && check.line == number);
        require_complete(&check);
        require_same_again(&check);
        if (block.first.family != FAMILY_ANY)
            try_block(&check, &block);
        break;
    case TARGET_LINE_BAD: require(why.length > 0 && column >= 1 && column <= length + 1); break;
    }
    text_fini(&why);
    arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = (const char *)data;
    const char *end = line + size;
    for (uint32_t number = 1; number <= LINES_MAX && line < end; number++) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((feed != NULL ? feed : end) - line);
        try_line(line, length, number);
        line += length + 1;
    }
    return 0;
}
