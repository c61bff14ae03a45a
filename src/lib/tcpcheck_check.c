/* The public check: parameters by name, through the same table as everything
 * else, so that a new parameter needs no new function here. Each is set in a copy, which then
 * takes the check's place: a failure leaves no trace, and a check that serves for a million
 * targets does not collect their names in one arena. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/parameter.h"
#include "lib/public.h"
#include "net/idna.h"
#include "net/services.h"

#define ERROR_MAX_BYTES ((size_t)8192)

struct tcpcheck_check *tcpcheck_check_create(void)
{
    struct tcpcheck_check *check = calloc(1, sizeof *check);
    if (check == NULL) {
        return NULL;
    }
    arena_init(&check->arena);
    check_init(&check->check);
    text_init(&check->error, ERROR_MAX_BYTES);
    return check;
}

void tcpcheck_check_destroy(struct tcpcheck_check *check)
{
    if (check == NULL) {
        return;
    }
    arena_fini(&check->arena);
    text_fini(&check->error);
    free(check);
}

/* An optional string; false: memory. */
static bool copy_string(struct arena *arena, const char **string)
{
    if (*string == NULL) {
        return true;
    }
    *string = arena_copy(arena, *string, strlen(*string));
    return *string != NULL;
}

static bool copy_check(struct check *copy, struct arena *arena, const struct check *check)
{
    *copy = *check;
    return copy_string(arena, &copy->name) && copy_string(arena, &copy->host) &&
           copy_string(arena, &copy->interface);
}

static int set_name(struct check *check, struct arena *arena, const char *text, struct text *why)
{
    if (text[0] == '\0') {
        text_append_string(why, "name is empty: accepted is any other text");
        return -EINVAL;
    }
    check->name = arena_copy(arena, text, strlen(text));
    return check->name != NULL ? 0 : -ENOMEM;
}

/* Only a port that is a name needs the services, and few are. */
static bool needs_services(const struct parameter *parameter, const char *text)
{
    return parameter->id == PARAM_PORT && (text[0] < '0' || text[0] > '9');
}

static int set_parameter(struct check *check, struct arena *arena,
                         const struct parameter *parameter, const char *text, struct text *why)
{
    struct service_table services;
    service_table_init(&services);
    const struct naming naming = {&services, idna_to_ascii};
    struct parameter_context context = {.arena = arena, .naming = &naming};
    struct value value = {.type = VALUE_PLAIN, .text = text, .length = strlen(text)};
    int error = 0;
    if (needs_services(parameter, text) && !services_load(&services)) {
        error = -ENOMEM;
    } else if (!parameter_set(check, parameter, &value, &context, why)) {
        error = text_is_ok(why) ? -EINVAL : -ENOMEM;
    }
    service_table_fini(&services);
    return error;
}

static void append_unknown(struct text *error, const char *name)
{
    text_append_string(error, "unknown parameter ");
    text_append_quoted(error, name, strlen(name));
    const char *near = parameter_suggest(name, strlen(name));
    if (near != NULL) {
        text_append_strings(error, ": did you mean ", near, "?", NULL);
    }
}

static int set(struct check *check, struct arena *arena, const char *parameter, const char *text,
               struct text *why)
{
    if (strcmp(parameter, "name") == 0) {
        return set_name(check, arena, text, why);
    }
    const struct parameter *known = parameter_find(parameter, strlen(parameter));
    if (known == NULL) {
        append_unknown(why, parameter);
        return -ENOENT;
    }
    return set_parameter(check, arena, known, text, why);
}

int tcpcheck_check_set(struct tcpcheck_check *check, const char *parameter, const char *text)
{
    struct check copy;
    struct arena arena;
    arena_init(&arena);
    text_clear(&check->error);
    int error = copy_check(&copy, &arena, &check->check)
                    ? set(&copy, &arena, parameter, text, &check->error)
                    : -ENOMEM;
    if (error != 0) {
        if (error == -ENOMEM) {
            text_clear(&check->error);
            text_append_string(&check->error, "memory is short");
        }
        arena_fini(&arena);
        return error;
    }
    arena_fini(&check->arena);
    check->check = copy;
    check->arena = arena;
    return 0;
}

const char *tcpcheck_check_error(const struct tcpcheck_check *check)
{
    return text_string(&check->error);
}
