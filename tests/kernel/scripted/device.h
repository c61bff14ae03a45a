/* The TUN device: the wire between the kernel and the scripted hosts. */
#ifndef SCRIPTED_DEVICE_H
#define SCRIPTED_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "ip_address.h"

#define DEVICE_PREFIXES_MAX 256
#define DEVICE_NAME_MAX     15

struct device_prefixes {
    struct ip_prefix items[DEVICE_PREFIXES_MAX];
    size_t count;
};

struct device_options {
    const char *name;                 /* at most DEVICE_NAME_MAX */
    uint32_t queue;                   /* packets that may wait to be read */
    struct device_prefixes addresses; /* of our end */
    struct device_prefixes routes;    /* what lies behind it */
};

struct device {
    int fd; /* not blocking; one packet a read() or write() */
    int netlink_fd;
    int interface;
};

/* Makes the device in this network namespace and brings it up. Returns 0, or -errno with *what
 * naming the step that failed, and then there is nothing to close. */
int device_open(struct device *device, const struct device_options *options, const char **what)
    __attribute__((warn_unused_result));
/* The device is gone with it. */
void device_close(struct device *device);

/* Packets that found the queue full. Returns 0 or -errno. */
int device_get_drops(const struct device *device, uint64_t *drops)
    __attribute__((warn_unused_result));

#endif
