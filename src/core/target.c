/* Where a target is cut in two. Host and port are judged elsewhere, by the same
 * code for every place that they may come from. */
#include "core/target.h"

#include <string.h>

#define ACCEPTED "HOST:PORT or [IPV6]:PORT is accepted"

static bool wrong(const char *text, size_t length, const char *what, struct text *why)
{
    text_append_string(why, "target ");
    text_append_quoted(why, text, length);
    text_append_strings(why, " ", what, ": " ACCEPTED, NULL);
    return false;
}

/* Where the colon before the port should be, or NULL and why there is none. */
static const char *find_colon(const char *text, size_t length, struct text *why)
{
    const char *end = text + length;
    const char *colon;
    if (text[0] == '[') {
        const char *bracket = memchr(text, ']', length);
        if (bracket == NULL)
            wrong(text, length, "lacks the closing bracket", why);
        else if (bracket + 1 == end)
            wrong(text, length, "has no port", why);
        else if (bracket[1] != ':')
            wrong(text, length, "goes on after the bracket without a colon", why);
        else
            return bracket + 1;
        return NULL;
    }
    colon = memchr(text, ':', length);
    if (colon == NULL)
        wrong(text, length, "has no port", why);
    else if (end - colon > 2 && memcmp(colon, "://", 3) == 0)
        wrong(text, length, "is a URL", why);
    else if (memchr(colon + 1, ':', (size_t)(end - colon - 1)) != NULL)
        wrong(text, length, "has several colons, and an IPv6 address needs brackets", why);
    else
        return colon;
    return NULL;
}

bool target_split(const char *text, size_t length, struct target_span *span, struct text *why)
{
    if (length == 0)
        return wrong(text, length, "is empty", why);
    const char *colon = find_colon(text, length, why);
    if (colon == NULL)
        return false;
    size_t host_length = (size_t)(colon - text);
    if (host_length + 1 == length)
        return wrong(text, length, "has no port", why);
    span->host_length = host_length;
    span->port_start = host_length + 1;
    return true;
}
