/* SIGINT and SIGTERM as something that a loop can ask about. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "net/net.h"

/* From now on the first SIGINT or SIGTERM is remembered and wakes `net`; a
 * second one of the same kind ends the process as usual. SIGPIPE is ignored: a closed pipe is
 * an error of write(2). */
void signals_watch(struct net *net);

/* The signal that came, or 0. */
int signals_pending(void);

/* As the process found them: before `net` goes, or an exec. */
void signals_restore(void);

#endif
