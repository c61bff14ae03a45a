/* UTF-8, strictly, and how much room it takes on a terminal.
 *
 * mbrtowc(3) and wcwidth(3) would do this by the locale, so that the same
 * check file would be valid on one machine and broken on the next. */
#include "core/utf8.h"

#include <string.h>

#include "core/utf8_ranges.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_continuation(char byte)
{
    return ((uint8_t)byte & 0xc0) == 0x80;
}

size_t utf8_decode(const char *bytes, size_t length, uint32_t *code_point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0)
        return 0;
    uint8_t lead = (uint8_t)bytes[0];
    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    }
    size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || size > length)
        return 0;
    uint32_t value = lead & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(bytes[i]))
            return 0;
        value = value << 6 | ((uint8_t)bytes[i] & 0x3f);
    }
    bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < smallest[size] || value > 0x10ffff || is_surrogate)
        return 0;
    *code_point = value;
    return size;
}

/* Most of what is read is ASCII: eight bytes at a time. */
static size_t skip_ascii(const char *bytes, size_t at, size_t length)
{
    uint64_t word;
    while (length - at >= sizeof(word)) {
        memcpy(&word, bytes + at, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
        at += sizeof(word);
    }
    return at;
}

size_t utf8_valid_length(const char *bytes, size_t length)
{
    size_t at = 0;
    while ((at = skip_ascii(bytes, at, length)) < length) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + at, length - at, &code_point);
        if (size == 0)
            break;
        at += size;
    }
    return at;
}

/* Variation selectors (FE00-FE0F) and what joins letters of one script are
 * left alone: they belong to text that people write. */
bool utf8_is_control(uint32_t code_point)
{
    static const struct utf8_range controls[] = {
        {0x0000, 0x001f},   {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x034f, 0x034f},
        {0x061c, 0x061c},   {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180e, 0x180e},
        {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
        {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff9, 0xfffb}, {0x1d173, 0x1d17a},
        {0xe0000, 0xe007f},
    };
    if (code_point >= ' ' && code_point < 0x7f)
        return false;
    for (size_t i = 0; i < COUNT(controls); i++)
        if (code_point >= controls[i].first && code_point <= controls[i].last)
            return true;
    return false;
}

static bool is_in(const struct utf8_range *ranges, size_t count, uint32_t code_point)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code_point >= ranges[low].first;
}

static size_t columns(uint32_t code_point)
{
    if (code_point < zero_width_ranges[0].first)
        return 1;
    if (is_in(zero_width_ranges, COUNT(zero_width_ranges), code_point))
        return 0;
    return is_in(wide_ranges, COUNT(wide_ranges), code_point) ? 2 : 1;
}

size_t utf8_width(const char *bytes, size_t length)
{
    size_t width = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(bytes + at, length - at, &code_point);
        width += size > 0 ? columns(code_point) : 1;
        at += size > 0 ? size : 1;
    }
    return width;
}
