/* Check files: whatever is accepted is complete, whatever is refused has a place. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/check_file.h"
#include "invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct check_list list;
    struct problem_list problems;
    check_list_init(&list);
    problem_list_init(&problems);

    const char *bytes = (const char *)data;
    bool is_right = check_file_parse(&list, bytes, size, NULL, known_names(), &problems);
    require(is_right == (problems.total == 0));
    if (!is_right)
        require_placed(&problems, bytes, size);
    for (size_t i = 0; is_right && i < list.count; i++) {
        const struct check *check = check_list_at(&list, i);
        require(check->name != NULL && !check->shows_line);
        require_complete(check);
    }
    problem_list_fini(&problems);
    check_list_fini(&list);
    return 0;
}
