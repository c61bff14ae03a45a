/* Lookups through net's ops, against name servers that follow a script. Limits are generous and
 * nothing is timed: where an answer must not wait for a silent server, that server is given longer
 * than the test has patience. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/duration.h"
#include "core/result.h"
#include "dns_peer.h"
#include "net/net.h"
#include "private_network.h"

#define PATIENCE_NS   (20 * NS_PER_S)
#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define SERVER        "nameserver 127.0.0.1\n"
#define SECOND_SERVER "nameserver 127.0.0.2\n"
#define NOBODY        "nameserver 127.0.0.9\n"
#define QUICK         "options timeout:1 attempts:1\n"
#define PATIENT       "options timeout:30 attempts:1\n"

static const struct dns_script script[] = {
    {"both.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"v4.example", REPLY_ADDRESS, REPLY_NODATA, 0},
    {"v6.example", REPLY_NODATA, REPLY_ADDRESS, 0},
    {"nodata.example", REPLY_NODATA, REPLY_NODATA, 0},
    {"servfail.example", REPLY_SERVFAIL, REPLY_SERVFAIL, 0},
    {"refused.example", REPLY_REFUSED, REPLY_REFUSED, 0},
    {"notimp.example", REPLY_NOTIMP, REPLY_NOTIMP, 0},
    {"formerr.example", REPLY_FORMERR, REPLY_FORMERR, 0},
    {"notauth.example", REPLY_NOTAUTH, REPLY_NOTAUTH, 0},
    {"silence.example", REPLY_SILENCE, REPLY_SILENCE, 0},
    {"short.example", REPLY_SHORT, REPLY_SHORT, 0},
    {"empty.example", REPLY_EMPTY, REPLY_EMPTY, 0},
    {"wrong-id.example", REPLY_WRONG_ID, REPLY_WRONG_ID, 0},
    {"wrong-name.example", REPLY_WRONG_NAME, REPLY_WRONG_NAME, 0},
    {"garbage.example", REPLY_GARBAGE, REPLY_GARBAGE, 0},
    {"alias-of.example", REPLY_ALIAS, REPLY_ALIAS, 0},
    {"bare-alias.example", REPLY_BARE_ALIAS, REPLY_BARE_ALIAS, 0},
    {"many.example", REPLY_MANY, REPLY_NODATA, 0},
    {"truncated.example", REPLY_TRUNCATED, REPLY_TRUNCATED, 0},
    {"truncated-silence.example", REPLY_TRUNCATED_SILENCE, REPLY_TRUNCATED_SILENCE, 0},
    {"v4-v6-servfail.example", REPLY_ADDRESS, REPLY_SERVFAIL, 0},
    {"v4-v6-silent.example", REPLY_ADDRESS, REPLY_SILENCE, 0},
    {"v6-v4-silent.example", REPLY_SILENCE, REPLY_ADDRESS, 0},
    {"v4-v6-garbage.example", REPLY_ADDRESS, REPLY_GARBAGE, 0},
    {"nodata-servfail.example", REPLY_NODATA, REPLY_SERVFAIL, 0},
    {"nxdomain-servfail.example", REPLY_NXDOMAIN, REPLY_SERVFAIL, 0},
    {"silent-refused.example", REPLY_SILENCE, REPLY_REFUSED, 0},
    {"db.one.example", REPLY_NODATA, REPLY_NODATA, 0},
    {"db.two.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"web.one.example", REPLY_SERVFAIL, REPLY_SERVFAIL, 0},
    {"web.two.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"app.one.example", REPLY_SERVFAIL, REPLY_SERVFAIL, 0},
    {"mute.one.example", REPLY_SILENCE, REPLY_SILENCE, 0},
    {"mute", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"kept.example", REPLY_ADDRESS, REPLY_ADDRESS, 60},
    {"kept-v4.example", REPLY_ADDRESS, REPLY_NODATA, 60},
    {"brief.example", REPLY_ADDRESS, REPLY_NODATA, 1},
    {"kept-half.example", REPLY_ADDRESS, REPLY_SERVFAIL, 60},
    {"kept-silent.example", REPLY_ADDRESS, REPLY_SILENCE, 60},
    {"kept-nothing.example", REPLY_NODATA, REPLY_NODATA, 60},
    {"brief-alias.example", REPLY_ALIAS, REPLY_NODATA, 1},
    {"kept-alias.example", REPLY_ALIAS, REPLY_NODATA, 60},
    {"a.b", REPLY_SERVFAIL, REPLY_SERVFAIL, 0},
    {"a.b.two.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {NULL, REPLY_NXDOMAIN, REPLY_NXDOMAIN, 0},
};

/* The second server knows these. */
static const struct dns_script second_script[] = {
    {"both.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"servfail.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"refused.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"formerr.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"garbage.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"silence.example", REPLY_ADDRESS, REPLY_ADDRESS, 0},
    {"silent-refused.example", REPLY_SERVFAIL, REPLY_SERVFAIL, 0},
    {NULL, REPLY_NXDOMAIN, REPLY_NXDOMAIN, 0},
};

static const struct resolve_options any = {
    .family = FAMILY_ANY, .resolver = RESOLVER_DNS, .search = true, .port = 80};

static struct net *net;
static struct dns_peer *peer;
static struct dns_peer *second_peer;
static int descriptors;
static char directory[] = "/tmp/tcpcheck-test-XXXXXX";
static char hosts_path[64];
static char resolv_conf_path[64];

/* ---- helpers ---------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    char aside[80];
    assert_true(snprintf(aside, sizeof(aside), "%s.new", path) < (int)sizeof(aside));
    FILE *file = fopen(aside, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_return_code(fclose(file), errno);
    assert_return_code(rename(aside, path), errno);
}

static int set_up(void **state)
{
    (void)state;
    descriptors = count_descriptors();
    write_file(hosts_path, "");
    write_file(resolv_conf_path, SERVER PATIENT);
    peer = dns_peer_start("127.0.0.1", script, true);
    second_peer = dns_peer_start("127.0.0.2", second_script, false);
    return net_create_with(&net, hosts_path, resolv_conf_path);
}

static int tear_down(void **state)
{
    (void)state;
    net_destroy(net);
    dns_peer_stop(peer);
    dns_peer_stop(second_peer);
    return count_descriptors() == descriptors ? 0 : -1;
}

static const struct resolution *next_of_slot(uint32_t *slot)
{
    int64_t until_ns = net_ops.now(net) + PATIENCE_NS;
    for (;;) {
        const struct event *event = net_ops.next_event(net);
        if (event->kind == EVENT_RESOLVED) {
            assert_int_equal(event->slot, event->resolution.slot);
            *slot = event->slot;
            return &event->resolution;
        }
        assert_int_equal(event->kind, EVENT_NONE);
        assert_true(net_ops.now(net) < until_ns);
        net_ops.wait_until(net, until_ns);
    }
}

static const struct resolution *next(void)
{
    uint32_t slot;
    return next_of_slot(&slot);
}

static const struct resolution *look_up_of(uint32_t slot, const char *host,
                                           const struct resolve_options *options)
{
    uint32_t ended;
    net_ops.resolve_start(net, slot, host, options);
    const struct resolution *resolution = next_of_slot(&ended);
    assert_int_equal(ended, slot);
    return resolution;
}

static const struct resolution *look_up_with(const char *host,
                                             const struct resolve_options *options)
{
    net_ops.resolve_start(net, 0, host, options);
    return next();
}

static const struct resolution *look_up(const char *host)
{
    return look_up_with(host, &any);
}

static void assert_no_event(void)
{
    net_ops.wait_until(net, 0);
    assert_int_equal(net_ops.next_event(net)->kind, EVENT_NONE);
}

static bool has_address(const struct resolution *resolution, const char *text)
{
    struct address address = address_of(text, 80);
    for (uint32_t i = 0; i < resolution->count; i++)
        if (address_is_equal(&resolution->addresses[i], &address))
            return true;
    return false;
}

static void assert_log(struct dns_peer *server, const char *expected)
{
    char *log = dns_peer_log(server);
    assert_string_equal(log, expected);
    free(log);
}

static bool log_has(struct dns_peer *server, const char *part)
{
    char *log = dns_peer_log(server);
    bool has = strstr(log, part) != NULL;
    free(log);
    return has;
}

static struct resolve_options only(enum family family)
{
    struct resolve_options options = any;
    options.family = family;
    return options;
}

/* ---- names that need no server ---------------------------------------- */

static void literal_with_a_zone_becomes_its_address(void **state)
{
    (void)state;
    const struct resolution *resolution = look_up("fe80::1%lo");
    assert_true(resolution->is_resolved);
    assert_int_equal(resolution->count, 1);
    assert_int_equal(resolution->addresses[0].scope, 1);
    assert_int_equal(resolution->addresses[0].port, 80);
    resolution = look_up("fe80::1%nosuchif");
    assert_false(resolution->is_resolved);
    assert_int_equal(resolution->outcome, TCPCHECK_LOCAL_CONFIG);
    assert_log(peer, "");
}

static void pinned_name_is_never_asked_for(void **state)
{
    const struct address addresses[] = {address_of("10.0.0.5", 0), address_of("10.0.0.6", 0)};
    struct resolve_options ipv6 = only(FAMILY_IPV6);
    (void)state;
    assert_int_equal(net_pin(net, "Both.Example", addresses, 1), 0);
    assert_int_equal(net_pin(net, "both.example", &addresses[1], 1), 0);
    const struct resolution *resolution = look_up("both.example.");
    assert_int_equal(resolution->count, 2);
    assert_true(has_address(resolution, "10.0.0.5") && has_address(resolution, "10.0.0.6"));
    resolution = look_up_with("both.example", &ipv6);
    assert_int_equal(resolution->outcome, TCPCHECK_DNS_NODATA);
    assert_log(peer, "");
}

static void name_of_the_hosts_file_is_never_asked_for(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    struct resolve_options ipv6 = only(FAMILY_IPV6);
    (void)state;
    write_file(hosts_path, "10.0.0.7 v6.example other # both.example\n10.0.0.8 OTHER\n");
    assert_true(has_address(look_up_with("v6.example", &ipv4), "10.0.0.7"));
    const struct resolution *resolution = look_up("other");
    assert_int_equal(resolution->count, 2);
    assert_log(peer, "");
    /* Of this family only the name server knows. */
    assert_true(has_address(look_up_with("v6.example", &ipv6), "::1:1"));
    assert_log(peer, "v6.example/28 ");
}

static void changed_hosts_file_is_read_again(void **state)
{
    (void)state;
    assert_int_equal(look_up("fresh.example")->outcome, TCPCHECK_DNS_NXDOMAIN);
    write_file(hosts_path, "10.0.0.7 fresh.example\n");
    assert_true(has_address(look_up("fresh.example"), "10.0.0.7"));
    write_file(hosts_path, "10.0.0.99 fresh.example\n");
    assert_true(has_address(look_up("fresh.example"), "10.0.0.99"));
    assert_return_code(unlink(hosts_path), errno);
    assert_int_equal(look_up("fresh.example")->outcome, TCPCHECK_DNS_NXDOMAIN);
}

static void special_names_are_never_asked_for(void **state)
{
    static const char *const loopbacks[] = {"localhost", "LocalHost.", "db.localhost",
                                            "a.b.localhost."};
    static const char *const invalids[] = {"invalid", "db.invalid", "db.INVALID."};
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    for (size_t i = 0; i < COUNT(loopbacks); i++) {
        const struct resolution *resolution = look_up(loopbacks[i]);
        assert_int_equal(resolution->count, 2);
        assert_true(has_address(resolution, "127.0.0.1") && has_address(resolution, "::1"));
    }
    assert_int_equal(look_up_with("localhost", &ipv4)->count, 1);
    for (size_t i = 0; i < COUNT(invalids); i++)
        assert_int_equal(look_up(invalids[i])->outcome, TCPCHECK_DNS_NXDOMAIN);
    assert_log(peer, "");
    assert_int_equal(look_up("notlocalhost.")->outcome, TCPCHECK_DNS_NXDOMAIN);
    assert_true(log_has(peer, "notlocalhost/1 "));
}

static void hosts_file_decides_what_localhost_is(void **state)
{
    (void)state;
    write_file(hosts_path, "127.0.0.5 localhost\n");
    const struct resolution *resolution = look_up("localhost");
    assert_int_equal(resolution->count, 1);
    assert_true(has_address(resolution, "127.0.0.5"));
}

/* ---- what a server says ----------------------------------------------- */

static void both_families_are_asked_for(void **state)
{
    (void)state;
    const struct resolution *resolution = look_up("both.example");
    assert_true(resolution->is_resolved);
    assert_int_equal(resolution->count, 2);
    assert_int_equal(resolution->notes, 0);
    assert_true(has_address(resolution, "127.0.1.1") && has_address(resolution, "::1:1"));
    assert_log(peer, "both.example/1 both.example/28 ");
}

static void only_the_wanted_family_is_asked_for(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    struct resolve_options ipv6 = only(FAMILY_IPV6);
    (void)state;
    assert_true(has_address(look_up_with("both.example", &ipv4), "127.0.1.1"));
    assert_log(peer, "both.example/1 ");
    assert_int_equal(look_up_with("v4.example", &ipv6)->outcome, TCPCHECK_DNS_NODATA);
    assert_log(peer, "both.example/1 v4.example/28 ");
}

struct answer_case {
    const char *host;
    bool is_resolved;
    enum tcpcheck_outcome outcome;
    uint32_t notes;
};

static void assert_answers(const struct answer_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct resolution *resolution = look_up(cases[i].host);
        if (resolution->is_resolved != cases[i].is_resolved ||
            resolution->outcome != cases[i].outcome || resolution->notes != cases[i].notes)
            fail_msg("%s: resolved %d, outcome %d, notes %x", cases[i].host,
                     resolution->is_resolved, (int)resolution->outcome, resolution->notes);
        assert_int_equal(resolution->count != 0, cases[i].is_resolved);
    }
}

