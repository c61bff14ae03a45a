/* A and AAAA go their own ways through the servers, each with its own failover, and meet at the
 * end of a candidate: a server that answers one and not the other then costs no more than
 * the resolution delay of RFC 8305.
 *
 * A server that answers, however badly, is not asked again; only silent ones are, for as many rounds
 * as resolv.conf allows. The search goes on as the C library's does, but that a server's failure on the
 * way is not covered up by a later "no such name": the name may well exist where nobody
 * answered.
 *
 * Only a whole answer is kept for later lookups: one whose other family failed, or was not waited for,
 * would hide that family for as long as the answer holds. */
#include "net/dns_lookup.h"

#include <string.h>

#include "core/duration.h"
#include "core/result.h"
#include "net/loop.h"

/* No answer is kept for longer, whatever it says. */
#define TTL_MAX_S (24 * 3600)

static void start_candidate(struct dns_lookup *lookup);

/* ---- one family ------------------------------------------------------- */

/* Asks the next server. False: all have had their turns. */
static bool ask_next(struct dns_inquiry *inquiry)
{
    struct name_service *service = inquiry->lookup->service;
    const struct resolv_conf *conf = &service->conf;
    for (;;) {
        if (inquiry->turn == conf->server_count) {
            inquiry->asked_again = inquiry->silent;
            inquiry->silent = 0;
            inquiry->turn = 0;
            inquiry->round++;
            if (inquiry->asked_again == 0 || inquiry->round >= conf->attempts)
                return false;
        }
        inquiry->server = inquiry->order[inquiry->turn++];
        if (inquiry->round == 0 || (inquiry->asked_again & 1U << inquiry->server) != 0)
            break;
    }
    name_server_ask(service->servers[inquiry->server], &inquiry->question);
    return true;
}

/* The facts of an answer of the server that was asked last. */
static struct family_facts facts_of(const struct dns_inquiry *inquiry, enum answer answer)
{
    const struct dns_lookup *lookup = inquiry->lookup;
    const struct question *question = &inquiry->question;
    const struct name_server *server = lookup->service->servers[inquiry->server];
    bool is_without = answer == ANSWER_TIMEOUT || answer == ANSWER_UNREACHABLE;
    return (struct family_facts){
        .is_asked = true,
        .has_rcode = question->has_rcode,
        .has_time = true,
        .is_truncated = is_without && question->is_truncated,
        .has_strays =
            answer == ANSWER_TIMEOUT && name_server_has_strayed(server, question->asked_ns),
        .rcode = question->rcode,
        .answer = answer,
        .server = *name_server_address(server),
        .time_ns = loop_now_ns() - lookup->started_ns,
    };
}

static void settle(struct dns_inquiry *inquiry, const struct family_facts *facts)
{
    inquiry->is_settled = true;
    inquiry->facts = *facts;
}

static void note_failure(struct dns_inquiry *inquiry, const struct family_facts *facts)
{
    struct failed_server *known = &inquiry->lookup->failures[inquiry->server];
    if (facts->answer == ANSWER_TIMEOUT)
        inquiry->silent |= 1U << inquiry->server;
    if (answer_strength(facts->answer) > answer_strength(known->answer))
        *known = (struct failed_server){facts->server, facts->answer, facts->is_truncated};
    if (answer_strength(facts->answer) > answer_strength(inquiry->failure.answer))
        inquiry->failure = *facts;
}

static void take_answer(struct dns_inquiry *inquiry)
{
    enum answer answer = inquiry->question.answer;
    struct family_facts facts = facts_of(inquiry, answer);
    if (!answer_is_failure(answer) || answer == ANSWER_RESOURCE) {
        settle(inquiry, &facts);
        return;
    }
    note_failure(inquiry, &facts);
    if (!ask_next(inquiry))
        settle(inquiry, &inquiry->failure);
}

/* What is known of a family whose answer is still awaited. With addresses of the other one nobody
 * waits for it any longer; without, what failed so far counts, or the silence. */
static struct family_facts facts_so_far(const struct dns_inquiry *inquiry)
{
    bool is_needed = inquiry->lookup->found->count == 0;
    if (is_needed && inquiry->failure.answer != ANSWER_NONE)
        return inquiry->failure;
    struct family_facts facts = facts_of(inquiry, is_needed ? ANSWER_TIMEOUT : ANSWER_NONE);
    facts.has_time = false;
    facts.has_rcode = facts.is_truncated;
    return facts;
}

static void start_inquiry(struct dns_lookup *lookup, enum question_type type)
{
    struct dns_inquiry *inquiry = &lookup->inquiries[lookup->inquiry_count++];
    *inquiry = (struct dns_inquiry){
        .lookup = lookup,
        .question = {.type = type, .name = lookup->name, .found = lookup->found},
    };
    name_service_order(lookup->service, loop_now_ns(), inquiry->order);
    (void)ask_next(inquiry);
}

