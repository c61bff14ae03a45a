/* Where checks come from. The engine pulls. */
#ifndef ENGINE_SOURCE_H
#define ENGINE_SOURCE_H

#include "core/check.h"

enum source_state {
    SOURCE_CHECK, /* here is one */
    SOURCE_WAIT,  /* none now; the net is woken when there are more */
    SOURCE_END,   /* no more, ever */
};

struct check_source {
    /* The next check, completed (check_complete()), which stays as it is until
     * it is released. Called from the engine's thread. */
    enum source_state (*next)(struct check_source *source, const struct check **check);
    /* The check's result has been freed. May be called from any thread. */
    void (*release)(struct check_source *source, const struct check *check);
};

#endif
