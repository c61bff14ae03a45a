/* A and AAAA go their own ways through the servers, each with its own failover, and meet at the
 * end of a candidate: a server that answers one and not the other then costs no more than
 * the resolution delay of RFC 8305.
 *
 * A server that answers, however badly, is not asked again; only silent ones are, for as many rounds
 * as resolv.conf allows. The search goes on as the C library's does, but that a server's failure on the
 * way is not covered up by a later "no such name": the name may well exist where nobody
 * answered. */
#include "net/dns_lookup.h"

#include "core/result.h"

static void start_candidate(struct dns_lookup *lookup);

/* ---- one family ------------------------------------------------------- */

static bool is_failure(enum answer answer)
{
    return answer >= ANSWER_TIMEOUT;
}

/* A server that said something knows more than one that could not be reached, and that more than
 * one that is silent. */
static int strength(enum answer answer)
{
    switch (answer) {
    case ANSWER_NONE:
    case ANSWER_ADDRESSES:
    case ANSWER_NODATA:
    case ANSWER_NXDOMAIN: return 0;
    case ANSWER_TIMEOUT: return 1;
    case ANSWER_UNREACHABLE: return 2;
    case ANSWER_SERVFAIL:
    case ANSWER_REFUSED:
    case ANSWER_MALFORMED: return 3;
    case ANSWER_RESOURCE: return 4;
    }
    return 0;
}

static enum answer stronger(enum answer a, enum answer b)
{
    return strength(b) > strength(a) ? b : a;
}

/* Asks the next server. False: all have had their turns. */
static bool ask_next(struct dns_inquiry *inquiry)
{
    struct name_service *service = inquiry->lookup->service;
    const struct resolv_conf *conf = &service->conf;
    uint32_t first = conf->rotates ? service->lookup_count : 0;
    for (;;) {
        if (inquiry->turn == conf->server_count) {
            inquiry->asked_again = inquiry->silent;
            inquiry->silent = 0;
            inquiry->turn = 0;
            inquiry->round++;
            if (inquiry->asked_again == 0 || inquiry->round >= conf->attempts)
                return false;
        }
        inquiry->server = (first + inquiry->turn++) % conf->server_count;
        if (inquiry->round == 0 || (inquiry->asked_again & 1U << inquiry->server) != 0)
            break;
    }
    name_server_ask(service->servers[inquiry->server], &inquiry->question);
    return true;
}

static void settle(struct dns_inquiry *inquiry, enum answer answer)
{
    inquiry->is_settled = true;
    inquiry->answer = answer;
}

static void take_answer(struct dns_inquiry *inquiry)
{
    enum answer answer = inquiry->question.answer;
    if (!is_failure(answer) || answer == ANSWER_RESOURCE) {
        settle(inquiry, answer);
        return;
    }
    if (answer == ANSWER_TIMEOUT)
        inquiry->silent |= 1U << inquiry->server;
    inquiry->failure = stronger(inquiry->failure, answer);
    if (!ask_next(inquiry))
        settle(inquiry, inquiry->failure);
}

static void start_inquiry(struct dns_lookup *lookup, enum question_type type)
{
    struct dns_inquiry *inquiry = &lookup->inquiries[lookup->inquiry_count++];
    *inquiry = (struct dns_inquiry){
        .lookup = lookup,
        .question = {.type = type, .name = lookup->name, .found = lookup->found},
    };
    (void)ask_next(inquiry);
}

/* ---- one candidate ---------------------------------------------------- */

static bool is_asked(const struct dns_lookup *lookup, enum answer answer)
{
    for (uint32_t i = 0; i < lookup->inquiry_count; i++)
        if (lookup->inquiries[i].is_settled && lookup->inquiries[i].answer == answer)
            return true;
    return false;
}

/* What all families together say of a candidate without addresses. */
static enum answer fold_families(const struct dns_lookup *lookup)
{
    enum answer failure = ANSWER_NONE;
    for (uint32_t i = 0; i < lookup->inquiry_count; i++)
        failure = stronger(failure, lookup->inquiries[i].answer);
    if (failure == ANSWER_RESOURCE)
        return failure;
    /* "No such name" is meant of all families. */
    if (is_asked(lookup, ANSWER_NXDOMAIN))
        return is_asked(lookup, ANSWER_NODATA) ? ANSWER_NODATA : ANSWER_NXDOMAIN;
    return failure != ANSWER_NONE ? failure : ANSWER_NODATA;
}

