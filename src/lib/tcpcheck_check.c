/* The public check: parameters by name, through the same table as everything
 * else, so that a new parameter needs no new function here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/parameter.h"
#include "lib/public.h"
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

static int set_name(struct tcpcheck_check *check, const char *text)
{
    if (text[0] == '\0') {
        text_append_string(&check->error, "name is empty: accepted is any other text");
        return -EINVAL;
    }
    char *name = arena_copy(&check->arena, text, strlen(text));
    if (name == NULL) {
        return -ENOMEM;
    }
    check->check.name = name;
    return 0;
}

/* Only a port that is a name needs the services, and few are. */
static bool needs_services(const struct parameter *parameter, const char *text)
{
    return parameter->id == PARAM_PORT && (text[0] < '0' || text[0] > '9');
}

static int set_parameter(struct tcpcheck_check *check, const struct parameter *parameter,
                         const char *text)
{
    struct service_table services;
    service_table_init(&services);
    struct parameter_context context = {.arena = &check->arena, .services = &services};
    struct value value = {.type = VALUE_PLAIN, .text = text, .length = strlen(text)};
    int error = 0;
    if (needs_services(parameter, text) && !services_load(&services)) {
        error = -ENOMEM;
    } else if (!parameter_set(&check->check, parameter, &value, &context, &check->error)) {
        error = -EINVAL;
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

int tcpcheck_check_set(struct tcpcheck_check *check, const char *parameter, const char *text)
{
    text_clear(&check->error);
    if (strcmp(parameter, "name") == 0) {
        return set_name(check, text);
    }
    const struct parameter *known = parameter_find(parameter, strlen(parameter));
    if (known == NULL) {
        append_unknown(&check->error, parameter);
        return -ENOENT;
    }
    return set_parameter(check, known, text);
}

const char *tcpcheck_check_error(const struct tcpcheck_check *check)
{
    return text_string(&check->error);
}