static void each_answer_has_its_class(void **state)
{
    static const struct answer_case cases[] = {
        {"v4.example.", true, TCPCHECK_OPEN, 0},
        {"v6.example.", true, TCPCHECK_OPEN, 0},
        {"alias-of.example.", true, TCPCHECK_OPEN, 0},
        {"truncated.example.", true, TCPCHECK_OPEN, 0},
        {"empty.example.", true, TCPCHECK_OPEN, 0},
        {"nowhere.example.", false, TCPCHECK_DNS_NXDOMAIN, 0},
        {"hidden.onion.", false, TCPCHECK_DNS_NXDOMAIN, 0},
        {"nodata.example.", false, TCPCHECK_DNS_NODATA, 0},
        {"bare-alias.example.", false, TCPCHECK_DNS_NODATA, 0},
        {"servfail.example.", false, TCPCHECK_DNS_SERVFAIL, 0},
        {"notauth.example.", false, TCPCHECK_DNS_SERVFAIL, 0},
        {"refused.example.", false, TCPCHECK_DNS_REFUSED, 0},
        {"notimp.example.", false, TCPCHECK_DNS_REFUSED, 0},
        {"formerr.example.", false, TCPCHECK_DNS_MALFORMED, 0},
        {"garbage.example.", false, TCPCHECK_DNS_MALFORMED, 0},
        {"v4-v6-servfail.example.", true, TCPCHECK_OPEN, 1U << NOTE_IPV6_FAILED},
        {"v4-v6-garbage.example.", true, TCPCHECK_OPEN, 1U << NOTE_IPV6_FAILED},
        {"v4-v6-silent.example.", true, TCPCHECK_OPEN, 1U << NOTE_IPV6_FAILED},
        {"v6-v4-silent.example.", true, TCPCHECK_OPEN, 1U << NOTE_IPV4_FAILED},
        {"nodata-servfail.example.", false, TCPCHECK_DNS_SERVFAIL, 0},
        {"nxdomain-servfail.example.", false, TCPCHECK_DNS_NXDOMAIN, 0},
    };
    (void)state;
    assert_answers(cases, COUNT(cases));
    assert_no_event();
}

