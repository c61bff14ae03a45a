/*
 * scripted_network: any number of IPv4 and IPv6 hosts, each doing as its rule says.
 *
 *   scripted_network [OPTION…] RULES              plays them, in the network namespace it is in
 *   scripted_network --explain RULES [ADDRESS PORT]…
 *
 * It makes a TUN device, gives this host an address of each family on it and routes behind it,
 * says "ready", and answers whatever arrives until its standard input ends (or SIGTERM, SIGINT).
 * A line on standard input is answered by "flushed": the log then holds all that had been sent
 * before. The last line of output counts what was carried; packets lost or SYNs left out for
 * want of room make it exit with 70.
 *
 * RULES is a file. A line is a rule, a name, or empty; # starts a comment.
 *
 *   PLACE BEHAVIOUR [KEY=VALUE]…        the first rule that has an address and port decides;
 *                                       what no rule has is silent
 *   let NAME BEHAVIOUR [KEY=VALUE]…     a name for that, to be used further down
 *   PLACE NAME
 *   PLACE mix seed=NUMBER NAME[*WEIGHT],…
 *                                       each address and port has one of these, by a hash: the
 *                                       same in every run, and --explain tells which
 *
 *   PLACE       10.0.0.0/8  10.1.2.3:80  10.0.0.0/8:8000-8999  2001:db8::/32  [2001:db8::/32]:443
 *               *  *:25
 *   BEHAVIOUR
 *   open              SYN-ACK; then acknowledges data and answers an end with an end
 *   open-on           the same, but only for the nth SYN of a handshake
 *   refuse            RST
 *   drop              nothing
 *   icmp              an ICMP or ICMPv6 error (by the family) of this type and code, from the
 *                     router `from`, which quotes the SYN (or `quote` octets behind its IP header);
 *                     with `synack`, a SYN-ACK follows so much later
 *   synack-rst        open, and resets `then` after the client's ACK
 *   synack-fin        open, and closes then
 *   synack-data       open, and says `text` then
 *   synack-silence    SYN-ACK, and not a word after it
 *   zero-window       open, with a window of 0 from the SYN-ACK on
 *   wrong-ack         SYN-ACK that acknowledges `delta` too much
 *   duplicate-synack  open, and the SYN-ACK comes n times more, one `every` so often
 *   KEY
 *   after             from the SYN to the answer; times are 250 or 250us, 20ms, 3s
 *   nth               only this SYN of a handshake is answered, those before and after are not
 *   timestamps        off: TCP timestamps are declined
 *
 * A handshake is one source port's SYNs with one initial sequence number: a port that is used again
 * begins anew. The log (--log FILE) is told in event_log.h; tests/support/scripted_network.py reads
 * it. Packets that are not TCP are ignored: there is nobody to ping.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "arguments.h"
#include "device.h"
#include "hosts.h"
#include "rule_file.h"
#include "serving.h"

enum {
    EXIT_USAGE = 64,
    EXIT_RULES = 65,
    EXIT_DEVICE = 69,
    EXIT_TROUBLE = 70,
};

static int fail(int status, const char *what, int error)
{
    fprintf(stderr, "scripted_network: %s: %s\n", what, strerror(error));
    return status;
}

/* ---- explaining -------------------------------------------------------- */

static bool explain(const struct rule_set *rules, const char *address_text, const char *port_text)
{
    struct ip_address address;
    uint32_t port;
    if (!ip_address_parse(address_text, &address) || !arguments_parse_size(port_text, &port) ||
        port > UINT16_MAX) {
        fprintf(stderr, "scripted_network: '%s %s' is not ADDRESS PORT\n", address_text, port_text);
        return false;
    }
    struct rule_decision decision = rule_set_decide(rules, &address, (uint16_t)port);
    if (decision.rule == NULL) {
        puts("0 drop");
        return true;
    }
    printf("%u ", decision.rule->line);
    behaviour_print(decision.behaviour, stdout);
    putchar('\n');
    return true;
}

