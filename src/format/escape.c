/* One walk over a string for all formats; what differs, the set of special characters and what
 * becomes of them, is a function of the format. Runs of characters that stay as they are go out
 * in one piece. A table of replacements for each format was tried on paper: XML and Prometheus
 * judge by ranges of code points, for which a table is the longer way to say it. */
#include "format/escape.h"

#include "core/utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static const bool is_never_special[UINT8_MAX + 1] = {
    [' '] = true, ['(' ... ';'] = true, ['A' ... 'Z'] = true, ['_'] = true, ['a' ... 'z'] = true,
};

/* The character at `bytes`; returns how many bytes of input it stands for. */
static size_t read_character(const char *bytes, size_t length, struct character *character)
{
    size_t size = utf8_decode(bytes, length, &character->code_point);

    character->bytes = bytes;
    character->length = size;
    if (size > 0)
        return size;
    *character = (struct character){0xfffd, replacement, sizeof replacement - 1};
    return 1;
}

void escape_append(struct text *out, const char *bytes, size_t length,
                   bool (*replace)(struct text *out, const struct character *character))
{
    size_t kept = 0; /* what lies between here and `at` goes out as it is */
    size_t at = 0;

    while (at < length) {
        if (is_never_special[(uint8_t)bytes[at]]) {
            at++;
            continue;
        }
        struct character character;
        size_t size = read_character(bytes + at, length - at, &character);
        size_t plain = at - kept;
        text_append(out, bytes + kept, plain);
        if (!replace(out, &character))
            text_append(out, character.bytes, character.length);
        at += size;
        kept = at;
    }
    text_append(out, bytes + kept, at - kept);
}
