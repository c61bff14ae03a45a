/* One name server: questions in, answers out. Which server to ask next, and what to ask, is the
 * lookup's business. */
#ifndef NET_NAME_SERVER_H
#define NET_NAME_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/address.h"
#include "net/address_list.h"
#include "net/dns_answer.h"
#include "net/list.h"
#include "net/loop.h"

struct query;

/* The asker's; must stay where it is until it is answered or forgotten. */
struct question {
    enum question_type type;
    const char *name;           /* must stay as it is meanwhile */
    struct address_list *found; /* gets the addresses */
    enum answer answer;
    bool has_rcode; /* a server has spoken, if only to cut its answer short */
    uint8_t rcode;
    uint32_t ttl_s;        /* of the addresses */
    int64_t asked_ns;      /* when it was last sent */
    bool is_truncated;     /* the answer over UDP was cut short: TCP it is */
    struct query *query;   /* under way */
    struct list_node node; /* waiting to be sent, or among the answered */
};

struct name_server_options {
    struct address address; /* with port */
    uint32_t timeout_ms;    /* for an answer to come in */
    bool uses_tcp;          /* from the start */
};

struct name_server;

/* Answered questions are appended to `answered`. `key` (below 1 << 24) comes back with the
 * loop's events. NULL: memory. */
struct name_server *name_server_create(struct loop *loop, uint32_t key, struct list *answered,
                                       const struct name_server_options *options);
/* All its questions must have been answered or forgotten. */
void name_server_destroy(struct name_server *server);

uint32_t name_server_key(const struct name_server *server);
const struct address *name_server_address(const struct name_server *server);

/* A question to it timed out in the last 30 s, and nothing has come from it since it was asked. */
bool name_server_is_silent(const struct name_server *server, int64_t now_ns);

/* Something has come from it since then that answered no question: a wrong id, another question, too
 * short, or too late. */
bool name_server_has_strayed(const struct name_server *server, int64_t since_ns);

/* Sends the question, or has it wait in line while too many are under way. It may be among the
 * answered when this returns. */
void name_server_ask(struct name_server *server, struct question *question);
/* The answer is not wanted any more. */
void name_server_forget(struct question *question);

/* The loop has events for a descriptor of this server. */
void name_server_hear(struct name_server *server, int fd, uint32_t events);
/* When name_server_expire() has something to do, or INT64_MAX. */
int64_t name_server_next_ns(const struct name_server *server);
void name_server_expire(struct name_server *server, int64_t now_ns);

#endif
