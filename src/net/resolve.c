/* A lookup is looked for in sources of this host first, which answer at once. What the name
 * servers say is collected by dns_lookup; here is only who waits for it, and for how long.
 * What is remembered from one lookup to the next are addresses, within their time to live: a check
 * that says "not found" must have asked. */
#include "net/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "core/duration.h"
#include "net/address_order.h"
#include "net/dns_lookup.h"

#define FIRST_CAPACITY 64
/* RFC 8305, section 3: what the other family gets once one has answered. */
#define RESOLUTION_DELAY_NS (50 * NS_PER_MS)

struct lookup {
    uint32_t slot;
    struct resolve_options options;
    char host[SYSTEM_NAME_SIZE];
    struct address_list found;
    struct dns_lookup dns;  /* under way where dns.service is not NULL */
    struct system_job *job; /* under way where not NULL */
    int64_t found_ns;       /* when name servers last brought addresses */
    int64_t delayed_until_ns;
    struct list_node node; /* among the delayed, or the ended */
    struct lookup_facts facts;
    struct resolution resolution;
};

void resolve_table_init(struct resolve_table *table, struct loop *loop, const char *hosts_path,
                        const char *resolv_conf_path)
{
    *table = (struct resolve_table){.loop = loop};
    local_names_init(&table->local, hosts_path);
    list_init(&table->answered);
    list_init(&table->delayed);
    list_init(&table->ended);
    slot_set_init(&table->without_memory);
    name_services_init(&table->services, loop, resolv_conf_path, &table->answered);
}

bool resolve_table_reserve(struct resolve_table *table, uint32_t slot_count)
{
    return slot_set_reserve(&table->without_memory, slot_count);
}

static void forget_job(struct resolve_table *table, struct lookup *lookup)
{
    if (lookup->job != NULL)
        system_resolver_forget(table->system, lookup->job);
    lookup->job = NULL;
}

static void free_lookup(struct resolve_table *table, struct lookup *lookup)
{
    if (lookup->dns.service != NULL)
        dns_lookup_stop(&lookup->dns);
    forget_job(table, lookup);
    list_remove(&lookup->node);
    free(lookup);
}

static void free_told(struct resolve_table *table)
{
    if (table->told != NULL)
        free_lookup(table, table->told);
    table->told = NULL;
}

void resolve_table_fini(struct resolve_table *table)
{
    free_told(table);
    for (uint32_t i = 0; i < table->capacity; i++)
        if (table->lookups[i] != NULL)
            free_lookup(table, table->lookups[i]);
    free(table->lookups);
    slot_set_fini(&table->without_memory);
    if (table->system != NULL)
        system_resolver_destroy(table->system);
    name_services_fini(&table->services);
    local_names_fini(&table->local);
}

bool resolve_pin(struct resolve_table *table, const char *name, const struct address *address)
{
    return hosts_add(&table->local.pins, name, strlen(name), address);
}

/* ---- ends ------------------------------------------------------------- */

static enum answer answer_of(enum tcpcheck_outcome outcome)
{
    if (outcome == TCPCHECK_DNS_NXDOMAIN)
        return ANSWER_NXDOMAIN;
    if (outcome == TCPCHECK_DNS_NODATA)
        return ANSWER_NODATA;
    if (outcome == TCPCHECK_DNS_TIMEOUT)
        return ANSWER_TIMEOUT;
    return outcome == TCPCHECK_RESOURCE ? ANSWER_RESOURCE : ANSWER_SERVFAIL;
}

/* The name that has the addresses. With a search list the system's resolver does not tell. */
static const char *name_of(struct lookup *lookup, enum lookup_source source)
{
    size_t length = strlen(lookup->host);
    if (lookup->found.count == 0 || (source == LOOKUP_SYSTEM && lookup->options.search))
        return NULL;
    if (length > 1 && lookup->host[length - 1] == '.')
        lookup->host[length - 1] = '\0';
    return lookup->host;
}

/* Where no name server was asked by us: what was found tells all there is to tell. */
static void note_source(struct lookup *lookup, enum lookup_source source,
                        enum tcpcheck_outcome outcome)
{
    struct lookup_facts *facts = &lookup->facts;
    const struct address_list *found = &lookup->found;
    enum family family = lookup->options.family;
    enum answer none = found->count != 0 ? ANSWER_NODATA : answer_of(outcome);
    *facts = (struct lookup_facts){
        .source = source,
        .answer = found->count != 0 ? ANSWER_ADDRESSES : none,
        .name = name_of(lookup, source),
        .families = {{.is_asked = family != FAMILY_IPV6, .answer = none},
                     {.is_asked = family != FAMILY_IPV4, .answer = none}},
    };
    for (uint32_t i = 0; i < found->count; i++)
        facts->families[found->addresses[i].family == FAMILY_IPV6 ? LOOKUP_IPV6 : LOOKUP_IPV4]
            .answer = ANSWER_ADDRESSES;
}

