/* How a connection can end in a virtual network, and the class that it must then be given. */
#ifndef ENDING_H
#define ENDING_H

#include <stdint.h>

#include "core/address.h"
#include "tcpcheck.h"
#include "virtual_script.h"

/* At a random moment between answer.after_ns and within_ns later. */
struct ending {
    enum family family; /* FAMILY_ANY: of either */
    struct virtual_answer answer;
    int64_t within_ns;
    enum tcpcheck_outcome outcome;
    uint32_t also; /* 1 << enum tcpcheck_outcome: with a source port of its own, or held */
};

/* One for an address of this family; a host that is well comes up most often. */
const struct ending *ending_draw(uint64_t *random, enum family family);

#endif
