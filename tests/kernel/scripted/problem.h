/* What is wrong with a rule file, and where. */
#ifndef SCRIPTED_PROBLEM_H
#define SCRIPTED_PROBLEM_H

#include <stdbool.h>

#define PROBLEM_TEXT_MAX 320

struct problem {
    unsigned line;
    unsigned column;
    char text[PROBLEM_TEXT_MAX];
};

/* Fills in the text, cut where it is too long. Always false, to be returned. */
bool problem_say(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
