/* Of the command line, what is not a target. */
#include "bare_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

enum {
    IN_FLIGHT_DEFAULT = 1000,
    IN_FLIGHT_MAX = 1 << 20,
    RATE_MAX = 1000000000,
};

const char bare_usage[] =
    "usage: bare_epoll [OPTION...] FILE\n"
    "       bare_epoll [OPTION...] FIRST-ADDRESS COUNT PORT\n"
    "Connects to each target of FILE (- is standard input), which has 192.0.2.1:80 or\n"
    "[2001:db8::1]:80 a line; or to one port of COUNT addresses from the first on.\n"
    "  -n, --in-flight N   connects under way at once (1000)\n"
    "  -r, --rate N        connects a second at most (as fast as they go)\n"
    "  -i, --tcp-info      ask the kernel how long an open one's handshake took\n"
    "  -R, --recycle       use a socket again that was refused, or that we reset\n"
    "  -q, --quiet         only the count at the end\n"
    "Prints a line a check, with - for what was not asked:\n"
    "  TARGET open|ERRNO WALL-TIME-NS RTT-US RETRANSMITS\n"
    "and how many there were, on standard error. Exits with 1 where some were silent: still\n"
    "waiting when nothing had happened for 10 s.\n";

bool bare_number(const char *text, unsigned long most, unsigned long *number)
{
    char *end;
    errno = 0;
    *number = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *number >= 1 && *number <= most;
}

bool bare_options_parse(struct bare_options *options, int argc, char **argv)
{
    static const struct option names[] = {
        {"in-flight", required_argument, NULL, 'n'}, {"rate", required_argument, NULL, 'r'},
        {"tcp-info", no_argument, NULL, 'i'},        {"recycle", no_argument, NULL, 'R'},
        {"quiet", no_argument, NULL, 'q'},           {NULL, 0, NULL, 0}};
    int letter;
    bool is_fine = true;
    *options = (struct bare_options){.in_flight = IN_FLIGHT_DEFAULT};
    while (is_fine && (letter = getopt_long(argc, argv, "n:r:iRq", names, NULL)) != -1) {
        switch (letter) {
        case 'n': is_fine = bare_number(optarg, IN_FLIGHT_MAX, &options->in_flight); break;
        case 'r': is_fine = bare_number(optarg, RATE_MAX, &options->rate_per_s); break;
        case 'i': options->has_tcp_info = true; break;
        case 'R': options->is_recycling = true; break;
        case 'q': options->is_quiet = true; break;
        default: is_fine = false;
        }
    }
    return is_fine;
}
