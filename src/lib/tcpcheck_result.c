#include <stdlib.h>

#include "core/outcome.h"
#include "format/json.h"
#include "lib/public.h"
#include "lib/submission.h"
#include "net/wall_clock.h"

#define ADDRESS_MAX_BYTES ((size_t)128)
#define JSON_MAX_BYTES    ((size_t)64 * 1024 * 1024)

struct tcpcheck_result *public_result_create(void)
{
    struct tcpcheck_result *public = calloc(1, sizeof *public);
    if (public != NULL) {
        text_init(&public->address, ADDRESS_MAX_BYTES);
        text_init(&public->json, JSON_MAX_BYTES);
    }
    return public;
}

void public_result_set(struct tcpcheck_result *public, struct result *result)
{
    public->result = result;
    public->wall_offset_ns = wall_clock_offset_ns();
    const struct tried *decisive = result_decisive(result);
    if (decisive != NULL) {
        address_append(&public->address, &decisive->address);
    }
}

/* Frees a result of an engine and the submission that it is of. */
static void free_result(struct result *result)
{
    struct submission *submission = submission_of(result->check);
    result_fini(result);
    free(result);
    submission_destroy(submission);
}

void tcpcheck_result_destroy(struct tcpcheck_result *result)
{
    if (result == NULL) {
        return;
    }
    if (result->result != NULL) {
        free_result(result->result);
    }
    text_fini(&result->address);
    text_fini(&result->json);
    free(result);
}

uint64_t tcpcheck_result_id(const struct tcpcheck_result *result)
{
    return submission_of(result->result->check)->id;
}

void *tcpcheck_result_cookie(const struct tcpcheck_result *result)
{
    return submission_of(result->result->check)->cookie;
}

enum tcpcheck_outcome tcpcheck_result_outcome(const struct tcpcheck_result *result)
{
    return result->result->outcome;
}

enum tcpcheck_verdict tcpcheck_result_verdict(const struct tcpcheck_result *result)
{
    return result->result->verdict;
}

bool tcpcheck_result_is_success(const struct tcpcheck_result *result)
{
    return result->result->is_success;
}

bool tcpcheck_result_is_connected(const struct tcpcheck_result *result)
{
    return result->result->is_connected;
}

int64_t tcpcheck_result_response_time_ns(const struct tcpcheck_result *result)
{
    return result->result->response_time_ns;
}

uint32_t tcpcheck_result_attempts(const struct tcpcheck_result *result)
{
    return result->result->attempt_count;
}

int tcpcheck_result_errno(const struct tcpcheck_result *result)
{
    const struct tried *decisive = result_decisive(result->result);
    return decisive == NULL ? 0 : decisive->error;
}

const char *tcpcheck_result_address(const struct tcpcheck_result *result)
{
    return text_string(&result->address);
}

const char *tcpcheck_result_json(struct tcpcheck_result *result)
{
    if (result->json.length == 0) {
        struct report_context context = {
            .wall_offset_ns = result->wall_offset_ns,
            .is_single = true,
        };
        text_clear(&result->json);
        json_append_result(&result->json, &context, result->result);
    }
    return text_is_ok(&result->json) ? text_string(&result->json) : NULL;
}

const char *tcpcheck_version(void)
{
    return TCPCHECK_VERSION;
}

const char *tcpcheck_outcome_name(enum tcpcheck_outcome outcome)
{
    return outcome_info(outcome)->name;
}

const char *tcpcheck_outcome_message(enum tcpcheck_outcome outcome)
{
    return outcome_info(outcome)->message;
}

const char *tcpcheck_outcome_hint(enum tcpcheck_outcome outcome)
{
    return outcome_info(outcome)->hint;
}

enum tcpcheck_verdict tcpcheck_outcome_verdict(enum tcpcheck_outcome outcome)
{
    return outcome_info(outcome)->verdict;
}