/* A line each: the line of the rule, and the behaviour. */
static int explain_all(const struct rule_set *rules, const struct arguments *arguments)
{
    char address[IP_ADDRESS_TEXT_MAX];
    char port[8];
    bool is_fine = true;
    for (int i = 0; i < arguments->word_count && is_fine; i += 2)
        is_fine = explain(rules, arguments->words[i], arguments->words[i + 1]);
    while (arguments->word_count == 0 && is_fine && scanf("%45s %7s", address, port) == 2)
        is_fine = explain(rules, address, port);
    if (fflush(stdout) != 0)
        return fail(EXIT_TROUBLE, "output", errno);
    return is_fine ? EXIT_SUCCESS : EXIT_USAGE;
}

/* ---- playing ----------------------------------------------------------- */

/* Returns a descriptor that reports SIGTERM and SIGINT, or -errno. */
static int take_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return -errno;
    int fd = signalfd(-1, &signals, SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int report(const struct hosts *hosts, const struct device *device)
{
    uint64_t drops = 0;
    int error = device_get_drops(device, &drops);
    if (error != 0)
        return fail(EXIT_TROUBLE, "counters of the device", -error);
    const struct hosts_tally *tally = &hosts->tally;
    printf("ended: %" PRIu64 " SYNs, %" PRIu64 " answers, %" PRIu64 " lost, %" PRIu64
           " dropped by the queue, %" PRIu64 " overruns, %" PRIu64 " flows forgotten\n",
           tally->syns, tally->answers, tally->lost, drops, tally->overruns,
           hosts->flows.forgotten);
    return tally->lost + tally->overruns + drops > 0 ? EXIT_TROUBLE : EXIT_SUCCESS;
}

static int play_on(struct device *device, struct hosts *hosts)
{
    struct serving serving = {
        .device = device,
        .hosts = hosts,
        .control_fd = STDIN_FILENO,
        .answer_fd = STDOUT_FILENO,
        .signal_fd = take_signals(),
    };
    if (serving.signal_fd < 0)
        return fail(EXIT_TROUBLE, "signals", -serving.signal_fd);
    /* Or the kernel would gather our wake-ups, up to 50 us late. */
    if (prctl(PR_SET_TIMERSLACK, 1UL) != 0)
        return fail(EXIT_TROUBLE, "timer slack", errno);
    puts("ready");
    if (fflush(stdout) != 0)
        return fail(EXIT_TROUBLE, "output", errno);
    int error = serving_run(&serving);
    close(serving.signal_fd);
    return error == 0 ? report(hosts, device) : fail(EXIT_TROUBLE, "serving", -error);
}

static int open_log(const char *path)
{
    return path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static int play_with(struct hosts *hosts, const struct arguments *arguments)
{
    struct device device;
    const char *what;
    int error = device_open(&device, &arguments->device, &what);
    if (error != 0)
        return fail(EXIT_DEVICE, what, -error);
    hosts->wire_fd = device.fd;
    int log_fd = open_log(arguments->log_path);
    int status = EXIT_TROUBLE;
    if (arguments->log_path != NULL && log_fd < 0) {
        fail(status, arguments->log_path, errno);
    } else {
        event_log_init(&hosts->log, log_fd);
        status = play_on(&device, hosts);
        error = event_log_fini(&hosts->log);
        if (error != 0)
            status = fail(EXIT_TROUBLE, arguments->log_path, error);
    }
    device_close(&device);
    return status;
}

static int play(const struct rule_set *rules, const struct arguments *arguments)
{
    static struct hosts hosts;
    int status = EXIT_TROUBLE;
    hosts.rules = rules;
    if (flow_table_init(&hosts.flows, arguments->flows) &&
        agenda_init(&hosts.agenda, arguments->agenda))
        status = play_with(&hosts, arguments);
    else
        fail(status, "memory", ENOMEM);
    agenda_fini(&hosts.agenda);
    flow_table_fini(&hosts.flows);
    return status;
}

int main(int argc, char **argv)
{
    static struct rule_set rules;
    struct arguments arguments;
    struct problem problem;
    if (!arguments_parse(argc, argv, &arguments)) {
        arguments_print_usage(stderr);
        behaviour_print_kinds(stderr);
        return EXIT_USAGE;
    }
    if (!rule_file_read(arguments.rules_path, &rules, &problem)) {
        fprintf(stderr, "%s:%u:%u: %s\n", arguments.rules_path, problem.line, problem.column,
                problem.text);
        return EXIT_RULES;
    }
    return arguments.is_explanation ? explain_all(&rules, &arguments) : play(&rules, &arguments);
}
