/* The edit distance where swapped neighbours count once (optimal string
 * alignment), over three rows on the stack. Words are few and short: a trie or
 * a metric tree would be slower to build than this is to run. */
#include "core/suggest.h"

#include <stdbool.h>
#include <string.h>

#define WORD_MAX_BYTES 32
#define EDITS_MAX      2

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Both words have at most WORD_MAX_BYTES. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_MAX_BYTES + 1]; /* row i lives in rows[i % 3] */
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        const size_t *above = rows[(i - 1) % 3];
        size_t *row = rows[i % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = smaller(above[j], row[j - 1]) + 1;
            row[j] = smaller(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *suggest_nearest(const char *const *words, const char *text, size_t length)
{
    const char *nearest = NULL;
    size_t fewest = EDITS_MAX + 1;
    if (length > WORD_MAX_BYTES)
        return NULL;
    for (; *words != NULL; words++) {
        size_t word_length = strlen(*words);
        if (word_length > WORD_MAX_BYTES)
            continue;
        size_t edits = distance(text, length, *words, word_length);
        bool keeps_something = edits < length || edits < word_length;
        if (edits < fewest && keeps_something) {
            nearest = *words;
            fewest = edits;
        }
    }
    return nearest;
}
