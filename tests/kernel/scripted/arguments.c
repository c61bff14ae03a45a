/* Options have long names only: they are written once, in a test, and read often. */
#include "arguments.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_QUEUE = 500000,
    DEFAULT_FLOWS = 1 << 20,
    DEFAULT_AGENDA = 1 << 18,
    SIZE_MOST = 1 << 24,
};

/* Addresses set aside for measuring networks (RFC 2544, RFC 5180): nobody's own. */
static const char *const default_addresses[] = {"198.18.0.1", "2001:2::1"};
static const char *const default_routes[] = {"0.0.0.0/0", "::/0"};

static const char usage[] =
    "usage: scripted_network [OPTION...] RULES\n"
    "       scripted_network --explain RULES [ADDRESS PORT]...   (else pairs from standard input)\n"
    "  --name NAME      of the device (tcp0)\n"
    "  --address A[/P]  of this host, as often as needed (198.18.0.1 and 2001:2::1)\n"
    "  --route A/P      what lies behind it, likewise (0.0.0.0/0 and ::/0)\n"
    "  --queue N        packets that may wait to be read (500000)\n"
    "  --flows N        connections that are remembered (1048576)\n"
    "  --agenda N       answers that may be on their way (262144)\n"
    "  --log FILE       of what was done; see event_log.h\n"
    "Behaviours:\n";

bool arguments_parse_size(const char *text, uint32_t *size)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *size = (uint32_t)value;
    return *end == '\0' && value >= 1 && value <= SIZE_MOST;
}

static bool add_prefix(struct device_prefixes *prefixes, const char *text)
{
    return prefixes->count < DEVICE_PREFIXES_MAX &&
           ip_prefix_parse(text, &prefixes->items[prefixes->count++]);
}

static bool add_defaults(struct device_prefixes *prefixes, const char *const defaults[2])
{
    return prefixes->count > 0 ||
           (add_prefix(prefixes, defaults[0]) && add_prefix(prefixes, defaults[1]));
}

static bool parse_name(const char *text, const char **name)
{
    *name = text;
    return text[0] != '\0' && strlen(text) <= DEVICE_NAME_MAX;
}

static bool parse_option(int letter, const char *value, struct arguments *arguments)
{
    switch (letter) {
    case 'n': return parse_name(value, &arguments->device.name);
    case 'a': return add_prefix(&arguments->device.addresses, value);
    case 'r': return add_prefix(&arguments->device.routes, value);
    case 'q': return arguments_parse_size(value, &arguments->device.queue);
    case 'f': return arguments_parse_size(value, &arguments->flows);
    case 'g': return arguments_parse_size(value, &arguments->agenda);
    case 'l': arguments->log_path = value; return true;
    case 'e': arguments->is_explanation = true; return true;
    default: return false;
    }
}

bool arguments_parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option names[] = {
        {"name", required_argument, NULL, 'n'},  {"address", required_argument, NULL, 'a'},
        {"route", required_argument, NULL, 'r'}, {"queue", required_argument, NULL, 'q'},
        {"flows", required_argument, NULL, 'f'}, {"agenda", required_argument, NULL, 'g'},
        {"log", required_argument, NULL, 'l'},   {"explain", no_argument, NULL, 'e'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0},
    };
    int letter;
    *arguments = (struct arguments){.device = {.name = "tcp0", .queue = DEFAULT_QUEUE},
                                    .flows = DEFAULT_FLOWS,
                                    .agenda = DEFAULT_AGENDA};
    while ((letter = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!parse_option(letter, optarg, arguments))
            return false;
    if (optind == argc || !add_defaults(&arguments->device.addresses, default_addresses) ||
        !add_defaults(&arguments->device.routes, default_routes))
        return false;
    arguments->rules_path = argv[optind];
    arguments->words = argv + optind + 1;
    arguments->word_count = argc - optind - 1;
    return arguments->is_explanation ? arguments->word_count % 2 == 0 : arguments->word_count == 0;
}

void arguments_print_usage(FILE *file)
{
    fputs(usage, file);
}