static void what_is_no_answer_is_ignored_until_the_server_has_had_its_time(void **state)
{
    static const struct answer_case cases[] = {
        {"silence.example.", false, TCPCHECK_DNS_TIMEOUT, 0},
        {"short.example.", false, TCPCHECK_DNS_TIMEOUT, 0},
        {"wrong-id.example.", false, TCPCHECK_DNS_TIMEOUT, 0},
        {"wrong-name.example.", false, TCPCHECK_DNS_TIMEOUT, 0},
        {"silent-refused.example.", false, TCPCHECK_DNS_REFUSED, 0},
        {"truncated-silence.example.", false, TCPCHECK_DNS_UNREACHABLE, 0},
    };
    (void)state;
    write_file(resolv_conf_path, SERVER QUICK);
    assert_answers(cases, COUNT(cases));
}

static void truncated_answer_is_fetched_over_tcp(void **state)
{
    (void)state;
    assert_int_equal(look_up("truncated.example.")->count, 2);
    assert_true(log_has(peer, "truncated.example/1/tcp "));
    const struct resolution *resolution = look_up("many.example.");
    assert_int_equal(resolution->count, RESOLVED_ADDRESSES_MAX);
    assert_true(log_has(peer, "many.example/1/tcp "));
}

static void truncated_answer_without_tcp_is_unreachable(void **state)
{
    static const struct dns_script truncated[] = {
        {"truncated.example", REPLY_TRUNCATED, REPLY_TRUNCATED, 0},
        {NULL, REPLY_NXDOMAIN, REPLY_NXDOMAIN, 0},
    };
    (void)state;
    struct dns_peer *without_tcp = dns_peer_start("127.0.0.3", truncated, false);
    write_file(resolv_conf_path, "nameserver 127.0.0.3\n" PATIENT);
    assert_int_equal(look_up("truncated.example.")->outcome, TCPCHECK_DNS_UNREACHABLE);
    dns_peer_stop(without_tcp);
}

