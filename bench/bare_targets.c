/* All targets are in memory before the first connect, so that the loop does nothing but connect. A
 * range is written out as a list first: then there is one way to read, and each target has a text. */
#include "bare_targets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX   (INET6_ADDRSTRLEN + sizeof("[]:65535"))
#define TARGET_MAX ((size_t)1 << 24)

/* ---- one target -------------------------------------------------------- */

socklen_t bare_target_size(const struct bare_target *target)
{
    return target->address.base.sa_family == AF_INET ? sizeof(target->address.ipv4)
                                                     : sizeof(target->address.ipv6);
}

static bool set_address(struct bare_target *target, const char *text)
{
    memset(&target->address, 0, sizeof(target->address));
    if (inet_pton(AF_INET, text, &target->address.ipv4.sin_addr) == 1) {
        target->address.base.sa_family = AF_INET;
        return true;
    }
    target->address.base.sa_family = AF_INET6;
    return inet_pton(AF_INET6, text, &target->address.ipv6.sin6_addr) == 1;
}

/* The port's place is the same in both families. */
static bool set_port(struct bare_target *target, const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    target->address.ipv4.sin_port = htons((uint16_t)port);
    return *end == '\0' && port >= 1 && port <= UINT16_MAX;
}

static bool parse(struct bare_target *target, const char *text)
{
    char address[TEXT_MAX];
    const char *colon = strrchr(text, ':');
    size_t bracket = text[0] == '[';
    size_t length = colon == NULL ? 0 : (size_t)(colon - text);
    if (length <= 2 * bracket || length >= sizeof(address) || (bracket != 0 && colon[-1] != ']'))
        return false;
    memcpy(address, text + bracket, length - 2 * bracket);
    address[length - 2 * bracket] = '\0';
    target->text = text;
    return set_address(target, address) && set_port(target, colon + 1);
}

/* ---- a list ------------------------------------------------------------ */

static bool add(struct bare_targets *targets, size_t *capacity, const char *text)
{
    if (targets->count == *capacity) {
        *capacity = *capacity == 0 ? 1024 : *capacity * 2;
        void *items = reallocarray(targets->items, *capacity, sizeof(*targets->items));
        if (items == NULL) {
            fprintf(stderr, "bare_epoll: %s\n", strerror(ENOMEM));
            return false;
        }
        targets->items = items;
    }
    if (!parse(&targets->items[targets->count], text)) {
        fprintf(stderr, "bare_epoll: '%s' is neither ADDRESS:PORT nor [ADDRESS]:PORT\n", text);
        return false;
    }
    targets->count++;
    return true;
}

/* Takes the text. */
static bool parse_all(struct bare_targets *targets, char *text)
{
    size_t capacity = 0;
    char *rest = NULL;
    *targets = (struct bare_targets){.text = text};
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (!add(targets, &capacity, line)) {
            bare_targets_free(targets);
            return false;
        }
    return true;
}

/* NULL with errno set. No text has a NUL: all there is comes as one "line". */
static char *read_all(FILE *file)
{
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, '\0', file) >= 0)
        return text;
    int error = errno;
    free(text);
    if (feof(file) != 0)
        return strdup("");
    errno = error;
    return NULL;
}

bool bare_targets_read(struct bare_targets *targets, const char *path)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "re");
    char *text = file == NULL ? NULL : read_all(file);
    int error = errno;
    if (file != NULL && !is_input)
        fclose(file);
    if (text == NULL) {
        fprintf(stderr, "bare_epoll: %s: %s\n", path, strerror(error));
        return false;
    }
    return parse_all(targets, text);
}

/* ---- a range ----------------------------------------------------------- */

/* The last 32 bits count, in both families. */
static void print_nth(FILE *out, const struct bare_target *first, size_t nth, unsigned long port)
{
    struct bare_target target = *first;
    char text[INET6_ADDRSTRLEN];
    bool is_ipv4 = target.address.base.sa_family == AF_INET;
    void *address =
        is_ipv4 ? (void *)&target.address.ipv4.sin_addr : (void *)&target.address.ipv6.sin6_addr;
    uint32_t *last = is_ipv4 ? &target.address.ipv4.sin_addr.s_addr
                             : &target.address.ipv6.sin6_addr.s6_addr32[3];
    *last = htonl(ntohl(*last) + (uint32_t)nth);
    inet_ntop(target.address.base.sa_family, address, text, sizeof(text));
    fprintf(out, is_ipv4 ? "%s:%lu\n" : "[%s]:%lu\n", text, port);
}

bool bare_targets_count(struct bare_targets *targets, const char *first, size_t count,
                        unsigned long port)
{
    struct bare_target target;
    char *text = NULL;
    size_t size = 0;
    if (!set_address(&target, first) || count == 0 || count > TARGET_MAX) {
        fprintf(stderr, "bare_epoll: '%s' is no address, or %zu is not 1 to %zu\n", first, count,
                TARGET_MAX);
        return false;
    }
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; out != NULL && i < count; i++)
        print_nth(out, &target, i, port);
    if (out == NULL || fclose(out) != 0) {
        fprintf(stderr, "bare_epoll: %s\n", strerror(ENOMEM));
        free(text);
        return false;
    }
    return parse_all(targets, text);
}

void bare_targets_free(struct bare_targets *targets)
{
    free(targets->items);
    free(targets->text);
    *targets = (struct bare_targets){0};
}
