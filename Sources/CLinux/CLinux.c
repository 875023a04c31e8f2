#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

void tapedeck_set_precise_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

int tapedeck_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void tapedeck_eventfd_signal(int fd) {
    const uint64_t one = 1;
    int saved = errno;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
    errno = saved;
}

int tapedeck_poll(int fd, bool reading, bool writing, int wake, int64_t timeout) {
    struct pollfd descriptors[2] = {
        {.fd = fd, .events = (short)((reading ? POLLIN : 0) | (writing ? POLLOUT : 0))},
        {.fd = wake, .events = POLLIN},
    };
    if (timeout < 0) { timeout = 0; }
    struct timespec time = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    if (ppoll(descriptors, 2, &time, 0) <= 0) { return 0; }
    return ((descriptors[0].revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) != 0 ? TAPEDECK_READABLE : 0)
        | ((descriptors[0].revents & POLLOUT) != 0 ? TAPEDECK_WRITABLE : 0)
        | (descriptors[1].revents != 0 ? TAPEDECK_WOKEN : 0);
}

static volatile sig_atomic_t first_signal = 0;
static volatile sig_atomic_t signal_count = 0;
static volatile sig_atomic_t wake_fd = -1;

static void on_stop_signal(int number) {
    if (first_signal == 0) { first_signal = number; }
    signal_count = signal_count + 1;
    if (signal_count >= 3) { _exit(128 + number); }
    if (wake_fd >= 0) { tapedeck_eventfd_signal((int)wake_fd); }
}

void tapedeck_install_stop_handlers(int fd) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    wake_fd = fd;
    action.sa_handler = on_stop_signal;
    sigaction(SIGINT, &action, 0);
    sigaction(SIGTERM, &action, 0);
    sigaction(SIGHUP, &action, 0);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, 0);
}

int tapedeck_stop_signal(void) { return (int)first_signal; }
