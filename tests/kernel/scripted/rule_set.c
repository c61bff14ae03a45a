/* Arrays of a fixed size, filled once; a look is a walk through the rules. A tree of
 * prefixes was not worth it: tests have tens of rules and use a mix for more. */
#include "rule_set.h"

#include <string.h>

#include "hash.h"

static const struct behaviour *choose(const struct rule_set *set, const struct rule *rule,
                                      const struct ip_address *address, uint16_t port)
{
    const struct rule_choice *choice = &set->choices[rule->first_choice];
    uint64_t hash = hash_add(hash_add_address(rule->seed, address), port);
    uint64_t drawn = rule->choice_count > 1 ? hash % rule->total_weight : 0;
    for (; drawn >= choice->weight; choice++)
        drawn -= choice->weight;
    return &set->behaviours[choice->behaviour];
}

struct rule_decision rule_set_decide(const struct rule_set *set, const struct ip_address *address,
                                     uint16_t port)
{
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct rule *rule = &set->rules[i];
        if (rule_place_has(&rule->place, address, port))
            return (struct rule_decision){rule, choose(set, rule, address, port)};
    }
    return (struct rule_decision){NULL, NULL};
}

bool rule_set_add_behaviour(struct rule_set *set, const struct behaviour *behaviour,
                            uint32_t *index)
{
    if (set->behaviour_count == BEHAVIOURS_MAX)
        return false;
    *index = (uint32_t)set->behaviour_count++;
    set->behaviours[*index] = *behaviour;
    return true;
}

bool rule_set_add_rule(struct rule_set *set, unsigned line, const struct rule_place *place)
{
    if (set->rule_count == RULES_MAX)
        return false;
    set->rules[set->rule_count++] =
        (struct rule){.line = line, .place = *place, .first_choice = (uint32_t)set->choice_count};
    return true;
}

bool rule_set_add_choice(struct rule_set *set, uint32_t behaviour, uint32_t weight)
{
    struct rule *rule = &set->rules[set->rule_count - 1];
    if (set->choice_count == CHOICES_MAX)
        return false;
    set->choices[set->choice_count++] = (struct rule_choice){behaviour, weight};
    rule->choice_count++;
    rule->total_weight += weight;
    return true;
}

bool rule_set_add_name(struct rule_set *set, const char *name, uint32_t behaviour)
{
    if (set->name_count == NAMES_MAX)
        return false;
    struct rule_name *added = &set->names[set->name_count++];
    memcpy(added->text, name, strlen(name) + 1);
    added->behaviour = behaviour;
    return true;
}

bool rule_set_find_name(const struct rule_set *set, const char *name, uint32_t *behaviour)
{
    for (size_t i = 0; i < set->name_count; i++)
        if (strcmp(set->names[i].text, name) == 0) {
            *behaviour = set->names[i].behaviour;
            return true;
        }
    return false;
}
