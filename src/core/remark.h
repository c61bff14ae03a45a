/* What a result may say beside its class: its notes, and the errors that are no outcome's own. */
#ifndef CORE_REMARK_H
#define CORE_REMARK_H

#include "core/result.h"

/* The network did as it should, or nearly, and yet the check failed. */
enum unmet { UNMET_TOO_SLOW, UNMET_TOO_FEW, UNMET_OPENED, UNMET_COUNT };

struct remark {
    const char *name;    /* "zero_window", "Too slow" */
    const char *meaning; /* a sentence or two: what was seen */
    const char *advice;  /* the same: what to do */
};

/* Never NULL for a value of the enum below its COUNT. */
const struct remark *remark_of_note(enum note note);
const struct remark *remark_of_unmet(enum unmet unmet);

#endif