/* ---- one candidate ---------------------------------------------------- */

static struct dns_said said_of_candidate(const struct dns_lookup *lookup)
{
    struct dns_said said = {.is_known = true};
    for (uint32_t i = 0; i < lookup->inquiry_count; i++) {
        const struct dns_inquiry *inquiry = &lookup->inquiries[i];
        uint32_t family = inquiry->question.type == QUESTION_A ? LOOKUP_IPV4 : LOOKUP_IPV6;
        said.families[family] = inquiry->is_settled ? inquiry->facts : facts_so_far(inquiry);
    }
    said.answer = lookup->found->count != 0 ? ANSWER_ADDRESSES : lookup_facts_fold(said.families);
    return said;
}

/* A failure says more than "no such addresses", and that more than "no such name". */
static int weight(const struct dns_said *said)
{
    if (!said->is_known)
        return -1;
    return answer_is_failure(said->answer) ? 1 + answer_strength(said->answer)
                                           : said->answer == ANSWER_NODATA;
}

/* Returns the candidate to ask for after one that `answer` was said of; candidate_count: none. */
static uint32_t next_candidate(const struct dns_lookup *lookup, enum answer answer)
{
    const struct search *search = &lookup->search;
    if (!answer_is_failure(answer) || answer == ANSWER_SERVFAIL)
        return lookup->candidate + 1;
    /* The servers are in trouble: no more guesses, but the name itself is due. */
    bool is_due = answer != ANSWER_RESOURCE && lookup->candidate < search->absolute;
    return is_due ? search->absolute : search->candidate_count;
}

/* Keeps an answer in which nothing is missing. Its time runs from the moment at which the question
 * was sent: when the answer came in is known only by when it was read. */
static void keep_answer(struct dns_lookup *lookup)
{
    int64_t expires_ns = INT64_MAX;
    for (uint32_t i = 0; i < lookup->inquiry_count; i++) {
        const struct dns_inquiry *inquiry = &lookup->inquiries[i];
        const struct question *question = &inquiry->question;
        uint32_t ttl_s = question->ttl_s < TTL_MAX_S ? question->ttl_s : TTL_MAX_S;
        int64_t end_ns = question->asked_ns + ttl_s * NS_PER_S;
        if (inquiry->facts.answer != ANSWER_ADDRESSES && inquiry->facts.answer != ANSWER_NODATA)
            return;
        if (inquiry->facts.answer == ANSWER_ADDRESSES && end_ns < expires_ns)
            expires_ns = end_ns;
    }
    if (expires_ns <= loop_now_ns())
        return;
    struct lookup_facts facts = dns_lookup_facts(lookup);
    facts.addresses = lookup->found->addresses;
    facts.address_count = lookup->found->count;
    facts.failed_count = 0;
    facts.asked_bytes = 0;
    answer_cache_keep(&lookup->service->cache, &lookup->key, &facts, expires_ns);
}

static void end_candidate(struct dns_lookup *lookup)
{
    if (lookup->found->count != 0) {
        keep_answer(lookup);
        lookup->is_done = true;
        return;
    }
    struct dns_said said = said_of_candidate(lookup);
    if (lookup->candidate == lookup->search.absolute)
        lookup->absolute = said;
    if (weight(&said) > weight(&lookup->best))
        lookup->best = said;
    lookup->candidate = next_candidate(lookup, said.answer);
    start_candidate(lookup);
}

static void note_asked(struct dns_lookup *lookup)
{
    size_t bytes = strlen(lookup->name) + 1;
    if (bytes > sizeof(lookup->asked) - lookup->asked_bytes)
        return;
    memcpy(&lookup->asked[lookup->asked_bytes], lookup->name, bytes);
    lookup->asked_bytes += (uint32_t)bytes;
}

/* Asks for the candidate, or the next one that is no longer than a name may be. */
static void start_candidate(struct dns_lookup *lookup)
{
    enum family family = lookup->key.family;
    while (lookup->candidate < lookup->search.candidate_count &&
           !search_candidate(&lookup->search, lookup->candidate, lookup->name))
        lookup->candidate++;
    if (lookup->candidate == lookup->search.candidate_count) {
        lookup->is_done = true;
        return;
    }
    note_asked(lookup);
    lookup->inquiry_count = 0;
    if (family != FAMILY_IPV6)
        start_inquiry(lookup, QUESTION_A);
    if (family != FAMILY_IPV4)
        start_inquiry(lookup, QUESTION_AAAA);
}

/* ---- the lookup ------------------------------------------------------- */

