/* JSON objects: whatever is accepted is complete, whatever is refused has a place. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "format/check_object.h"
#include "invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The host that jansson sees, unless it is under "parameters". */
static void require_same_host(const struct check *check, const char *bytes, size_t length)
{
    size_t mark = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    json_t *object = json_loadb(bytes + mark, length - mark, JSON_DECODE_INT_AS_REAL, NULL);
    require(json_is_object(object));
    const json_t *host = json_object_get(object, "host");
    if (host != NULL)
        require(strstr(json_string_value(host), check->host) != NULL);
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct problem_list problems;
    struct check check;
    arena_init(&arena);
    problem_list_init(&problems);

    const char *bytes = (const char *)data;
    bool is_right = check_object_parse(&check, &arena, bytes, size, NULL, known_names(), &problems);
    require(is_right == (problems.total == 0));
    if (is_right) {
        require_complete(&check);
        require_same_host(&check, bytes, size);
    } else {
        require_placed(&problems, bytes, size);
    }
    problem_list_fini(&problems);
    arena_fini(&arena);
    return 0;
}
