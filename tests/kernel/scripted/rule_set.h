/* Which host behaves how: the first rule that has an address and port decides.
 *
 * A rule offers one behaviour, or several of which a hash of seed, address and port
 * takes one: the same in every run, so a test can know what it will meet. */
#ifndef SCRIPTED_RULE_SET_H
#define SCRIPTED_RULE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "behaviour.h"
#include "ip_address.h"
#include "rule_place.h"

#define RULES_MAX       4096
#define BEHAVIOURS_MAX  8192
#define CHOICES_MAX     16384
#define NAMES_MAX       1024
#define NAME_LENGTH_MAX 31

struct rule_choice {
    uint32_t behaviour; /* its index */
    uint32_t weight;
};

struct rule {
    unsigned line; /* in the file, from 1 */
    struct rule_place place;
    uint64_t seed;
    uint64_t total_weight;
    uint32_t first_choice;
    uint32_t choice_count;
};

struct rule_name {
    char text[NAME_LENGTH_MAX + 1];
    uint32_t behaviour;
};

struct rule_set {
    struct rule rules[RULES_MAX];
    size_t rule_count;
    struct behaviour behaviours[BEHAVIOURS_MAX];
    size_t behaviour_count;
    struct rule_choice choices[CHOICES_MAX];
    size_t choice_count;
    struct rule_name names[NAMES_MAX];
    size_t name_count;
};

struct rule_decision {
    const struct rule *rule;           /* NULL: none has this address and port */
    const struct behaviour *behaviour; /* NULL likewise */
};

struct rule_decision rule_set_decide(const struct rule_set *set, const struct ip_address *address,
                                     uint16_t port);

/* The adders return false when there is no room for more. */
bool rule_set_add_behaviour(struct rule_set *set, const struct behaviour *behaviour,
                            uint32_t *index) __attribute__((warn_unused_result));
/* To the last rule. */
bool rule_set_add_choice(struct rule_set *set, uint32_t behaviour, uint32_t weight)
    __attribute__((warn_unused_result));
/* Without choices yet. */
bool rule_set_add_rule(struct rule_set *set, unsigned line, const struct rule_place *place)
    __attribute__((warn_unused_result));
/* The name is no longer than NAME_LENGTH_MAX. */
bool rule_set_add_name(struct rule_set *set, const char *name, uint32_t behaviour)
    __attribute__((warn_unused_result));
/* False: there is no such name. */
bool rule_set_find_name(const struct rule_set *set, const char *name, uint32_t *behaviour)
    __attribute__((warn_unused_result));

#endif