static void use_vc_asks_over_tcp_at_once(void **state)
{
    (void)state;
    write_file(resolv_conf_path, SERVER PATIENT "options use-vc\n");
    assert_int_equal(look_up("both.example.")->count, 2);
    assert_log(peer, "both.example/1/tcp both.example/28/tcp ");
}

static void server_that_is_not_there_is_unreachable(void **state)
{
    static const char *const confs[] = {
        NOBODY PATIENT,
        "nameserver 192.0.2.1\n" PATIENT,
        "nameserver ::7\n" PATIENT,
    };
    (void)state;
    for (size_t i = 0; i < COUNT(confs); i++) {
        write_file(resolv_conf_path, confs[i]);
        assert_int_equal(look_up("both.example.")->outcome, TCPCHECK_DNS_UNREACHABLE);
    }
}

static void server_with_an_ipv6_address_is_asked(void **state)
{
    (void)state;
    struct dns_peer *ipv6 = dns_peer_start("::1", script, true);
    write_file(resolv_conf_path, "nameserver ::1\n" PATIENT);
    assert_int_equal(look_up("both.example.")->count, 2);
    dns_peer_stop(ipv6);
}

static void without_a_name_server_this_host_is_asked(void **state)
{
    (void)state;
    write_file(resolv_conf_path, PATIENT);
    assert_int_equal(look_up("both.example.")->count, 2);
    assert_return_code(unlink(resolv_conf_path), errno);
    assert_int_equal(look_up("both.example.")->count, 2);
}

/* ---- several servers -------------------------------------------------- */

static void next_server_is_asked_when_one_fails(void **state)
{
    static const char *const hosts[] = {"servfail.example.", "refused.example.", "formerr.example.",
                                        "garbage.example."};
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER PATIENT);
    for (size_t i = 0; i < COUNT(hosts); i++) {
        const struct resolution *resolution = look_up(hosts[i]);
        assert_int_equal(resolution->count, 2);
        assert_int_equal(resolution->notes, 0);
    }
    write_file(resolv_conf_path, NOBODY SECOND_SERVER PATIENT);
    assert_int_equal(look_up("both.example.")->count, 2);
    write_file(resolv_conf_path, SERVER SECOND_SERVER QUICK);
    assert_int_equal(look_up("silence.example.")->count, 2);
}

static void server_that_knows_better_is_not_asked_after_a_no(void **state)
{
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER PATIENT);
    assert_int_equal(look_up("nowhere.example.")->outcome, TCPCHECK_DNS_NXDOMAIN);
    assert_int_equal(look_up("nodata.example.")->outcome, TCPCHECK_DNS_NODATA);
    assert_log(second_peer, "");
}

