/* SIGINT, SIGTERM and SIGUSR1 as something that a loop can ask about. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "net/net.h"

/* From now on the first SIGINT or SIGTERM is remembered and wakes `net`; one that comes two
 * seconds later ends the process as usual, and one that comes sooner is the same one. */
void signals_watch(struct net *net);

/* From now on a SIGUSR1 is remembered until it was asked about, and wakes the net that is watched
 * for the others, if there is one. To the end of the process. */
void signals_watch_report(void);
/* Whether a report is wanted; asked once for each. */
bool signals_take_report(void);

/* Whether one has come. */
bool signals_have_come(void);
/* What the program exits with when one has come; else EXIT_OK. */
int signals_exit_code(void);

/* As the process found them: before `net` goes, or an exec. */
void signals_restore(void);

/* From now on a closed pipe is an error of write(2), and so is a file grown too large. */
void signals_ignore_pipe(void);
/* As the process found them: for the program that takes the place of this one. */
void signals_restore_pipe(void);

#endif
