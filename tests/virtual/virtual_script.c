/* Addresses in a hash table, since there are thousands of them; all else is short and searched. */
#include "virtual_script.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BUCKETS 4096

struct script_host {
    struct script_host *next;
    struct address address;
    uint32_t met;
    uint32_t count;
    struct virtual_answer answers[VIRTUAL_ANSWERS_MAX];
};

struct script_name {
    struct script_name *next;
    const char *name;
    uint32_t met;
    uint32_t count;
    struct virtual_lookup lookups[VIRTUAL_ANSWERS_MAX];
};

static const struct virtual_lookup silent_lookup = {.after_ns = INT64_MAX};

struct virtual_answer opens_after(int64_t ns)
{
    return (struct virtual_answer){.kind = VIRTUAL_OPEN, .after_ns = ns};
}

struct virtual_answer opens_and_closes(int64_t ns, int64_t closing_ns)
{
    return (struct virtual_answer){.kind = VIRTUAL_OPEN, .after_ns = ns, .closing_ns = closing_ns};
}

struct virtual_answer opens_until(int64_t ns, enum hold_end hold_end, int64_t held_ns)
{
    return (struct virtual_answer){
        .kind = VIRTUAL_OPEN, .after_ns = ns, .hold_end = hold_end, .held_ns = held_ns};
}

struct virtual_answer refuses_after(int64_t ns)
{
    return (struct virtual_answer){.kind = VIRTUAL_REFUSE, .after_ns = ns, .error = ECONNREFUSED};
}

struct virtual_answer unreachable_after(int64_t ns, uint8_t code)
{
    return (struct virtual_answer){.kind = VIRTUAL_ICMP,
                                   .after_ns = ns,
                                   .error = EHOSTUNREACH,
                                   .icmp_type = 3,
                                   .icmp_code = code};
}

struct virtual_answer fails_at(enum observed_at at, int error)
{
    return (struct virtual_answer){.kind = VIRTUAL_ERROR, .at = at, .error = error};
}

struct virtual_answer is_silent(void)
{
    return (struct virtual_answer){.kind = VIRTUAL_SILENCE};
}

void virtual_script_init(struct virtual_script *script)
{
    *script = (struct virtual_script){.hosts = calloc(BUCKETS, sizeof(struct script_host *))};
    assert_non_null(script->hosts);
}

void virtual_script_fini(struct virtual_script *script)
{
    for (uint32_t i = 0; i < BUCKETS; i++) {
        for (struct script_host *host = script->hosts[i], *next; host != NULL; host = next) {
            next = host->next;
            free(host);
        }
    }
    for (struct script_name *name = script->names, *next; name != NULL; name = next) {
        next = name->next;
        free(name);
    }
    free(script->hosts);
}

struct address virtual_address(const char *text, uint16_t port)
{
    struct address address = {0};
    assert_true(address_parse(text, strlen(text), &address));
    address.port = port;
    return address;
}

static struct script_host *find_host(const struct virtual_script *script,
                                     const struct address *address)
{
    struct script_host *host = script->hosts[address_hash(address) % BUCKETS];
    while (host != NULL && !address_is_equal(&host->address, address))
        host = host->next;
    return host;
}

void virtual_script_add_host(struct virtual_script *script, const struct address *address,
                             const struct virtual_answer *answers, uint32_t count)
{
    struct script_host *host = calloc(1, sizeof(*host));
    struct script_host **bucket = &script->hosts[address_hash(address) % BUCKETS];
    assert_non_null(host);
    assert_in_range(count, 1, VIRTUAL_ANSWERS_MAX);
    assert_null(find_host(script, address));
    host->next = *bucket;
    host->address = *address;
    host->count = count;
    memcpy(host->answers, answers, count * sizeof(*answers));
    *bucket = host;
}

static struct script_name *find_name(const struct virtual_script *script, const char *text)
{
    struct script_name *name = script->names;
    while (name != NULL && strcmp(name->name, text) != 0)
        name = name->next;
    return name;
}

void virtual_script_add_name(struct virtual_script *script, const char *name,
                             const struct virtual_lookup *lookups, uint32_t count)
{
    struct script_name *entry = calloc(1, sizeof(*entry));
    assert_non_null(entry);
    assert_in_range(count, 1, VIRTUAL_ANSWERS_MAX);
    assert_null(find_name(script, name));
    entry->next = script->names;
    entry->name = name;
    entry->count = count;
    memcpy(entry->lookups, lookups, count * sizeof(*lookups));
    script->names = entry;
}

void virtual_script_add(struct script_schedule *schedule, int64_t from_ns, int64_t for_ns,
                        uint32_t limit)
{
    assert_true(schedule->count < VIRTUAL_SCHEDULE_MAX);
    schedule->entries[schedule->count].from_ns = VIRTUAL_EPOCH_NS + from_ns;
    schedule->entries[schedule->count].for_ns = for_ns;
    schedule->entries[schedule->count].limit = limit;
    schedule->count++;
}

/* The first, the second, ..., and from then on the last. */
static uint32_t take_turn(uint32_t *met, uint32_t count)
{
    uint32_t index = *met < count ? *met : count - 1;
    ++*met;
    return index;
}

struct virtual_answer virtual_script_answer(struct virtual_script *script,
                                            const struct address *address)
{
    struct address any_port = *address;
    struct script_host *host = find_host(script, address);
    any_port.port = 0;
    if (host == NULL)
        host = find_host(script, &any_port);
    return host == NULL ? is_silent() : host->answers[take_turn(&host->met, host->count)];
}

const struct virtual_lookup *virtual_script_lookup(struct virtual_script *script, const char *name)
{
    struct script_name *entry = find_name(script, name);
    return entry == NULL ? &silent_lookup : &entry->lookups[take_turn(&entry->met, entry->count)];
}

uint32_t virtual_script_descriptors(const struct virtual_script *script, int64_t now_ns)
{
    uint32_t limit = UINT32_MAX;
    for (uint32_t i = 0; i < script->descriptors.count; i++)
        if (script->descriptors.entries[i].from_ns <= now_ns)
            limit = script->descriptors.entries[i].limit;
    return limit;
}

int64_t virtual_script_stalled_until(const struct virtual_script *script, int64_t now_ns)
{
    for (uint32_t i = 0; i < script->stalls.count; i++) {
        int64_t from_ns = script->stalls.entries[i].from_ns;
        int64_t end_ns = from_ns + script->stalls.entries[i].for_ns;
        if (now_ns >= from_ns && now_ns < end_ns)
            now_ns = end_ns;
    }
    return now_ns;
}

int64_t virtual_script_next_wake(const struct virtual_script *script, int64_t now_ns)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < script->wakes.count; i++) {
        int64_t when_ns = script->wakes.entries[i].from_ns;
        if (when_ns > now_ns && when_ns < next_ns)
            next_ns = when_ns;
    }
    return next_ns;
}