static void server_that_spoke_counts_more_than_one_that_is_silent(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER QUICK);
    const struct resolution *resolution = look_up_with("silent-refused.example.", &ipv4);
    assert_int_equal(resolution->outcome, TCPCHECK_DNS_SERVFAIL);
}

static void only_silent_servers_are_asked_again(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER "options timeout:1 attempts:2\n");
    look_up_with("silent-refused.example.", &ipv4);
    assert_log(peer, "silent-refused.example/1 silent-refused.example/1 ");
    assert_log(second_peer, "silent-refused.example/1 ");
}

static void rotate_starts_with_another_server_each_time(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER PATIENT "options rotate\n");
    look_up_with("both.example.", &ipv4);
    look_up_with("both.example.", &ipv4);
    assert_log(peer, "both.example/1 ");
    assert_log(second_peer, "both.example/1 ");
}

static void silent_server_is_asked_last_until_it_speaks(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    struct resolve_options ipv6 = only(FAMILY_IPV6);
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER QUICK);
    assert_true(look_up_with("silence.example.", &ipv4)->is_resolved);
    assert_log(peer, "silence.example/1 ");
    assert_true(look_up_with("both.example.", &ipv4)->is_resolved);
    assert_true(look_up_with("silence.example.", &ipv4)->is_resolved);
    assert_log(peer, "silence.example/1 ");
    assert_log(second_peer, "silence.example/1 both.example/1 silence.example/1 ");
    /* The second one fails at this, and the first one speaks. */
    assert_false(look_up_with("silent-refused.example.", &ipv6)->is_resolved);
    assert_true(look_up_with("both.example.", &ipv4)->is_resolved);
    assert_log(peer, "silence.example/1 silent-refused.example/28 both.example/1 ");
}

static void server_that_is_silent_about_one_name_is_not_silent(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER QUICK);
    net_ops.resolve_start(net, 0, "silence.example.", &ipv4);
    assert_true(look_up_of(1, "both.example.", &ipv4)->is_resolved);
    uint32_t slot;
    assert_true(next_of_slot(&slot)->is_resolved);
    assert_int_equal(slot, 0);
    assert_true(look_up_with("both.example.", &ipv4)->is_resolved);
    assert_log(peer, "silence.example/1 both.example/1 both.example/1 ");
}

static void silence_of_a_forgotten_question_counts_too(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    struct resolution last;
    (void)state;
    write_file(resolv_conf_path, SERVER SECOND_SERVER QUICK);
    net_ops.resolve_start(net, 0, "silence.example.", &ipv4);
    net_ops.resolve_cancel(net, 0, &last);
    int64_t until_ns = net_ops.now(net) + PATIENCE_NS;
    while (net_next_ns(net) != INT64_MAX && net_ops.now(net) < until_ns)
        net_ops.wait_until(net, net_next_ns(net));
    assert_true(look_up_with("both.example.", &ipv4)->is_resolved);
    assert_log(peer, "silence.example/1 ");
}

static void changed_resolv_conf_is_read_again(void **state)
{
    (void)state;
    assert_int_equal(look_up("both.example.")->count, 2);
    write_file(resolv_conf_path, NOBODY PATIENT);
    assert_int_equal(look_up("both.example.")->outcome, TCPCHECK_DNS_UNREACHABLE);
    net_ops.resolve_start(net, 0, "silence.example.", &any);
    write_file(resolv_conf_path, SECOND_SERVER PATIENT);
    net_ops.resolve_start(net, 1, "both.example.", &any);
    for (int i = 0; i < 2; i++) {
        uint32_t slot;
        const struct resolution *resolution = next_of_slot(&slot);
        assert_int_equal(resolution->is_resolved, slot == 1);
    }
}

/* ---- the search list -------------------------------------------------- */

#define SEARCH       "search one.example two.example\n"
#define A_ONLY(host) look_up_with((host), &ipv4)

static void search_list_is_gone_through_as_the_c_library_does(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    static const struct {
        const char *host;
        const char *log;
        bool is_resolved;
        enum tcpcheck_outcome outcome;
    } cases[] = {
        {"db", "db.one.example/1 db.two.example/1 ", true, TCPCHECK_OPEN},
        {"db.", "db/1 ", false, TCPCHECK_DNS_NXDOMAIN},
        {"web", "web.one.example/1 web.two.example/1 ", true, TCPCHECK_OPEN},
        {"app", "app.one.example/1 app.two.example/1 app/1 ", false, TCPCHECK_DNS_SERVFAIL},
        {"nope", "nope.one.example/1 nope.two.example/1 nope/1 ", false, TCPCHECK_DNS_NXDOMAIN},
        {"a.b", "a.b/1 a.b.one.example/1 a.b.two.example/1 ", true, TCPCHECK_OPEN},
        {"c.d", "c.d/1 c.d.one.example/1 c.d.two.example/1 ", false, TCPCHECK_DNS_NXDOMAIN},
        {"v4.example", "v4.example/1 ", true, TCPCHECK_OPEN},
    };
    (void)state;
    write_file(resolv_conf_path, SERVER PATIENT SEARCH);
    for (size_t i = 0; i < COUNT(cases); i++) {
        dns_peer_stop(peer);
        peer = dns_peer_start("127.0.0.1", script, true);
        const struct resolution *resolution = A_ONLY(cases[i].host);
        assert_int_equal(resolution->is_resolved, cases[i].is_resolved);
        assert_int_equal(resolution->outcome, cases[i].outcome);
        assert_log(peer, cases[i].log);
    }
}

