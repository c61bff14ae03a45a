/* Rules of policies: shown and read again they are the same, they meet what they name and nothing
 * beside it, and what is refused is told why. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/policy.h"
#include "core/text.h"
#include "invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char denial[] = "denied";

static bool is_equal(const struct policy_rule *a, const struct policy_rule *b)
{
    return address_is_equal(&a->network, &b->network) && a->length == b->length &&
           a->first_port == b->first_port && a->last_port == b->last_port;
}

static bool is_denied(const struct policy_rule *rule, const struct address *target)
{
    struct policy_rule denying = *rule;
    denying.denial = denial;
    const struct policy policy = {.deny = {.rules = &denying, .count = 1}};
    return policy_objection(&policy, target) == denial;
}

static void require_meets(const struct policy_rule *rule)
{
    struct address target = rule->network;
    target.port = rule->last_port;
    require(is_denied(rule, &target));
    if (rule->first_port > 1) {
        target.port = (uint16_t)(rule->first_port - 1);
        require(!is_denied(rule, &target));
    }
    /* The last bit of the prefix turned round is another network. */
    target.port = rule->last_port;
    if (rule->length == 0)
        return;
    unsigned last = rule->length - 1u;
    target.bytes[last / 8] ^= (uint8_t)(0x80u >> last % 8);
    require(!is_denied(rule, &target));
}

static void require_shown(const struct policy_rule *rule)
{
    struct text text;
    struct text why;
    struct policy_rule again;
    text_init(&text, 256);
    text_init(&why, 1024);
    policy_rule_append(&text, rule);
    require(policy_rule_parse(text_string(&text), text.length, &again, &why));
    require(is_equal(rule, &again));
    text_fini(&text);
    text_fini(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct policy_rule rule;
    struct text why;
    text_init(&why, 1024);
    if (policy_rule_parse((const char *)data, size, &rule, &why)) {
        require_meets(&rule);
        require_shown(&rule);
    } else {
        require(why.length > 0);
    }
    text_fini(&why);
    return 0;
}
