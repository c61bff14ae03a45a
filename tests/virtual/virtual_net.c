/* All that is under way lies in two arrays by slot, each entry with the moment at
 * which its event is due. These moments also stand in an agenda: to look at all entries for the next
 * one took a third of a week's time. */
#include "virtual_net.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agenda.h"

enum conn_state { CONN_FREE, CONN_CONNECTING, CONN_HELD, CONN_CLOSING };

struct conn {
    enum conn_state state;
    bool has_descriptor;
    int64_t started_ns;
    int64_t ended_ns; /* when the kernel knows */
    int64_t due_ns;   /* when it is told */
    uint64_t order;
    struct address address;
    struct connect_options options;
    struct virtual_answer answer;
};

struct lookup {
    bool is_busy;
    int64_t started_ns;
    int64_t due_ns;
    uint64_t order;
    uint16_t port;
    const struct virtual_lookup *plan;
};

struct net {
    struct virtual_options options;
    uint32_t slot_limit;
    uint32_t lookup_limit;
    uint64_t random;
    int64_t now_ns;
    uint64_t next_order;
    struct conn *conns;
    uint32_t conn_capacity;
    uint32_t open_count; /* descriptors */
    uint32_t most_open;
    struct lookup *lookups;
    uint32_t lookup_capacity;
    struct agenda agenda; /* with items that were cancelled: is_void() */
    struct virtual_script script;
    struct virtual_start *starts;
    uint32_t start_count;
    uint32_t start_capacity;
    uint32_t idle_count;
    uint32_t most_idle;
    bool has_told; /* an event since the last wait */
    struct event strays[4];
    uint32_t stray_count;
    struct event event;
    struct address addresses[RESOLVED_ADDRESSES_MAX];
};

uint64_t virtual_random(uint64_t *state, uint64_t limit)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t mixed = (*state ^ *state >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return (mixed ^ mixed >> 32) % limit;
}

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct net *virtual_net_create(const struct virtual_options *options)
{
    struct net *net = must(calloc(1, sizeof(*net)));
    net->options = *options;
    net->random = options->seed;
    net->now_ns = VIRTUAL_EPOCH_NS;
    agenda_init(&net->agenda);
    virtual_script_init(&net->script);
    net->script.goes_round = options->goes_round;
    return net;
}

void virtual_net_destroy(struct net *net)
{
    assert_int_equal(net->open_count, 0);
    assert_int_equal(virtual_net_lookup_count(net), 0);
    virtual_script_fini(&net->script);
    agenda_fini(&net->agenda);
    free(net->conns);
    free(net->lookups);
    free(net->starts);
    free(net);
}

void virtual_net_set_limits(struct net *net, uint32_t slot_limit, uint32_t lookup_limit)
{
    net->slot_limit = slot_limit;
    net->lookup_limit = lookup_limit;
}

/* ---- what is written down beforehand ------------------------------------ */

void virtual_net_answers(struct net *net, const char *address, uint16_t port,
                         const struct virtual_answer *answers, uint32_t count)
{
    struct address target = virtual_address(address, port);
    virtual_script_add_host(&net->script, &target, answers, count);
}

void virtual_net_answer(struct net *net, const char *address, struct virtual_answer answer)
{
    virtual_net_answers(net, address, 0, &answer, 1);
}

void virtual_net_lookups(struct net *net, const char *name, const struct virtual_lookup *lookups,
                         uint32_t count)
{
    virtual_script_add_name(&net->script, name, lookups, count);
}

void virtual_net_descriptors(struct net *net, int64_t from_ns, uint32_t limit)
{
    virtual_script_add(&net->script.descriptors, from_ns, 0, limit);
}

void virtual_net_stall(struct net *net, int64_t from_ns, int64_t for_ns)
{
    virtual_script_add(&net->script.stalls, from_ns, for_ns, 0);
}

void virtual_net_wake_at(struct net *net, int64_t when_ns)
{
    virtual_script_add(&net->script.wakes, when_ns, 0, 0);
}

/* ---- what a test may ask ------------------------------------------------ */

int64_t virtual_net_time(const struct net *net)
{
    return net->now_ns - VIRTUAL_EPOCH_NS;
}

uint32_t virtual_net_open_count(const struct net *net)
{
    return net->open_count;
}

uint32_t virtual_net_most_open(const struct net *net)
{
    return net->most_open;
}

uint32_t virtual_net_lookup_count(const struct net *net)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < net->lookup_capacity; i++)
        count += net->lookups[i].is_busy;
    return count;
}