static void silent_server_ends_the_search_but_not_the_name_itself(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER QUICK SEARCH);
    assert_true(A_ONLY("mute")->is_resolved);
    assert_log(peer, "mute.one.example/1 mute/1 ");
}

static void name_without_an_answer_keeps_the_nodata_of_another(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER PATIENT "search one.example\n");
    assert_int_equal(A_ONLY("db")->outcome, TCPCHECK_DNS_NODATA);
}

static void ndots_decides_which_goes_first(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    (void)state;
    write_file(resolv_conf_path, SERVER PATIENT SEARCH "options ndots:2\n");
    assert_true(A_ONLY("a.b")->is_resolved);
    assert_log(peer, "a.b.one.example/1 a.b.two.example/1 ");
}

static void search_list_can_be_left_out(void **state)
{
    struct resolve_options options = only(FAMILY_IPV4);
    options.search = false;
    (void)state;
    write_file(resolv_conf_path, SERVER PATIENT SEARCH);
    assert_int_equal(look_up_with("db", &options)->outcome, TCPCHECK_DNS_NXDOMAIN);
    assert_log(peer, "db/1 ");
}

/* ---- what is remembered ----------------------------------------------- */

/* Looks it up twice and says whether the second time was an earlier answer's. */
static bool is_remembered(const char *host)
{
    bool was_cached = look_up(host)->facts->is_cached;
    assert_false(was_cached);
    return look_up(host)->facts->is_cached;
}

static void whole_answer_is_kept_for_its_time_to_live(void **state)
{
    (void)state;
    assert_true(is_remembered("kept.example."));
    const struct resolution *resolution = look_up("kept.example.");
    assert_int_equal(resolution->count, 2);
    assert_true(has_address(resolution, "127.0.1.1") && has_address(resolution, "::1:1"));
    assert_string_equal(resolution->facts->name, "kept.example");
    assert_log(peer, "kept.example/1 kept.example/28 ");
    /* That one family has no addresses is part of a whole answer. */
    assert_true(is_remembered("kept-v4.example."));
    assert_true(is_remembered("kept-alias.example."));
}

static void what_was_asked_otherwise_is_another_question(void **state)
{
    struct resolve_options ipv4 = only(FAMILY_IPV4);
    struct resolve_options no_search = any;
    no_search.search = false;
    (void)state;
    look_up("kept.example");
    assert_false(look_up_with("kept.example", &ipv4)->facts->is_cached);
    assert_false(look_up_with("kept.example", &no_search)->facts->is_cached);
    assert_false(look_up("kept.example.")->facts->is_cached);
    assert_true(look_up("kept.example")->facts->is_cached);
    assert_true(look_up_with("kept.example", &ipv4)->facts->is_cached);
}

static void what_is_not_whole_is_asked_for_each_time(void **state)
{
    static const char *const hosts[] = {
        "both.example.", /* its time to live is 0 */
        "kept-half.example.", "kept-silent.example.", "kept-nothing.example.",
        "nowhere.example.",   "servfail.example.",    "silence.example.",
    };
    (void)state;
    write_file(resolv_conf_path, SERVER QUICK);
    for (size_t i = 0; i < COUNT(hosts); i++)
        assert_false(is_remembered(hosts[i]));
}

/* By the clock that the answers are kept by: nothing is remembered once its second is over, and
 * what is asked again within it was not remembered. */
static void assert_forgotten_after_a_second(const char *host)
{
    int64_t asked_ns = net_ops.now(net);
    int64_t patience_ns = asked_ns + PATIENCE_NS;
    assert_false(look_up(host)->facts->is_cached);
    int64_t answered_ns = net_ops.now(net);
    bool is_cached;
    do {
        int64_t before_ns = net_ops.now(net);
        is_cached = look_up(host)->facts->is_cached;
        if (is_cached)
            assert_true(before_ns < answered_ns + NS_PER_S);
        else
            assert_true(net_ops.now(net) >= asked_ns + NS_PER_S);
        assert_true(before_ns < patience_ns);
        net_ops.wait_until(net, before_ns + 10 * NS_PER_MS);
    } while (is_cached);
}

static void answer_is_forgotten_when_its_time_is_over(void **state)
{
    (void)state;
    assert_forgotten_after_a_second("brief.example.");
    /* The address would hold for a minute, the way to it does not. */
    assert_forgotten_after_a_second("brief-alias.example.");
}

static void changed_resolv_conf_forgets_every_answer(void **state)
{
    (void)state;
    assert_true(is_remembered("kept.example."));
    write_file(resolv_conf_path, SECOND_SERVER PATIENT);
    assert_int_equal(look_up("kept.example.")->outcome, TCPCHECK_DNS_NXDOMAIN);
    write_file(resolv_conf_path, SERVER PATIENT);
    assert_true(is_remembered("kept.example."));
}

