/* The command line. */
#ifndef SCRIPTED_ARGUMENTS_H
#define SCRIPTED_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "device.h"

struct arguments {
    struct device_options device;
    const char *log_path; /* NULL: none */
    uint32_t flows;
    uint32_t agenda;
    bool is_explanation;
    const char *rules_path;
    char **words; /* after it: addresses and ports to explain */
    int word_count;
};

/* Keeps pointers into argv. */
bool arguments_parse(int argc, char **argv, struct arguments *arguments)
    __attribute__((warn_unused_result));
void arguments_print_usage(FILE *file);

/* 1 to 2^24. */
bool arguments_parse_size(const char *text, uint32_t *size) __attribute__((warn_unused_result));

#endif
