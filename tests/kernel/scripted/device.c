/* The queue's length is set before the device comes up: its queueing discipline and the
 * ring behind it take their sizes from it then. The default of 500 drops bursts. */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rtnetlink.h"

static struct ifreq request_for(const char *name)
{
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, DEVICE_NAME_MAX);
    return request;
}

static int create(struct device *device, const struct device_options *options, const char **what)
{
    struct ifreq request = request_for(options->name);
    *what = "open /dev/net/tun";
    device->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device->fd < 0)
        return -errno;
    *what = "create the device";
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(device->fd, TUNSETIFF, &request) != 0)
        return -errno;
    device->interface = (int)if_nametoindex(options->name);
    return device->interface == 0 ? -errno : 0;
}

static int bring_up(const struct device_options *options, const char **what)
{
    struct ifreq request = request_for(options->name);
    int error = 0;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    *what = "bring the device up";
    request.ifr_qlen = (int)options->queue;
    if (fd < 0 || ioctl(fd, SIOCSIFTXQLEN, &request) != 0)
        error = -errno;
    request = request_for(options->name);
    request.ifr_flags = IFF_UP;
    if (error == 0 && ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        error = -errno;
    if (fd >= 0)
        close(fd);
    return error;
}

static int configure(struct device *device, const struct device_options *options, const char **what)
{
    int error = 0;
    *what = "add an address";
    for (size_t i = 0; i < options->addresses.count && error == 0; i++)
        error = rtnetlink_add_address(device->netlink_fd, device->interface,
                                      &options->addresses.items[i]);
    if (error != 0)
        return error;
    *what = "add a route";
    for (size_t i = 0; i < options->routes.count && error == 0; i++)
        error =
            rtnetlink_add_route(device->netlink_fd, device->interface, &options->routes.items[i]);
    return error;
}

int device_open(struct device *device, const struct device_options *options, const char **what)
{
    *device = (struct device){.fd = -1, .netlink_fd = -1};
    int error = create(device, options, what);
    if (error == 0)
        error = bring_up(options, what);
    if (error == 0) {
        *what = "open rtnetlink";
        device->netlink_fd = rtnetlink_open();
        error = device->netlink_fd < 0 ? device->netlink_fd : configure(device, options, what);
    }
    if (error != 0)
        device_close(device);
    return error;
}

void device_close(struct device *device)
{
    if (device->netlink_fd >= 0)
        close(device->netlink_fd);
    if (device->fd >= 0)
        close(device->fd);
    *device = (struct device){.fd = -1, .netlink_fd = -1};
}

int device_get_drops(const struct device *device, uint64_t *drops)
{
    return rtnetlink_get_drops(device->netlink_fd, device->interface, drops);
}