static void hosts_file_comes_before_what_is_remembered(void **state)
{
    (void)state;
    assert_true(is_remembered("kept.example."));
    write_file(hosts_path, "10.0.0.7 kept.example\n");
    assert_true(has_address(look_up("kept.example."), "10.0.0.7"));
}

/* ---- cancelling, limits ----------------------------------------------- */

static void cancelled_lookup_without_an_answer_is_a_timeout(void **state)
{
    struct resolution last;
    (void)state;
    net_ops.resolve_start(net, 4, "silence.example.", &any);
    assert_no_event();
    net_ops.resolve_cancel(net, 4, &last);
    assert_int_equal(last.slot, 4);
    assert_false(last.is_resolved);
    assert_int_equal(last.outcome, TCPCHECK_DNS_TIMEOUT);
    assert_no_event();
    assert_int_equal(look_up("both.example.")->count, 2);
}

static void cancelled_lookup_keeps_what_one_family_said(void **state)
{
    struct resolution last;
    (void)state;
    net_ops.resolve_start(net, 0, "v4-v6-silent.example.", &any);
    /* Its server answers a later question only after this one. */
    net_ops.resolve_start(net, 1, "v4.example.", &any);
    uint32_t slot;
    (void)next_of_slot(&slot);
    if (slot == 0)
        skip(); /* a machine so slow that the delay of 50 ms had passed */
    net_ops.resolve_cancel(net, 0, &last);
    assert_true(last.is_resolved);
    assert_true(has_address(&last, "127.0.1.1"));
    assert_int_equal(last.notes, 1U << NOTE_IPV6_FAILED);
    assert_no_event();
}

static void result_that_was_not_taken_is_taken_back(void **state)
{
    struct resolution last;
    (void)state;
    net_ops.resolve_start(net, 0, "localhost", &any);
    net_ops.resolve_start(net, 1, "localhost", &any);
    net_ops.resolve_cancel(net, 0, &last);
    assert_true(last.is_resolved);
    assert_true(has_address(&last, "127.0.0.1"));
    uint32_t slot;
    assert_true(next_of_slot(&slot)->is_resolved);
    assert_int_equal(slot, 1);
    assert_no_event();
}

static void every_one_of_many_is_answered_once(void **state)
{
    enum { LOOKUPS = 1000 };
    static bool is_answered[LOOKUPS];
    (void)state;
    for (uint32_t i = 0; i < LOOKUPS; i++)
        net_ops.resolve_start(net, i, i % 3 == 0 ? "nowhere.example." : "both.example.", &any);
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        uint32_t slot;
        const struct resolution *resolution = next_of_slot(&slot);
        assert_false(is_answered[slot]);
        is_answered[slot] = true;
        assert_int_equal(resolution->is_resolved, slot % 3 != 0);
    }
    assert_no_event();
}

static void silence_holds_up_nobody_who_has_yet_to_ask(void **state)
{
    enum { LOOKUPS = 400 };
    struct resolution last;
    (void)state;
    write_file(resolv_conf_path, SERVER PATIENT);
    for (uint32_t i = 1; i <= LOOKUPS; i++)
        net_ops.resolve_start(net, i, "silence.example.", &any);
    assert_int_equal(look_up("both.example.")->count, 2);
    for (uint32_t i = 1; i <= LOOKUPS; i++)
        net_ops.resolve_cancel(net, i, &last);
}

static void forgotten_queries_do_not_keep_a_server_busy(void **state)
{
    struct resolution last;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        net_ops.resolve_start(net, 0, "silence.example.", &any);
        net_ops.resolve_cancel(net, 0, &last);
        assert_int_equal(last.outcome, TCPCHECK_DNS_TIMEOUT);
        if (i % 50 == 0) /* lets the server read what it has been sent */
            assert_int_equal(look_up("both.example.")->count, 2);
    }
    assert_int_equal(look_up("both.example.")->count, 2);
}

static void lookup_without_a_descriptor_is_our_own_trouble(void **state)
{
    struct rlimit before;
    struct rlimit limit;
    (void)state;
    assert_int_equal(look_up("nowhere.example.")->outcome, TCPCHECK_DNS_NXDOMAIN);
    int highest = dup(STDERR_FILENO);
    close(highest);
    assert_return_code(getrlimit(RLIMIT_NOFILE, &before), errno);
    limit = before;
    limit.rlim_cur = (rlim_t)highest;
    assert_return_code(setrlimit(RLIMIT_NOFILE, &limit), errno);
    enum tcpcheck_outcome outcome = look_up("both.example.")->outcome;
    assert_return_code(setrlimit(RLIMIT_NOFILE, &before), errno);
    assert_int_equal(outcome, TCPCHECK_RESOURCE);
    assert_int_equal(look_up("both.example.")->count, 2);
}

static void destroying_a_net_with_lookups_under_way_leaks_nothing(void **state)
{
    struct resolution last;
    (void)state;
    net_ops.resolve_start(net, 0, "silence.example.", &any);
    net_ops.resolve_start(net, 1, "both.example.", &any);
    net_ops.resolve_start(net, 2, "localhost", &any);
    net_ops.resolve_start(net, 3, "truncated-silence.example.", &any);
    net_ops.resolve_start(net, 4, "silence.example.", &any);
    net_ops.resolve_cancel(net, 4, &last);
    net_ops.wait_until(net, net_ops.now(net) + PATIENCE_NS);
}