/* Fills lookup->resolution; `outcome` counts where nothing was found. */
static void conclude(struct lookup *lookup, enum tcpcheck_outcome outcome, uint32_t notes)
{
    struct address_list *found = &lookup->found;
    for (uint32_t i = 0; i < found->count; i++)
        found->addresses[i].port = lookup->options.port;
    lookup->resolution = (struct resolution){
        .slot = lookup->slot,
        .is_resolved = found->count != 0,
        .outcome = found->count != 0 ? TCPCHECK_OPEN : outcome,
        .notes = found->count != 0 ? notes : 0,
        .ended_ns = loop_now_ns(),
        .count = found->count,
        .addresses = found->addresses,
        .facts = &lookup->facts,
    };
    lookup->facts.addresses = found->addresses;
    lookup->facts.address_count = found->count;
}

static void end(struct resolve_table *table, struct lookup *lookup, enum lookup_source source,
                enum tcpcheck_outcome outcome)
{
    note_source(lookup, source, outcome);
    conclude(lookup, outcome, 0);
    list_append(&table->ended, &lookup->node);
}

/* Reads off what the name servers have said so far. */
static void conclude_dns(struct lookup *lookup)
{
    lookup->facts = dns_lookup_facts(&lookup->dns);
    uint32_t notes = dns_lookup_notes(&lookup->dns);
    dns_lookup_stop(&lookup->dns);
    address_order(&lookup->found);
    conclude(lookup, dns_answer_outcome(lookup->facts.answer), notes);
}

static void end_dns(struct resolve_table *table, struct lookup *lookup)
{
    list_remove(&lookup->node);
    conclude_dns(lookup);
    list_append(&table->ended, &lookup->node);
}

/* ---- the name servers ------------------------------------------------- */

static void start_dns(struct resolve_table *table, struct lookup *lookup)
{
    const struct dns_lookup_options options = {
        .family = lookup->options.family,
        .uses_search = lookup->options.search,
    };
    struct name_service *service = name_services_take(&table->services);
    if (service == NULL) {
        end(table, lookup, LOOKUP_DNS, TCPCHECK_RESOURCE);
        return;
    }
    dns_lookup_start(&lookup->dns, service, lookup->host, &lookup->found, &options);
    if (lookup->dns.is_done)
        end_dns(table, lookup);
}

static void take_answer(struct resolve_table *table, struct question *question)
{
    struct dns_inquiry *inquiry = list_entry(question, struct dns_inquiry, question);
    struct lookup *lookup = list_entry(inquiry->lookup, struct lookup, dns);
    dns_lookup_take_answer(&lookup->dns, inquiry);
    if (lookup->dns.found->count != 0)
        lookup->found_ns = loop_now_ns();
    if (lookup->dns.is_done) {
        end_dns(table, lookup);
    } else if (lookup->dns.is_delayed && !list_has(&lookup->node)) {
        lookup->delayed_until_ns = loop_now_ns() + RESOLUTION_DELAY_NS;
        list_append(&table->delayed, &lookup->node);
    } else if (!lookup->dns.is_delayed) {
        list_remove(&lookup->node);
    }
}

/* Until nobody has an answer that its lookup has not seen. */
static void take_answers(struct resolve_table *table)
{
    struct list_node *node;
    while ((node = list_first(&table->answered)) != NULL) {
        list_remove(node);
        take_answer(table, list_entry(node, struct question, node));
    }
}

void resolve_hear(struct resolve_table *table, uint32_t key, int fd, uint32_t events)
{
    name_services_hear(&table->services, key, fd, events);
    take_answers(table);
}

static struct lookup *first_delayed(const struct resolve_table *table)
{
    struct list_node *node = list_first(&table->delayed);
    return node == NULL ? NULL : list_entry(node, struct lookup, node);
}

int64_t resolve_next_ns(const struct resolve_table *table)
{
    const struct lookup *lookup = first_delayed(table);
    int64_t next_ns = name_services_next_ns(&table->services);
    return lookup != NULL && lookup->delayed_until_ns < next_ns ? lookup->delayed_until_ns
                                                                : next_ns;
}

void resolve_expire(struct resolve_table *table, int64_t now_ns)
{
    struct lookup *lookup;
    name_services_expire(&table->services, now_ns);
    take_answers(table);
    while ((lookup = first_delayed(table)) != NULL && lookup->delayed_until_ns <= now_ns) {
        list_remove(&lookup->node);
        dns_lookup_end_delay(&lookup->dns);
        if (lookup->dns.is_done)
            end_dns(table, lookup);
    }
    take_answers(table);
}

/* ---- the system's resolver -------------------------------------------- */

static void start_system(struct resolve_table *table, struct lookup *lookup)
{
    size_t length = strlen(lookup->host);
    bool has_dot = length != 0 && lookup->host[length - 1] == '.';
    if (!lookup->options.search && !has_dot && length + 1 < sizeof(lookup->host))
        memcpy(&lookup->host[length], ".", 2);
    if (table->system == NULL)
        table->system = system_resolver_create(table->loop);
    if (table->system != NULL)
        lookup->job =
            system_resolver_ask(table->system, lookup->host, lookup->options.family, lookup->slot);
    if (lookup->job == NULL)
        end(table, lookup, LOOKUP_SYSTEM, TCPCHECK_RESOURCE);
}

