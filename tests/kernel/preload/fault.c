/* Fails one call of one function once, so that a test can walk through all of them.
 *
 * FAULT_CALL names the function, FAULT_NTH says which of its calls fails (from 1; 0: none, they
 * are only counted), FAULT_ERRNO with which errno. FAULT_LOG is a file of one 64-bit number into
 * which the calls are counted while they happen, so that the count outlives a crash.
 * FAULT_WITHOUT_PWAIT2, set to anything, makes the kernel one before 5.11.
 *
 * Of the allocations only those that the program itself, c-ares and libyaml ask for are counted.
 * Those inside the C library and jansson are not: what they do without memory is not ours to
 * mend, and jansson 2.14 then writes where it must not.
 *
 * seccomp and ptrace fail system calls only, which leaves out memory and threads. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define CALLERS_MAX 8

/* Where the code lies of one that allocates. */
struct caller {
    uintptr_t start;
    uintptr_t end;
};

static const char *fault_call = "";
static uint64_t fault_nth;
static int fault_errno;
static bool is_without_pwait2;
static _Atomic uint64_t unlogged_count;
static _Atomic uint64_t *count = &unlogged_count;
static struct caller callers[CALLERS_MAX];
static size_t caller_count;

static uint64_t number_in(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoull(text, NULL, 10);
}

static bool is_caller(const char *path)
{
    /* The program's own path is empty. */
    return path[0] == '\0' || strstr(path, "/libcares") != NULL || strstr(path, "/libyaml") != NULL;
}

static int note_caller(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    for (int i = 0; is_caller(info->dlpi_name) && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || (header->p_flags & PF_X) == 0 ||
            caller_count == CALLERS_MAX)
            continue;
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        callers[caller_count++] = (struct caller){start, start + header->p_memsz};
    }
    return 0;
}

__attribute__((constructor)) static void read_plan(void)
{
    const char *call = getenv("FAULT_CALL");
    const char *log = getenv("FAULT_LOG");
    fault_nth = number_in("FAULT_NTH");
    fault_errno = (int)number_in("FAULT_ERRNO");
    is_without_pwait2 = getenv("FAULT_WITHOUT_PWAIT2") != NULL;
    dl_iterate_phdr(note_caller, NULL);
    int fd = log == NULL ? -1 : (open)(log, O_RDWR | O_CLOEXEC);
    if (fd < 0 || call == NULL)
        return;
    void *shared = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (close)(fd);
    if (shared != MAP_FAILED)
        count = shared;
    fault_call = call;
}

/* Counts a call of the function. True: it is the one that is to fail; errno says how. */
static bool is_to_fail(const char *call)
{
    if (strcmp(call, fault_call) != 0 || atomic_fetch_add(count, 1) + 1 != fault_nth)
        return false;
    errno = fault_errno;
    return true;
}

static bool is_to_fail_for(const char *call, const void *return_address)
{
    uintptr_t address = (uintptr_t)return_address;
    for (size_t i = 0; i < caller_count; i++)
        if (address >= callers[i].start && address < callers[i].end)
            return is_to_fail(call);
    return false;
}

/* Parameters have names here; those of the C library's headers are nobody's business. Lists of
 * parameters and types cannot stand in parentheses. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses) */

/* A function that fails by returning `failure`. */
#define WRAP(type, name, parameters, arguments, failure)        \
    type name parameters                                        \
    {                                                           \
        static type(*real) parameters;                          \
        if (is_to_fail(#name))                                  \
            return failure;                                     \
        if (real == NULL)                                       \
            real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        return real arguments;                                  \
    }

/* The same for those who allocate. */
#define WRAP_MEMORY(type, name, parameters, arguments, failure) \
    type name parameters                                        \
    {                                                           \
        static type(*real) parameters;                          \
        if (is_to_fail_for(#name, __builtin_return_address(0))) \
            return failure;                                     \
        if (real == NULL)                                       \
            real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        return real arguments;                                  \
    }

WRAP_MEMORY(void *, malloc, (size_t size), (size), NULL)
WRAP_MEMORY(void *, calloc, (size_t number, size_t size), (number, size), NULL)
WRAP_MEMORY(void *, realloc, (void *memory, size_t size), (memory, size), NULL)
WRAP_MEMORY(void *, reallocarray, (void *memory, size_t number, size_t size),
            (memory, number, size), NULL)
WRAP_MEMORY(char *, strdup, (const char *text), (text), NULL)
WRAP_MEMORY(char *, realpath, (const char *path, char *resolved), (path, resolved), NULL)
WRAP_MEMORY(void *, tsearch, (const void *key, void **root, __compar_fn_t compare),
            (key, root, compare), NULL)

WRAP(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
WRAP(int, bind, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length),
     -1)
WRAP(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t length),
     (fd, level, name, value, length), -1)
WRAP(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *length),
     (fd, level, name, value, length), -1)
WRAP(int, getsockname, (int fd, struct sockaddr *address, socklen_t *length), (fd, address, length),
     -1)
WRAP(int, shutdown, (int fd, int how), (fd, how), -1)
WRAP(ssize_t, recv, (int fd, void *bytes, size_t size, int flags), (fd, bytes, size, flags), -1)
WRAP(ssize_t, recvfrom,
     (int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length),
     (fd, bytes, size, flags, from, length), -1)
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags), -1)
WRAP(ssize_t, send, (int fd, const void *bytes, size_t size, int flags), (fd, bytes, size, flags),
     -1)
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), -1)