/* True: it is done. */
static bool take_cached(struct dns_lookup *lookup)
{
    const struct lookup_facts *facts =
        answer_cache_find(&lookup->service->cache, &lookup->key, lookup->started_ns);
    if (facts == NULL)
        return false;
    lookup->best = (struct dns_said){.is_known = true, .answer = facts->answer};
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++) {
        lookup->best.families[i] = facts->families[i];
        lookup->best.families[i].has_time = false;
    }
    for (uint32_t i = 0; i < facts->address_count; i++)
        address_list_add(lookup->found, &facts->addresses[i]);
    memcpy(lookup->name, facts->name, strlen(facts->name) + 1);
    lookup->is_cached = true;
    lookup->is_done = true;
    return true;
}

void dns_lookup_start(struct dns_lookup *lookup, struct name_service *service, const char *host,
                      struct address_list *found, const struct dns_lookup_options *options)
{
    *lookup = (struct dns_lookup){
        .service = service,
        .started_ns = loop_now_ns(),
        .found = found,
        .key = {host, options->family, options->uses_search},
    };
    if (take_cached(lookup))
        return;
    search_init(&lookup->search, host, &service->conf, options->uses_search);
    start_candidate(lookup);
}

void dns_lookup_take_answer(struct dns_lookup *lookup, struct dns_inquiry *inquiry)
{
    bool is_settled = true;
    bool has_no_name = false;
    take_answer(inquiry);
    for (uint32_t i = 0; i < lookup->inquiry_count; i++) {
        const struct dns_inquiry *other = &lookup->inquiries[i];
        is_settled = is_settled && other->is_settled;
        has_no_name |= other->is_settled && other->facts.answer == ANSWER_NXDOMAIN;
    }
    lookup->is_delayed = !is_settled && (lookup->found->count != 0 || has_no_name);
    if (is_settled)
        end_candidate(lookup);
}

void dns_lookup_end_delay(struct dns_lookup *lookup)
{
    lookup->is_delayed = false;
    if (lookup->found->count != 0) {
        lookup->is_done = true;
        return;
    }
    for (uint32_t i = 0; i < lookup->inquiry_count; i++)
        if (!lookup->inquiries[i].is_settled)
            name_server_forget(&lookup->inquiries[i].question);
    end_candidate(lookup);
}

/* The strongest of what all families have come to, where not all of them have come to an end. That
 * there is no such name is said of both. */
static enum answer strongest(const struct family_facts families[LOOKUP_FAMILIES])
{
    enum answer answer = ANSWER_TIMEOUT;
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++)
        if (families[i].answer == ANSWER_NXDOMAIN)
            return ANSWER_NXDOMAIN;
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++)
        if (answer_strength(families[i].answer) > answer_strength(answer))
            answer = families[i].answer;
    return answer;
}

static struct dns_said said(const struct dns_lookup *lookup)
{
    static const struct dns_said nobody = {.is_known = true, .answer = ANSWER_NXDOMAIN};
    if (lookup->is_cached)
        return lookup->best;
    if (lookup->found->count != 0)
        return said_of_candidate(lookup);
    /* Where the name itself was asked for first, the search was but a second chance. */
    bool is_absolute = lookup->search.absolute == 0 && lookup->candidate != 0;
    if (is_absolute || lookup->is_done) {
        const struct dns_said *chosen = is_absolute ? &lookup->absolute : &lookup->best;
        return chosen->is_known ? *chosen : nobody;
    }
    struct dns_said now = said_of_candidate(lookup);
    now.answer = strongest(now.families);
    return weight(&now) > weight(&lookup->best) ? now : lookup->best;
}

static uint32_t collect_failed(struct dns_lookup *lookup)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < lookup->service->conf.server_count; i++)
        if (lookup->failures[i].answer != ANSWER_NONE)
            lookup->failed[count++] = lookup->failures[i];
    return count;
}

struct lookup_facts dns_lookup_facts(struct dns_lookup *lookup)
{
    struct dns_said known = said(lookup);
    struct lookup_facts facts = {
        .source = LOOKUP_DNS,
        .answer = known.answer,
        .is_cached = lookup->is_cached,
        .uses_default_server = lookup->service->conf.is_default,
        .name = known.answer == ANSWER_ADDRESSES ? lookup->name : NULL,
        .asked = lookup->asked,
        .asked_bytes = lookup->asked_bytes,
        .failed = lookup->failed,
        .failed_count = collect_failed(lookup),
    };
    for (size_t i = 0; i < LOOKUP_FAMILIES; i++)
        facts.families[i] = known.families[i];
    return facts;
}

uint32_t dns_lookup_notes(const struct dns_lookup *lookup)
{
    uint32_t notes = 0;
    for (uint32_t i = 0; i < lookup->inquiry_count; i++) {
        const struct dns_inquiry *inquiry = &lookup->inquiries[i];
        enum note note = inquiry->question.type == QUESTION_A ? NOTE_IPV4_FAILED : NOTE_IPV6_FAILED;
        if (!inquiry->is_settled || answer_is_failure(inquiry->facts.answer))
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
