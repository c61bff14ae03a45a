/* A growing string with a ceiling.
 *
 * A failure is kept in the text instead of being returned by each append: a
 * message made of ten pieces needs one check, not ten. Formatting is done here
 * in integers, since printf() would bring a locale and a dependency on stdio. */
#include "core/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/duration.h"
#include "core/utf8.h"

#define FIRST_CAPACITY   64
#define QUOTED_MAX_BYTES 64
#define DIGITS_MAX       20 /* of a uint64_t */
#define DECIMALS_MAX     9

static const char hexadecimal[] = "0123456789abcdef";

void text_init(struct text *text, size_t ceiling)
{
    /* One byte is kept for the NUL. */
    *text = (struct text){.ceiling = ceiling < SIZE_MAX ? ceiling : SIZE_MAX - 1};
}

void text_fini(struct text *text)
{
    free(text->bytes);
    *text = (struct text){.ceiling = text->ceiling};
}

void text_clear(struct text *text)
{
    text->has_failed = false;
    text->length = 0;
    if (text->bytes != NULL)
        text->bytes[0] = '\0';
}

bool text_is_ok(const struct text *text)
{
    return !text->has_failed;
}

const char *text_string(const struct text *text)
{
    return text->bytes != NULL ? text->bytes : "";
}

void text_cut(struct text *text, size_t length)
{
    if (length >= text->length)
        return;
    text->length = length;
    text->bytes[length] = '\0';
}

void text_fail(struct text *text)
{
    text_clear(text);
    text->has_failed = true;
}

void text_fail_with(struct text *text, const struct text *part)
{
    if (part->has_failed)
        text_fail(text);
}

/* Doubles, so that a text of n bytes costs O(n); the ceiling is met exactly. */
static bool make_room(struct text *text, size_t length)
{
    if (length > text->ceiling - text->length)
        return false;
    size_t needed = text->length + length + 1;
    if (needed <= text->capacity)
        return true;
    size_t capacity = text->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : text->capacity;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if (capacity > text->ceiling + 1)
        capacity = text->ceiling + 1;
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL)
        return false;
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void text_append_slowly(struct text *text, const char *bytes, size_t length)
{
    if (text->has_failed || length == 0)
        return;
    if (!make_room(text, length)) {
        text_fail(text);
        return;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_append_char(struct text *text, char byte)
{
    text_append(text, &byte, 1);
}

void text_append_string(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_append_strings(struct text *text, ...)
{
    va_list strings;
    va_start(strings, text);
    for (const char *string; (string = va_arg(strings, const char *)) != NULL;)
        text_append_string(text, string);
    va_end(strings);
}

/* Writes the digits of a number towards the front; returns the first. */
static char *write_digits(char *end, uint64_t number)
{
    do {
        *--end = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return end;
}

static void append_digits(struct text *text, uint64_t number, int width)
{
    char digits[DIGITS_MAX];
    char *end = digits + sizeof(digits);
    const char *first = write_digits(end, number);
    for (ptrdiff_t missing = width - (end - first); missing > 0; missing--)
        text_append_char(text, '0');
    text_append(text, first, (size_t)(end - first));
}

/* INT64_MIN has no positive counterpart in int64_t. */
static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

void text_append_int(struct text *text, int64_t number)
{
    if (number < 0)
        text_append_char(text, '-');
    append_digits(text, magnitude(number), 1);
}

void text_append_padded_int(struct text *text, int64_t number, int width)
{
    append_digits(text, magnitude(number), width);
}

void text_append_seconds(struct text *text, int64_t ns, int decimals)
{
    static const uint32_t unit_ns_by_decimals[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                                   10000,      1000,      100,      10,      1};
    uint32_t unit_ns = unit_ns_by_decimals[decimals];
    /* Below zero a half is cut off: that is towards plus infinity. */
    uint64_t rounded_ns = magnitude(ns) + (ns < 0 ? (unit_ns - 1) / 2 : unit_ns / 2);
    uint32_t rest = (uint32_t)(rounded_ns % NS_PER_S) / unit_ns;

    char shown[1 + DIGITS_MAX + 1 + DECIMALS_MAX];
    char *end = shown + sizeof(shown);
    char *first = end;
    for (int i = 0; i < decimals; i++) {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (decimals > 0)
        *--first = '.';
    first = write_digits(first, rounded_ns / NS_PER_S);
    if (ns < 0 && rounded_ns >= unit_ns)
        *--first = '-';
    text_append(text, first, (size_t)(end - first));
}

static void append_escaped_byte(struct text *text, uint8_t byte)
{
    const char escape[] = {'\\', 'x', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
    text_append(text, escape, sizeof(escape));
}

static void append_escaped_control(struct text *text, uint32_t code_point)
{
    if (code_point == '\n') {
        text_append_string(text, "\\n");
    } else if (code_point == '\t') {
        text_append_string(text, "\\t");
    } else if (code_point < 0x80) {
        append_escaped_byte(text, (uint8_t)code_point);
    } else {
        text_append_string(text, "\\u{");
        int shift = code_point > 0xfffff ? 20 : code_point > 0xffff ? 16 : 12;
        for (; shift >= 0; shift -= 4)
            text_append_char(text, hexadecimal[code_point >> shift & 15]);
        text_append_char(text, '}');
    }
}

void text_append_escaped(struct text *text, const char *bytes, size_t length)
{
    size_t kept = 0; /* what lies between here and `at` is safe, and goes out as one piece */
    size_t at = 0;
    while (at < length) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + at, length - at, &code_point);
        if (size > 0 && !utf8_is_control(code_point)) {
            at += size;
            continue;
        }
        text_append(text, bytes + kept, at - kept);
        if (size > 0) {
            append_escaped_control(text, code_point);
            at += size;
        } else {
            append_escaped_byte(text, (uint8_t)bytes[at]);
            at++;
        }
        kept = at;
    }
    text_append(text, bytes + kept, at - kept);
}

void text_append_quoted(struct text *text, const char *bytes, size_t length)
{
    size_t shown = 0;
    while (shown < length) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + shown, length - shown, &code_point);
        size = size > 0 ? size : 1;
        if (shown + size > QUOTED_MAX_BYTES)
            break;
        shown += size;
    }
    text_append_char(text, '\'');
    text_append_escaped(text, bytes, shown);
    text_append_string(text, shown < length ? "'..." : "'");
}
