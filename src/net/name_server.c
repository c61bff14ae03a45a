/* A c-ares channel each for UDP and, from the first truncated answer on, TCP. c-ares makes
 * queries and matches answers to them; it does not choose servers, follow truncation, read records,
 * or decide what an rcode means: it would fold SERVFAIL, REFUSED, NOTIMP and a truncated
 * answer without TCP into one error, and not tell which server gave it. A channel for
 * each lookup would make cancelling simple, and cost a seed and sockets each.
 *
 * c-ares cannot cancel one query of many: a forgotten one lives on, owned by nobody, until c-ares is
 * done with it. Its callbacks only note what they are told; questions are sent outside them. */
#include "net/name_server.h"

#include <errno.h>
#include <stdlib.h>

#include "core/duration.h"
#include "net/dns_channel.h"

#define CLASS_IN 1
/* Questions under way whose answer is wanted and may be on its way: what the buffers of sockets hold at both ends. */
#define WANTED_MAX 256
/* After so long without a word to or from the server, nothing is in those buffers any more. */
#define QUIET_NS (100 * NS_PER_MS)
/* All that are under way. c-ares looks for a free 16-bit id by trying. */
#define QUERIES_MAX 4096
/* How long silence is remembered. */
#define SILENCE_NS (30 * NS_PER_S)
/* c-ares takes its own look at the clock, a little after ours. */
#define EXPIRY_MARGIN_NS NS_PER_MS

/* One way to the server. */
struct lane {
    struct name_server *server;
    struct dns_channel channel;
    struct list queries; /* in the order in which they expire */
};

struct query {
    struct lane *lane;
    struct question *question; /* NULL: forgotten */
    int64_t asked_ns;
    int64_t due_ns;
    struct list_node node;
};

struct name_server {
    uint32_t key;
    struct name_server_options options;
    struct list *answered;
    struct list waiting; /* questions to be sent */
    struct lane udp;
    struct lane tcp;
    uint32_t query_count;
    uint32_t wanted_count;
    uint32_t wanted_max;    /* WANTED_MAX, and as many more as the server keeps silent about */
    int64_t quiet_since_ns; /* when it was last asked, or answered */
    int64_t heard_ns;       /* when it last answered; 0: never */
    int64_t silent_until_ns;
    uint64_t
        matched_count; /* datagrams that c-ares took for answers, or that are known to be strays */
    bool has_stray;
    int64_t stray_ns; /* when the last one came */
};

static void init_lane(struct lane *lane, struct name_server *server, struct loop *loop, bool is_tcp)
{
    const struct dns_channel_options options = {
        .server = server->options.address,
        .timeout_ms = server->options.timeout_ms,
        .is_tcp = is_tcp,
    };
    lane->server = server;
    list_init(&lane->queries);
    dns_channel_init(&lane->channel, loop, server->key, &options);
}

struct name_server *name_server_create(struct loop *loop, uint32_t key, struct list *answered,
                                       const struct name_server_options *options)
{
    struct name_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return NULL;
    server->key = key;
    server->options = *options;
    server->answered = answered;
    server->wanted_max = WANTED_MAX;
    list_init(&server->waiting);
    init_lane(&server->udp, server, loop, false);
    init_lane(&server->tcp, server, loop, true);
    return server;
}

void name_server_destroy(struct name_server *server)
{
    dns_channel_fini(&server->udp.channel);
    dns_channel_fini(&server->tcp.channel);
    free(server);
}

uint32_t name_server_key(const struct name_server *server)
{
    return server->key;
}

const struct address *name_server_address(const struct name_server *server)
{
    return &server->options.address;
}

/* ---- answers ---------------------------------------------------------- */

static bool is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
           error == ENOSPC;
}

