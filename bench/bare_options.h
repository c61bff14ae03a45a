/* How the bare loop is to go about it. */
#ifndef BENCH_BARE_OPTIONS_H
#define BENCH_BARE_OPTIONS_H

#include <stdbool.h>

struct bare_options {
    unsigned long in_flight;
    unsigned long rate_per_s; /* 0: without end */
    bool has_tcp_info;
    bool is_recycling;
    bool is_quiet;
};

extern const char bare_usage[];

/* From 1 to `most`, decimal. */
bool bare_number(const char *text, unsigned long most, unsigned long *number)
    __attribute__((warn_unused_result));

/* What follows them begins at optind of getopt(3). False: the usage is due, and errors have been
 * named on standard error. */
bool bare_options_parse(struct bare_options *options, int argc, char **argv)
    __attribute__((warn_unused_result));

#endif