WRAP(int, epoll_create1, (int flags), (flags), -1)
WRAP(int, epoll_ctl, (int fd, int operation, int other, struct epoll_event *event),
     (fd, operation, other, event), -1)
WRAP(int, epoll_wait, (int fd, struct epoll_event *events, int size, int timeout),
     (fd, events, size, timeout), -1)
WRAP(int, poll, (struct pollfd * fds, nfds_t number, int timeout), (fds, number, timeout), -1)
WRAP(int, ppoll,
     (struct pollfd * fds, nfds_t number, const struct timespec *timeout, const sigset_t *mask),
     (fds, number, timeout, mask), -1)
WRAP(int, eventfd, (unsigned int value, int flags), (value, flags), -1)
WRAP(int, eventfd_write, (int fd, eventfd_t value), (fd, value), -1)

WRAP(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size), -1)
WRAP(int, fstat64, (int fd, struct stat64 *status), (fd, status), -1)
WRAP(int, stat64, (const char *path, struct stat64 *status), (path, status), -1)
WRAP(int, fsync, (int fd), (fd), -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
WRAP(int, rename, (const char *from, const char *to), (from, to), -1)
WRAP(int, mkostemp64, (char *name, int flags), (name, flags), -1)
WRAP(int, gethostname, (char *name, size_t size), (name, size), -1)
WRAP(int, getrlimit64, (__rlimit_resource_t resource, struct rlimit64 *limit), (resource, limit),
     -1)
WRAP(int, setrlimit64, (__rlimit_resource_t resource, const struct rlimit64 *limit),
     (resource, limit), -1)

/* These return the error. */
WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *data),
     (thread, attributes, start, data), fault_errno)
WRAP(int, pthread_attr_init, (pthread_attr_t * attributes), (attributes), fault_errno)
WRAP(int, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes),
     (mutex, attributes), fault_errno)
WRAP(int, pthread_cond_init, (pthread_cond_t * condition, const pthread_condattr_t *attributes),
     (condition, attributes), fault_errno)
WRAP(int, getaddrinfo,
     (const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found),
     (node, service, hints, found), EAI_MEMORY)

/* An eventfd has nothing that could fail but a full counter. */
static bool is_eventfd(int fd)
{
    struct stat64 status;
    return fstat64(fd, &status) == 0 && (status.st_mode & S_IFMT) == 0;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!is_eventfd(fd) && is_to_fail("write"))
        return -1;
    if (real == NULL)
        real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return real(fd, bytes, size);
}

/* Interrupted, it goes on all the same. */
int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    bool fails = is_to_fail("connect");
    if (fails && fault_errno != EINTR)
        return -1;
    if (real == NULL)
        real = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    int status = real(fd, address, length);
    if (!fails || (status < 0 && errno != EINPROGRESS))
        return status;
    errno = EINTR;
    return -1;
}

int epoll_pwait2(int fd, struct epoll_event *events, int size, const struct timespec *timeout,
                 const sigset_t *mask)
{
    static int (*real)(int, struct epoll_event *, int, const struct timespec *, const sigset_t *);
    if (is_to_fail("epoll_pwait2"))
        return -1;
    if (is_without_pwait2) {
        errno = ENOSYS;
        return -1;
    }
    if (real == NULL)
        real = (int (*)(int, struct epoll_event *, int, const struct timespec *,
                        const sigset_t *))dlsym(RTLD_NEXT, "epoll_pwait2");
    return real(fd, events, size, timeout, mask);
}

int open64(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list arguments;
    if (is_to_fail("open64"))
        return -1;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (real == NULL)
        real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    return real(path, flags, mode);
}

int asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    if (is_to_fail_for("asprintf", __builtin_return_address(0)))
        return -1;
    va_start(arguments, format);
    int length = vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses) */