/* Where there is no answer at all. */
static enum answer explain_silence(const struct lane *lane, int status,
                                   const struct question *question)
{
    if (status == ARES_ENOTFOUND || status == ARES_EBADNAME)
        return ANSWER_NXDOMAIN; /* c-ares refuses to ask: .onion (RFC 7686) */
    if (is_shortage(lane->channel.socket_error))
        return ANSWER_RESOURCE;
    if (status == ARES_ETIMEOUT)
        return question->is_truncated ? ANSWER_UNREACHABLE : ANSWER_TIMEOUT;
    return status == ARES_ECONNREFUSED || status == ARES_ECANCELLED ? ANSWER_UNREACHABLE
                                                                    : ANSWER_RESOURCE;
}

static void end_query(struct query *query)
{
    struct name_server *server = query->lane->server;
    server->query_count--;
    if (query->question != NULL) {
        query->question->query = NULL;
        server->wanted_count--;
    }
    list_remove(&query->node);
    free(query);
}

/* A question that got no answer leaves no room for another beyond WANTED_MAX. */
static void take_room_back(struct name_server *server)
{
    if (server->wanted_max > WANTED_MAX)
        server->wanted_max--;
}

/* Over TCP after a truncated answer it may be a firewall that is silent. */
static void note_silence(struct name_server *server, const struct query *query)
{
    bool is_its_way = query->lane->channel.options.is_tcp == server->options.uses_tcp;
    if (is_its_way && server->heard_ns < query->asked_ns)
        server->silent_until_ns = loop_now_ns() + SILENCE_NS;
}

static void note_answer(struct name_server *server)
{
    server->heard_ns = loop_now_ns();
    server->quiet_since_ns = server->heard_ns;
    server->silent_until_ns = 0;
}

bool name_server_is_silent(const struct name_server *server, int64_t now_ns)
{
    return now_ns < server->silent_until_ns;
}

/* c-ares does not tell of what it drops, but what it makes an answer of can be counted. */
static void note_strays(struct name_server *server)
{
    if (server->udp.channel.datagram_count == server->matched_count)
        return;
    server->matched_count = server->udp.channel.datagram_count;
    server->has_stray = true;
    server->stray_ns = loop_now_ns();
}

bool name_server_has_strayed(const struct name_server *server, int64_t since_ns)
{
    return server->has_stray && server->stray_ns >= since_ns;
}

/* c-ares is done with a query. */
static void take_answer(void *data, int status, int timeouts, unsigned char *bytes, int length)
{
    struct query *query = data;
    const struct lane *lane = query->lane;
    struct name_server *server = lane->server;
    struct question *question = query->question;
    (void)timeouts;
    server->matched_count += bytes != NULL && !lane->channel.options.is_tcp;
    if (bytes != NULL)
        note_answer(server);
    else if (status == ARES_ETIMEOUT)
        note_silence(server, query);
    end_query(query);
    if (question == NULL)
        return;
    if (bytes == NULL)
        take_room_back(server);

    if (bytes == NULL || length < DNS_HEADER_BYTES) {
        question->answer = explain_silence(lane, status, question);
    } else if (!lane->channel.options.is_tcp && dns_answer_is_truncated(bytes)) {
        question->is_truncated = true;
        question->has_rcode = true;
        question->rcode = dns_answer_rcode(bytes);
        list_append(&server->waiting, &question->node);
        return;
    } else {
        question->has_rcode = true;
        question->rcode = dns_answer_rcode(bytes);
        question->answer = dns_answer_read(bytes, (size_t)length, question->type, question->found,
                                           &question->ttl_s);
    }
    list_append(server->answered, &question->node);
}

/* ---- questions -------------------------------------------------------- */

static void send_question(struct name_server *server, struct question *question)
{
    bool uses_tcp = server->options.uses_tcp || question->is_truncated;
    struct lane *lane = uses_tcp ? &server->tcp : &server->udp;
    struct query *query = dns_channel_open(&lane->channel) ? calloc(1, sizeof(*query)) : NULL;
    if (query == NULL) {
        question->answer = ANSWER_RESOURCE;
        list_append(server->answered, &question->node);
        return;
    }
    query->lane = lane;
    query->question = question;
    server->quiet_since_ns = loop_now_ns();
    query->asked_ns = server->quiet_since_ns;
    question->asked_ns = query->asked_ns;
    query->due_ns =
        server->quiet_since_ns + server->options.timeout_ms * NS_PER_MS + EXPIRY_MARGIN_NS;
    list_append(&lane->queries, &query->node);
    question->query = query;
    server->query_count++;
    server->wanted_count++;
    ares_query(lane->channel.handle, question->name, CLASS_IN, (int)question->type, take_answer,
               query);
    /* c-ares blames this query alone for the ICMP error of another, which would wait for ever. */
    if (lane->channel.was_refused)
        dns_channel_cancel(&lane->channel);
    lane->channel.was_refused = false;
}

