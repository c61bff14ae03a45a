/* The loop: packets, appointments, and who started us. */
#ifndef SCRIPTED_SERVING_H
#define SCRIPTED_SERVING_H

#include "device.h"
#include "hosts.h"

struct serving {
    struct device *device;
    struct hosts *hosts;
    int control_fd; /* a line asks for the log to be flushed; its end is ours */
    int answer_fd;  /* where "flushed" is said */
    int signal_fd;
};

/* Until control_fd or a signal ends it. Returns 0 or -errno. */
int serving_run(struct serving *serving) __attribute__((warn_unused_result));

#endif