/* Returns the candidate to ask for after one that `answer` was said of; candidate_count: none. */
static uint32_t next_candidate(const struct dns_lookup *lookup, enum answer answer)
{
    const struct search *search = &lookup->search;
    if (!is_failure(answer) || answer == ANSWER_SERVFAIL)
        return lookup->candidate + 1;
    /* The servers are in trouble: no more guesses, but the name itself is due. */
    bool is_due = answer != ANSWER_RESOURCE && lookup->candidate < search->absolute;
    return is_due ? search->absolute : search->candidate_count;
}

static void end_candidate(struct dns_lookup *lookup)
{
    if (lookup->found->count != 0) {
        lookup->is_done = true;
        return;
    }
    enum answer answer = fold_families(lookup);
    if (lookup->candidate == lookup->search.absolute)
        lookup->absolute_answer = answer;
    lookup->failure = stronger(lookup->failure, answer);
    lookup->has_nodata = lookup->has_nodata || answer == ANSWER_NODATA;
    lookup->candidate = next_candidate(lookup, answer);
    start_candidate(lookup);
}

/* Asks for the candidate, or the next one that is no longer than a name may be. */
static void start_candidate(struct dns_lookup *lookup)
{
    enum family family = lookup->family;
    while (lookup->candidate < lookup->search.candidate_count &&
           !search_candidate(&lookup->search, lookup->candidate, lookup->name))
        lookup->candidate++;
    if (lookup->candidate == lookup->search.candidate_count) {
        lookup->is_done = true;
        return;
    }
    lookup->inquiry_count = 0;
    if (family != FAMILY_IPV6)
        start_inquiry(lookup, QUESTION_A);
    if (family != FAMILY_IPV4)
        start_inquiry(lookup, QUESTION_AAAA);
}

/* ---- the lookup ------------------------------------------------------- */

void dns_lookup_start(struct dns_lookup *lookup, struct name_service *service, const char *host,
                      struct address_list *found, const struct dns_lookup_options *options)
{
    *lookup = (struct dns_lookup){
        .service = service,
        .found = found,
        .family = options->family,
    };
    search_init(&lookup->search, host, &service->conf, options->uses_search);
    start_candidate(lookup);
}

void dns_lookup_take_answer(struct dns_lookup *lookup, struct dns_inquiry *inquiry)
{
    take_answer(inquiry);
    for (uint32_t i = 0; i < lookup->inquiry_count; i++) {
        if (!lookup->inquiries[i].is_settled) {
            lookup->is_delayed = lookup->found->count != 0;
            return;
        }
    }
    end_candidate(lookup);
}

enum answer dns_lookup_failure(const struct dns_lookup *lookup)
{
    /* Where the name itself was asked for first, the search was but a second chance. */
    if (lookup->search.absolute == 0 && lookup->candidate != 0)
        return lookup->absolute_answer;

    enum answer failure = lookup->failure;
    for (uint32_t i = 0; !lookup->is_done && i < lookup->inquiry_count; i++)
        failure = stronger(failure, lookup->inquiries[i].failure);
    if (failure != ANSWER_NONE || !lookup->is_done)
        return failure;
    return lookup->has_nodata ? ANSWER_NODATA : ANSWER_NXDOMAIN;
}

uint32_t dns_lookup_notes(const struct dns_lookup *lookup)
{
    uint32_t notes = 0;
    for (uint32_t i = 0; i < lookup->inquiry_count; i++) {
        const struct dns_inquiry *inquiry = &lookup->inquiries[i];
        enum note note = inquiry->question.type == QUESTION_A ? NOTE_IPV4_FAILED : NOTE_IPV6_FAILED;
        if (!inquiry->is_settled || is_failure(inquiry->answer))
            notes |= 1U << note;
    }
    return notes;
}

void dns_lookup_stop(struct dns_lookup *lookup)
{
    for (uint32_t i = 0; i < lookup->inquiry_count; i++)
        if (!lookup->inquiries[i].is_settled)
            name_server_forget(&lookup->inquiries[i].question);
    lookup->inquiry_count = 0;
    if (lookup->service != NULL)
        name_service_release(lookup->service);
    lookup->service = NULL;
}