/* ---- the system's resolver -------------------------------------------- */

static const struct resolve_options by_system = {
    .family = FAMILY_ANY, .resolver = RESOLVER_SYSTEM, .search = true, .port = 80};

static void system_resolver_answers_from_its_threads(void **state)
{
    enum { LOOKUPS = 30 };
    (void)state;
    for (uint32_t i = 0; i < LOOKUPS; i++)
        net_ops.resolve_start(net, i, "localhost", &by_system);
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        const struct resolution *resolution = next();
        assert_true(resolution->is_resolved);
        for (uint32_t j = 0; j < resolution->count; j++)
            assert_int_equal(resolution->addresses[j].port, 80);
    }
    assert_log(peer, "");
}

static void system_resolver_is_never_waited_for(void **state)
{
    enum { LOOKUPS = 30 };
    struct resolution last;
    (void)state;
    for (uint32_t i = 0; i < LOOKUPS; i++)
        net_ops.resolve_start(net, i, "localhost", &by_system);
    for (uint32_t i = 0; i < LOOKUPS / 2; i++) {
        net_ops.resolve_cancel(net, i, &last);
        assert_int_equal(last.slot, i);
    }
    for (uint32_t i = LOOKUPS / 2; i < LOOKUPS; i++)
        assert_true(next()->is_resolved);
    assert_no_event();
    net_ops.resolve_start(net, 0, "localhost", &by_system);
}

/* ---- main ------------------------------------------------------------- */

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        CASE(literal_with_a_zone_becomes_its_address),
        CASE(pinned_name_is_never_asked_for),
        CASE(name_of_the_hosts_file_is_never_asked_for),
        CASE(changed_hosts_file_is_read_again),
        CASE(special_names_are_never_asked_for),
        CASE(hosts_file_decides_what_localhost_is),
        CASE(both_families_are_asked_for),
        CASE(only_the_wanted_family_is_asked_for),
        CASE(each_answer_has_its_class),
        CASE(what_is_no_answer_is_ignored_until_the_server_has_had_its_time),
        CASE(truncated_answer_is_fetched_over_tcp),
        CASE(truncated_answer_without_tcp_is_unreachable),
        CASE(use_vc_asks_over_tcp_at_once),
        CASE(server_that_is_not_there_is_unreachable),
        CASE(server_with_an_ipv6_address_is_asked),
        CASE(without_a_name_server_this_host_is_asked),
        CASE(next_server_is_asked_when_one_fails),
        CASE(server_that_knows_better_is_not_asked_after_a_no),
        CASE(server_that_spoke_counts_more_than_one_that_is_silent),
        CASE(only_silent_servers_are_asked_again),
        CASE(rotate_starts_with_another_server_each_time),
        CASE(silent_server_is_asked_last_until_it_speaks),
        CASE(server_that_is_silent_about_one_name_is_not_silent),
        CASE(silence_of_a_forgotten_question_counts_too),
        CASE(changed_resolv_conf_is_read_again),
        CASE(search_list_is_gone_through_as_the_c_library_does),
        CASE(silent_server_ends_the_search_but_not_the_name_itself),
        CASE(name_without_an_answer_keeps_the_nodata_of_another),
        CASE(ndots_decides_which_goes_first),
        CASE(search_list_can_be_left_out),
        CASE(whole_answer_is_kept_for_its_time_to_live),
        CASE(what_was_asked_otherwise_is_another_question),
        CASE(what_is_not_whole_is_asked_for_each_time),
        CASE(answer_is_forgotten_when_its_time_is_over),
        CASE(changed_resolv_conf_forgets_every_answer),
        CASE(hosts_file_comes_before_what_is_remembered),
        CASE(cancelled_lookup_without_an_answer_is_a_timeout),
        CASE(cancelled_lookup_keeps_what_one_family_said),
        CASE(result_that_was_not_taken_is_taken_back),
        CASE(every_one_of_many_is_answered_once),
        CASE(silence_holds_up_nobody_who_has_yet_to_ask),
        CASE(forgotten_queries_do_not_keep_a_server_busy),
        CASE(lookup_without_a_descriptor_is_our_own_trouble),
        CASE(destroying_a_net_with_lookups_under_way_leaks_nothing),
        CASE(system_resolver_answers_from_its_threads),
        CASE(system_resolver_is_never_waited_for),
    };
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}

int main(void)
{
    if (!private_network_enter())
        return private_network_skip();
    unsetenv("LOCALDOMAIN");
    unsetenv("RES_OPTIONS");
    if (mkdtemp(directory) == NULL)
        return EXIT_FAILURE;
    (void)snprintf(hosts_path, sizeof(hosts_path), "%s/hosts", directory);
    (void)snprintf(resolv_conf_path, sizeof(resolv_conf_path), "%s/resolv.conf", directory);
    int failed = run();
    (void)unlink(hosts_path);
    (void)unlink(resolv_conf_path);
    (void)rmdir(directory);
    return failed;
}