uint32_t virtual_net_start_count(const struct net *net)
{
    return net->start_count;
}

const struct virtual_start *virtual_net_start(const struct net *net, uint32_t index)
{
    assert_true(index < net->start_count && !net->options.forgets_starts);
    return &net->starts[index];
}

uint32_t virtual_net_most_idle(const struct net *net)
{
    return net->most_idle;
}

/* ---- the clock ---------------------------------------------------------- */

static int64_t virtual_now(struct net *net)
{
    return net->now_ns;
}

/* Silence has no moment. */
static void add_to_agenda(struct net *net, int64_t when_ns, uint64_t order, uint32_t slot,
                          bool is_lookup)
{
    if (when_ns < INT64_MAX)
        agenda_add(&net->agenda, (struct agenda_item){when_ns, order, slot, is_lookup});
}

static bool is_void(const struct net *net, const struct agenda_item *item)
{
    if (item->is_lookup) {
        const struct lookup *lookup = &net->lookups[item->slot];
        return !lookup->is_busy || lookup->order != item->order;
    }
    const struct conn *conn = &net->conns[item->slot];
    return conn->state == CONN_FREE || conn->order != item->order;
}

/* NULL: nothing is going to happen. */
static const struct agenda_item *next_item(struct net *net)
{
    const struct agenda_item *item;
    while ((item = agenda_first(&net->agenda)) != NULL && is_void(net, item))
        agenda_drop_first(&net->agenda);
    return item;
}

static int64_t next_due_ns(struct net *net)
{
    const struct agenda_item *item = next_item(net);
    int64_t wake_ns = virtual_script_next_wake(&net->script, net->now_ns);
    return item != NULL && item->when_ns < wake_ns ? item->when_ns : wake_ns;
}

static void count_idle(struct net *net, bool is_waiting)
{
    net->idle_count = is_waiting || net->has_told ? 0 : net->idle_count + 1;
    if (net->idle_count > net->most_idle)
        net->most_idle = net->idle_count;
    net->has_told = false;
}

static void sleep_until(struct net *net, int64_t when_ns)
{
    bool is_spurious = virtual_random(&net->random, 100) < net->options.spurious_percent;
    if (is_spurious)
        when_ns = net->now_ns +
                  (int64_t)virtual_random(&net->random, (uint64_t)(when_ns - net->now_ns) + 1);
    else if (net->options.late_max_ns > 0)
        when_ns += (int64_t)virtual_random(&net->random, (uint64_t)net->options.late_max_ns);
    net->now_ns = virtual_script_stalled_until(&net->script, when_ns);
}

static void virtual_wait_until(struct net *net, int64_t until_ns)
{
    int64_t due_ns = next_due_ns(net);
    int64_t when_ns = due_ns < until_ns ? due_ns : until_ns;
    count_idle(net, when_ns > net->now_ns);
    if (when_ns <= net->now_ns)
        return;
    if (when_ns == INT64_MAX)
        fail_msg("the engine waits for what never comes");
    sleep_until(net, when_ns);
}

/* ---- connections -------------------------------------------------------- */

static struct conn *conn_at(struct net *net, uint32_t slot)
{
    assert_true(slot < net->slot_limit);
    if (slot >= net->conn_capacity) {
        uint32_t capacity = (slot + 1) * 2;
        net->conns = must(reallocarray(net->conns, capacity, sizeof(*net->conns)));
        memset(net->conns + net->conn_capacity, 0,
               (capacity - net->conn_capacity) * sizeof(*net->conns));
        net->conn_capacity = capacity;
    }
    return &net->conns[slot];
}

static void log_start(struct net *net, uint32_t slot, const struct conn *conn)
{
    if (net->options.forgets_starts) {
        net->start_count++;
        return;
    }
    if (net->start_count == net->start_capacity) {
        net->start_capacity = net->start_capacity == 0 ? 64 : net->start_capacity * 2;
        net->starts = must(reallocarray(net->starts, net->start_capacity, sizeof(*net->starts)));
    }
    net->starts[net->start_count++] = (struct virtual_start){
        .when_ns = net->now_ns - VIRTUAL_EPOCH_NS,
        .slot = slot,
        .options = conn->options,
        .address = conn->address,
    };
}

/* Two connections with one source port and one target cannot both be. */
static void check_source_port(const struct net *net, const struct address *address,
                              uint16_t source_port)
{
    for (uint32_t i = 0; source_port != 0 && i < net->conn_capacity; i++) {
        const struct conn *other = &net->conns[i];
        assert_false(other->state != CONN_FREE && other->options.source_port == source_port &&
                     address_is_equal(&other->address, address));
    }
}

