/* UTF-8 as in RFC 3629. */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one character of at most `length` bytes. Returns how many bytes it
 * has (1-4) and writes its code point, or 0 when the bytes are not UTF-8
 * (overlong, surrogate, beyond U+10FFFF, cut off). */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *code_point);

/* The offset of the first byte that is not part of UTF-8, or `length`. */
size_t utf8_valid_length(const char *bytes, size_t length);

/* A character that may change what a reader sees of the text around it: C0,
 * DEL, C1, line and paragraph separators, zero-width and bidirectional
 * controls, the byte-order mark. */
bool utf8_is_control(uint32_t code_point);

/* Columns on a terminal: code points that are not combining or zero-width, wide
 * East Asian ones counted twice. Invalid bytes count one each, and so do C0 and C1:
 * escape them before. */
size_t utf8_width(const char *bytes, size_t length);

#endif
