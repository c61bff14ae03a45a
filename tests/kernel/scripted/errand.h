/* Doing what a behaviour says, now or later. */
#ifndef SCRIPTED_ERRAND_H
#define SCRIPTED_ERRAND_H

#include "hosts.h"

/* Runs it, now if it is due as its segment arrives, else when it is. */
void errand_start(struct hosts *hosts, const struct errand *errand, const struct segment *segment);
void errand_run(struct hosts *hosts, const struct errand *errand, const struct segment *segment);

#endif