void resolve_wake(struct resolve_table *table)
{
    struct system_job *job;
    while (table->system != NULL && (job = system_resolver_take(table->system)) != NULL) {
        struct lookup *lookup = table->lookups[job->slot];
        lookup->job = NULL;
        lookup->found = job->found;
        end(table, lookup, LOOKUP_SYSTEM, system_job_outcome(job));
        system_job_free(job);
    }
}

/* ---- lookups ---------------------------------------------------------- */

static bool grow(struct resolve_table *table, uint32_t slot)
{
    uint64_t capacity = table->capacity == 0 ? FIRST_CAPACITY : table->capacity;
    while (capacity <= slot)
        capacity *= 2;
    struct lookup **lookups = capacity > UINT32_MAX
                                  ? NULL
                                  : reallocarray(table->lookups, capacity, sizeof(struct lookup *));
    if (lookups == NULL)
        return false;
    for (uint64_t i = table->capacity; i < capacity; i++)
        lookups[i] = NULL;
    table->lookups = lookups;
    table->capacity = (uint32_t)capacity;
    return true;
}

/* NULL: memory. */
static struct lookup *create_lookup(struct resolve_table *table, uint32_t slot, const char *host,
                                    const struct resolve_options *options)
{
    if (slot >= table->capacity && !grow(table, slot))
        return NULL;
    struct lookup *lookup = calloc(1, sizeof(*lookup));
    if (lookup == NULL)
        return NULL;
    lookup->slot = slot;
    lookup->options = *options;
    table->lookups[slot] = lookup;
    size_t length = strlen(host);
    if (length < sizeof(lookup->host))
        memcpy(lookup->host, host, length + 1);
    return lookup;
}

void resolve_start(struct resolve_table *table, uint32_t slot, const char *host,
                   const struct resolve_options *options)
{
    struct local_answer answer;
    struct lookup *lookup = create_lookup(table, slot, host, options);
    if (lookup == NULL) {
        slot_set_add(&table->without_memory, slot);
        return;
    }
    if (lookup->host[0] == '\0') {
        end(table, lookup, LOOKUP_DNS, TCPCHECK_DNS_NXDOMAIN);
    } else if (local_names_find(&table->local, lookup->host, options, &lookup->found, &answer)) {
        address_order(&lookup->found);
        end(table, lookup, answer.source, answer.outcome);
    } else if (options->resolver == RESOLVER_SYSTEM) {
        start_system(table, lookup);
    } else {
        start_dns(table, lookup);
        take_answers(table);
    }
}

/* Takes it out of its slot: it is freed when the caller has read its addresses. */
static void keep_told(struct resolve_table *table, struct lookup *lookup)
{
    free_told(table);
    table->lookups[lookup->slot] = NULL;
    table->told = lookup;
}

static struct resolution without_memory(uint32_t slot)
{
    return (struct resolution){
        .slot = slot, .outcome = TCPCHECK_RESOURCE, .ended_ns = loop_now_ns()};
}

void resolve_cancel(struct resolve_table *table, uint32_t slot, struct resolution *last)
{
    struct lookup *lookup = slot < table->capacity ? table->lookups[slot] : NULL;
    slot_set_remove(&table->without_memory, slot);
    if (lookup == NULL) {
        *last = without_memory(slot);
        return;
    }
    list_remove(&lookup->node);
    if (lookup->dns.service != NULL) {
        conclude_dns(lookup);
        if (lookup->found.count != 0)
            lookup->resolution.ended_ns = lookup->found_ns;
    } else if (lookup->job != NULL) {
        forget_job(table, lookup);
        note_source(lookup, LOOKUP_SYSTEM, TCPCHECK_DNS_TIMEOUT);
        conclude(lookup, TCPCHECK_DNS_TIMEOUT, 0);
    }
    *last = lookup->resolution;
    keep_told(table, lookup);
    take_answers(table);
}

bool resolve_has_event(const struct resolve_table *table)
{
    return !list_is_empty(&table->ended) || table->without_memory.count != 0;
}

bool resolve_take_event(struct resolve_table *table, struct event *event)
{
    uint32_t slot;
    if (slot_set_take(&table->without_memory, &slot)) {
        *event = (struct event){
            .kind = EVENT_RESOLVED, .slot = slot, .resolution = without_memory(slot)};
        return true;
    }
    struct list_node *node = list_first(&table->ended);
    if (node == NULL)
        return false;
    struct lookup *lookup = list_entry(node, struct lookup, node);
    list_remove(node);
    keep_told(table, lookup);
    *event = (struct event){
        .kind = EVENT_RESOLVED, .slot = lookup->slot, .resolution = lookup->resolution};
    return true;
}