static bool has_room(struct name_server *server)
{
    /* Where only forgotten queries fill the line, they go. */
    if (server->query_count >= QUERIES_MAX && server->wanted_count == 0) {
        dns_channel_cancel(&server->udp.channel);
        dns_channel_cancel(&server->tcp.channel);
    }
    return server->wanted_count < server->wanted_max && server->query_count < QUERIES_MAX;
}

/* Whether questions wait for nothing but answers that are overdue. */
static bool is_held_up(const struct name_server *server)
{
    return !list_is_empty(&server->waiting) && server->wanted_count >= server->wanted_max &&
           server->query_count < QUERIES_MAX;
}

/* A silent server must not use up the time of those that have yet to ask it. */
static void make_room(struct name_server *server, int64_t now_ns)
{
    if (is_held_up(server) && now_ns >= server->quiet_since_ns + QUIET_NS)
        server->wanted_max = server->wanted_count + WANTED_MAX;
}

static void send_waiting(struct name_server *server)
{
    struct list_node *node;
    while ((node = list_first(&server->waiting)) != NULL && has_room(server)) {
        list_remove(node);
        send_question(server, list_entry(node, struct question, node));
    }
}

void name_server_ask(struct name_server *server, struct question *question)
{
    question->answer = ANSWER_NONE;
    question->has_rcode = false;
    question->is_truncated = false;
    question->query = NULL;
    list_append(&server->waiting, &question->node);
    send_waiting(server);
}

void name_server_forget(struct question *question)
{
    struct query *query = question->query;
    list_remove(&question->node);
    if (query == NULL)
        return;
    struct name_server *server = query->lane->server;
    query->question = NULL;
    question->query = NULL;
    server->wanted_count--;
    take_room_back(server);
    send_waiting(server);
}

/* ---- time and events -------------------------------------------------- */

void name_server_hear(struct name_server *server, int fd, uint32_t events)
{
    dns_channel_hear(&server->udp.channel, fd, events);
    note_strays(server);
    dns_channel_hear(&server->tcp.channel, fd, events);
    send_waiting(server);
}

static struct query *first_to_expire(const struct lane *lane)
{
    struct list_node *node = list_first(&lane->queries);
    return node == NULL ? NULL : list_entry(node, struct query, node);
}

static int64_t next_of_lane_ns(const struct lane *lane)
{
    const struct query *first = first_to_expire(lane);
    return first == NULL ? INT64_MAX : first->due_ns;
}

int64_t name_server_next_ns(const struct name_server *server)
{
    int64_t udp_ns = next_of_lane_ns(&server->udp);
    int64_t tcp_ns = next_of_lane_ns(&server->tcp);
    int64_t room_ns = is_held_up(server) ? server->quiet_since_ns + QUIET_NS : INT64_MAX;
    int64_t lane_ns = udp_ns < tcp_ns ? udp_ns : tcp_ns;
    return lane_ns < room_ns ? lane_ns : room_ns;
}

static void expire_lane(struct lane *lane, int64_t now_ns)
{
    if (next_of_lane_ns(lane) > now_ns)
        return;
    dns_channel_hear(&lane->channel, -1, 0);
    struct query *first = first_to_expire(lane);
    if (first != NULL && first->due_ns <= now_ns)
        first->due_ns = now_ns + EXPIRY_MARGIN_NS;
}

void name_server_expire(struct name_server *server, int64_t now_ns)
{
    expire_lane(&server->udp, now_ns);
    expire_lane(&server->tcp, now_ns);
    make_room(server, now_ns);
    send_waiting(server);
}