static void virtual_connect_start(struct net *net, uint32_t slot, const struct address *address,
                                  const struct connect_options *options)
{
    struct conn *conn = conn_at(net, slot);
    assert_int_equal(conn->state, CONN_FREE);
    check_source_port(net, address, options->source_port);
    assert_true(options->handshake == HANDSHAKE_FULL || options->close == CLOSE_RESET);
    *conn = (struct conn){
        .state = CONN_CONNECTING,
        .started_ns = net->now_ns + net->options.begin_late_ns,
        .order = net->next_order++,
        .address = *address,
        .options = *options,
    };
    bool has_room = net->open_count < virtual_script_descriptors(&net->script, net->now_ns);
    conn->answer =
        has_room ? virtual_script_answer(&net->script, address) : fails_at(OBSERVED_SOCKET, EMFILE);
    bool is_silence = conn->answer.kind == VIRTUAL_SILENCE;
    conn->ended_ns = is_silence ? INT64_MAX : conn->started_ns + conn->answer.after_ns;
    conn->due_ns = is_silence ? INT64_MAX : conn->ended_ns + conn->answer.unheard_ns;
    conn->has_descriptor = conn->answer.kind != VIRTUAL_ERROR || conn->answer.at != OBSERVED_SOCKET;
    net->open_count += conn->has_descriptor;
    if (net->open_count > net->most_open)
        net->most_open = net->open_count;
    add_to_agenda(net, conn->due_ns, conn->order, slot, false);
    log_start(net, slot, conn);
    net->now_ns += net->options.connect_cost_ns;
}

/* What the kernel chose where the check left it the choice. */
static struct address source_of(const struct conn *conn, uint32_t slot)
{
    bool is_ipv6 = conn->address.family == FAMILY_IPV6;
    struct address source = conn->options.source_address;
    if (source.family == FAMILY_ANY)
        source = virtual_address(is_ipv6 ? "fd00:ffff::1" : "10.255.0.1", 0);
    source.port = conn->options.source_port;
    if (source.port == 0)
        source.port = (uint16_t)(32768 + slot % 28232);
    return source;
}

static struct icmp_error icmp_of(const struct conn *conn, const struct address *source)
{
    bool is_ipv6 = conn->address.family == FAMILY_IPV6;
    struct address router = virtual_address(is_ipv6 ? "fd00:ffff::fe" : "10.255.0.254", 0);
    return (struct icmp_error){
        .is_present = true,
        .version = is_ipv6 ? 6 : 4,
        .type = conn->answer.icmp_type,
        .code = conn->answer.icmp_code,
        .from = conn->answer.is_from_here ? *source : router,
    };
}

static void observe(const struct net *net, uint32_t slot, struct observation *seen)
{
    const struct conn *conn = &net->conns[slot];
    const struct virtual_answer *answer = &conn->answer;
    int64_t noticed_ns = conn->ended_ns + answer->noticed_ns;
    *seen = (struct observation){
        .slot = slot,
        .at = answer->kind == VIRTUAL_ERROR ? answer->at : OBSERVED_ASYNC,
        .error = answer->error,
        .has_source_port = conn->options.source_port != 0,
        .started_ns = conn->started_ns,
        .ended_ns = noticed_ns < net->now_ns ? noticed_ns : net->now_ns,
        .opened_ns = noticed_ns < net->now_ns ? noticed_ns : net->now_ns,
    };
    if (answer->kind != VIRTUAL_ERROR)
        seen->source = source_of(conn, slot);
    if (answer->kind == VIRTUAL_OPEN) {
        seen->is_established = true;
        seen->has_syn_retransmits = true;
        seen->syn_retransmits = answer->is_repeated;
        seen->rtt_source = answer->is_repeated ? RTT_KERNEL_MS : RTT_KERNEL;
        seen->rtt_ns = answer->after_ns;
    } else if (answer->kind == VIRTUAL_ICMP) {
        seen->is_syn_sent = answer->is_from_here;
        seen->icmp = icmp_of(conn, &seen->source);
    }
}

/* The same for a connection that is held, and ends then. */
static void observe_held(const struct net *net, uint32_t slot, int64_t ended_ns,
                         struct observation *seen)
{
    const struct virtual_answer *answer = &net->conns[slot].answer;
    observe(net, slot, seen);
    bool has_peer_ended =
        answer->hold_end != HOLD_NONE && seen->opened_ns + answer->held_ns <= ended_ns;
    seen->hold_end = has_peer_ended ? answer->hold_end : HOLD_OVER;
    seen->error = seen->hold_end == HOLD_RESET ? ECONNRESET : 0;
    seen->ended_ns = has_peer_ended ? seen->opened_ns + answer->held_ns : ended_ns;
}

