/* Appointments before packets, and a look at them before every packet: what is answered
 * late then is late by one packet at most. epoll was rejected for three descriptors. */
#include "serving.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "monotonic.h"

#define PACKET_MAX    65536
#define BURST_MAX     256 /* packets between two looks at the other descriptors */
#define NS_PER_SECOND 1000000000

enum { POLL_WIRE, POLL_CONTROL, POLL_SIGNAL, POLL_COUNT };

/* Returns 1 when there may be more to read, 0 when there is nothing, or -errno. */
static int serve_burst(struct serving *serving)
{
    uint8_t packet[PACKET_MAX];
    for (unsigned i = 0; i < BURST_MAX; i++) {
        hosts_advance(serving->hosts, monotonic_ns());
        ssize_t length = read(serving->device->fd, packet, sizeof(packet));
        int error = length < 0 ? errno : 0;
        if (length > 0)
            hosts_receive(serving->hosts, packet, (size_t)length, monotonic_ns());
        else if (length == 0 || error == EAGAIN)
            return 0;
        else if (error != EINTR)
            return -error;
    }
    return 1;
}

/* What was sent before somebody asked is in the log when he is answered. */
static int flush(struct serving *serving)
{
    static const char answer[] = "flushed\n";
    int status;
    do
        status = serve_burst(serving);
    while (status > 0);
    if (status < 0)
        return status;
    event_log_flush(&serving->hosts->log);
    ssize_t written = write(serving->answer_fd, answer, sizeof(answer) - 1);
    return written == (ssize_t)sizeof(answer) - 1 ? 0 : -EPIPE;
}

/* Sets *is_over at the end of the control descriptor. */
static int obey(struct serving *serving, bool *is_over)
{
    char words[256];
    ssize_t length = read(serving->control_fd, words, sizeof(words));
    if (length < 0)
        return errno == EINTR ? 0 : -errno;
    *is_over = length == 0;
    for (ssize_t i = 0; i < length; i++) {
        int error = words[i] == '\n' ? flush(serving) : 0;
        if (error != 0)
            return error;
    }
    return 0;
}

/* NULL: for ever. */
static const struct timespec *timeout_until(int64_t due_ns, struct timespec *timeout)
{
    int64_t left_ns = due_ns - monotonic_ns();
    if (due_ns == INT64_MAX)
        return NULL;
    if (left_ns < 0)
        left_ns = 0;
    timeout->tv_sec = left_ns / NS_PER_SECOND;
    timeout->tv_nsec = left_ns % NS_PER_SECOND;
    return timeout;
}

/* Returns 0 or -errno. */
static int wait_for(struct pollfd *fds, int64_t due_ns)
{
    struct timespec timeout;
    for (unsigned i = 0; i < POLL_COUNT; i++)
        fds[i].revents = 0;
    if (ppoll(fds, POLL_COUNT, timeout_until(due_ns, &timeout), NULL) < 0 && errno != EINTR)
        return -errno;
    return 0;
}

int serving_run(struct serving *serving)
{
    struct pollfd fds[POLL_COUNT] = {
        [POLL_WIRE] = {.fd = serving->device->fd, .events = POLLIN},
        [POLL_CONTROL] = {.fd = serving->control_fd, .events = POLLIN},
        [POLL_SIGNAL] = {.fd = serving->signal_fd, .events = POLLIN},
    };
    bool is_over = false;
    while (!is_over) {
        int error = wait_for(fds, agenda_due_ns(&serving->hosts->agenda));
        if (error == 0)
            error = serve_burst(serving);
        if (error >= 0 && fds[POLL_CONTROL].revents != 0)
            error = obey(serving, &is_over);
        if (error < 0)
            return error;
        if (fds[POLL_SIGNAL].revents != 0)
            is_over = true;
    }
    int status = serve_burst(serving);
    return status < 0 ? status : 0;
}