static void free_conn(struct net *net, struct conn *conn)
{
    net->open_count -= conn->has_descriptor;
    *conn = (struct conn){0};
}

static void observe_silence(const struct net *net, uint32_t slot, struct observation *seen)
{
    const struct conn *conn = &net->conns[slot];
    *seen = (struct observation){
        .slot = slot,
        .at = OBSERVED_DEADLINE,
        .is_syn_sent = true,
        .has_source_port = conn->options.source_port != 0,
        .started_ns = conn->started_ns,
        .ended_ns = net->now_ns,
        .source = source_of(conn, slot),
    };
}

static void virtual_connect_cancel(struct net *net, uint32_t slot, struct observation *last)
{
    struct conn *conn = conn_at(net, slot);
    assert_int_not_equal(conn->state, CONN_FREE);
    if (conn->state == CONN_HELD)
        observe_held(net, slot, net->now_ns, last);
    else if (conn->ended_ns > net->now_ns)
        observe_silence(net, slot, last);
    else
        observe(net, slot, last);
    free_conn(net, conn);
}

/* It has opened, and is held from now on. */
static void hold(struct net *net, struct conn *conn)
{
    int64_t opened_ns = conn->ended_ns + conn->answer.noticed_ns;
    bool is_ended_by_peer = conn->answer.hold_end != HOLD_NONE;
    conn->state = CONN_HELD;
    conn->due_ns = is_ended_by_peer ? opened_ns + conn->answer.held_ns : INT64_MAX;
    conn->order = net->next_order++;
    add_to_agenda(net, conn->due_ns, conn->order, (uint32_t)(conn - net->conns), false);
}

/* All that is left of it is to close. */
static void end(struct net *net, struct conn *conn, struct event *event)
{
    bool is_whole = conn->answer.kind == VIRTUAL_OPEN && conn->answer.closing_ns > 0 &&
                    conn->options.close == CLOSE_GRACEFUL &&
                    event->observation.hold_end != HOLD_RESET;
    event->is_closing = is_whole;
    if (is_whole) {
        conn->state = CONN_CLOSING;
        conn->due_ns = event->observation.ended_ns + conn->answer.closing_ns;
        conn->order = net->next_order++;
        add_to_agenda(net, conn->due_ns, conn->order, event->slot, false);
    } else {
        free_conn(net, conn);
    }
}

/* A handshake has ended, or a connection that is held. */
static void observe_event(struct net *net, uint32_t slot, int64_t ended_ns, struct event *event)
{
    struct conn *conn = &net->conns[slot];
    *event = (struct event){.kind = EVENT_OBSERVED, .slot = slot};
    bool is_to_be_held = conn->state == CONN_CONNECTING && conn->answer.kind == VIRTUAL_OPEN &&
                         conn->options.is_to_be_held;
    /* A late look finds that it has come and gone. */
    bool has_ended = is_to_be_held && conn->answer.hold_end != HOLD_NONE &&
                     conn->ended_ns + conn->answer.held_ns <= net->now_ns;
    if (conn->state == CONN_HELD || has_ended)
        observe_held(net, slot, has_ended ? net->now_ns : ended_ns, &event->observation);
    else
        observe(net, slot, &event->observation);
    event->is_held = is_to_be_held && !has_ended;
    if (event->is_held)
        hold(net, conn);
    else
        end(net, conn, event);
}

static int64_t virtual_connect_began_ns(struct net *net, uint32_t slot)
{
    const struct conn *conn = conn_at(net, slot);
    assert_int_not_equal(conn->state, CONN_FREE);
    return conn->started_ns < net->now_ns ? conn->started_ns : net->now_ns;
}

static void virtual_connect_conclude(struct net *net, uint32_t slot, struct event *event)
{
    struct conn *conn = conn_at(net, slot);
    assert_true(conn->state == CONN_CONNECTING || conn->state == CONN_HELD);
    if (conn->state == CONN_HELD || conn->ended_ns <= net->now_ns) {
        observe_event(net, slot, net->now_ns, event);
        return;
    }
    *event = (struct event){.kind = EVENT_OBSERVED, .slot = slot};
    observe_silence(net, slot, &event->observation);
    free_conn(net, conn);
}

static void tell_of_conn(struct net *net, uint32_t slot)
{
    struct conn *conn = &net->conns[slot];
    if (conn->state != CONN_CLOSING) {
        observe_event(net, slot, conn->due_ns, &net->event);
        return;
    }
    net->event = (struct event){.kind = EVENT_RELEASED, .slot = slot};
    free_conn(net, conn);
}

/* ---- lookups ------------------------------------------------------------ */

static struct lookup *lookup_at(struct net *net, uint32_t slot)
{
    assert_true(slot < net->lookup_limit);
    if (slot >= net->lookup_capacity) {
        uint32_t capacity = (slot + 1) * 2;
        net->lookups = must(reallocarray(net->lookups, capacity, sizeof(*net->lookups)));
        memset(net->lookups + net->lookup_capacity, 0,
               (capacity - net->lookup_capacity) * sizeof(*net->lookups));
        net->lookup_capacity = capacity;
    }
    return &net->lookups[slot];
}

static void virtual_resolve_start(struct net *net, uint32_t slot, const char *host,
                                  const struct resolve_options *options)
{
    struct lookup *lookup = lookup_at(net, slot);
    assert_false(lookup->is_busy);
    const struct virtual_lookup *plan = virtual_script_lookup(&net->script, host);
    *lookup = (struct lookup){
        .is_busy = true,
        .started_ns = net->now_ns,
        .due_ns = plan->after_ns == INT64_MAX ? INT64_MAX : net->now_ns + plan->after_ns,
        .order = net->next_order++,
        .port = options->port,
        .plan = plan,
    };
    add_to_agenda(net, lookup->due_ns, lookup->order, slot, true);
}

static void fill_resolution(struct net *net, uint32_t slot, struct resolution *resolution)
{
    const struct lookup *lookup = &net->lookups[slot];
    *resolution = (struct resolution){
        .slot = slot,
        .is_resolved = lookup->plan->count > 0 || lookup->plan->is_hollow,
        .outcome = lookup->plan->failure,
        .notes = lookup->plan->notes,
        .ended_ns = lookup->due_ns,
        .count = lookup->plan->count,
        .addresses = net->addresses,
    };
    for (uint32_t i = 0; i < lookup->plan->count; i++)
        net->addresses[i] = virtual_address(lookup->plan->addresses[i], lookup->port);
}

static void virtual_resolve_cancel(struct net *net, uint32_t slot, struct resolution *last)
{
    struct lookup *lookup = lookup_at(net, slot);
    int64_t known_after_ns = lookup->plan->known_after_ns;
    assert_true(lookup->is_busy);
    fill_resolution(net, slot, last);
    if (lookup->due_ns > net->now_ns) {
        bool is_known = known_after_ns > 0 && lookup->started_ns + known_after_ns <= net->now_ns;
        last->is_resolved = is_known;
        last->outcome = TCPCHECK_DNS_TIMEOUT;
        last->ended_ns = is_known ? lookup->started_ns + known_after_ns : net->now_ns;
    }
    lookup->is_busy = false;
}

static void tell_of_lookup(struct net *net, uint32_t slot)
{
    net->event = (struct event){.kind = EVENT_RESOLVED, .slot = slot};
    fill_resolution(net, slot, &net->event.resolution);
    net->lookups[slot].is_busy = false;
}

/* ---- events ------------------------------------------------------------- */

void virtual_net_tell(struct net *net, enum event_kind kind, uint32_t slot)
{
    assert_true(net->stray_count < 4);
    net->strays[net->stray_count++] = (struct event){.kind = kind, .slot = slot};
}

static const struct event *virtual_next_event(struct net *net)
{
    if (net->stray_count > 0)
        return &net->strays[--net->stray_count];
    const struct agenda_item *first = next_item(net);
    net->event = (struct event){.kind = EVENT_NONE};
    if (first == NULL || first->when_ns > net->now_ns)
        return &net->event;
    const struct agenda_item item = *first;
    agenda_drop_first(&net->agenda);
    net->has_told = true;
    if (item.is_lookup)
        tell_of_lookup(net, item.slot);
    else
        tell_of_conn(net, item.slot);
    return &net->event;
}

const struct ops virtual_ops = {
    .now = virtual_now,
    .wait_until = virtual_wait_until,
    .connect_start = virtual_connect_start,
    .connect_began_ns = virtual_connect_began_ns,
    .connect_conclude = virtual_connect_conclude,
    .connect_cancel = virtual_connect_cancel,
    .resolve_start = virtual_resolve_start,
    .resolve_cancel = virtual_resolve_cancel,
    .next_event = virtual_next_event,
};
