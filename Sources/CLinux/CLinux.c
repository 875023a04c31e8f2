#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <malloc.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
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

bool tapedeck_poll_many(struct pollfd *descriptors, int count, int64_t timeout) {
    if (timeout < 0) { timeout = 0; }
    struct timespec time = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    return ppoll(descriptors, (nfds_t)count, &time, 0) > 0;
}

void tapedeck_eventfd_clear(int fd) {
    uint64_t count;
    int saved = errno;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
    errno = saved;
}

void tapedeck_close(int fd) {
    if (fd >= 0) { close(fd); }
}

void tapedeck_cork(int fd, bool corked) {
    int value = corked ? 1 : 0;
    int saved = errno;
    setsockopt(fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
    errno = saved;
}

int tapedeck_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

void tapedeck_epoll_set(int epoll, int fd, uint64_t token, bool reading, bool writing) {
    struct epoll_event event = {
        .events = (reading ? (uint32_t)EPOLLIN : 0) | (writing ? (uint32_t)EPOLLOUT : 0), .data = {.u64 = token}};
    if (!reading && !writing) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0);
    } else if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) != 0) {
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

int tapedeck_epoll_take(int epoll, uint64_t *tokens, int *bits, int capacity) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, 0);
    for (int i = 0; i < count; i++) {
        tokens[i] = events[i].data.u64;
        bits[i] = ((events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 ? TAPEDECK_READABLE : 0)
            | ((events[i].events & EPOLLOUT) != 0 ? TAPEDECK_WRITABLE : 0);
    }
    return count;
}

int64_t tapedeck_raise_descriptor_limit(int64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) { return wanted; }
    if (limit.rlim_cur < (rlim_t)wanted) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) { limit.rlim_cur = before; }
    }
    return limit.rlim_cur > (rlim_t)INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}

static struct termios cooked, keyed;
static volatile sig_atomic_t is_keyed = 0;

static void set_terminal(const struct termios *mode) {
    int saved = errno;
    tcsetattr(STDIN_FILENO, TCSANOW, mode);
    errno = saved;
}

static void on_terminal_stop(int number) {
    if (is_keyed) { set_terminal(&cooked); }
    signal(number, SIG_DFL);
    raise(number);
}

static void on_terminal_continue(int number) {
    (void)number;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_terminal_stop;
    action.sa_flags = SA_RESTART;
    sigaction(SIGTSTP, &action, 0);
    if (is_keyed && tcgetpgrp(STDIN_FILENO) == getpgrp()) { set_terminal(&keyed); }
}

bool tapedeck_keys_begin(void) {
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp()) { return false; }
    if (tcgetattr(STDIN_FILENO, &cooked) != 0) { return false; }
    keyed = cooked;
    keyed.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keyed.c_cc[VMIN] = 1;
    keyed.c_cc[VTIME] = 0;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_terminal_continue;
    action.sa_flags = SA_RESTART;
    sigaction(SIGCONT, &action, 0);
    action.sa_handler = on_terminal_stop;
    sigaction(SIGTSTP, &action, 0);
    static bool is_registered = false;
    if (!is_registered) { atexit(tapedeck_keys_end); }
    is_registered = true;
    is_keyed = 1;
    set_terminal(&keyed);
    return true;
}

void tapedeck_keys_end(void) {
    if (!is_keyed) { return; }
    is_keyed = 0;
    if (tcgetpgrp(STDIN_FILENO) == getpgrp()) { set_terminal(&cooked); }
}

int tapedeck_keys_read(unsigned char *bytes, int capacity) {
    if (!is_keyed) { return -1; }
    // In the background a read would stop the whole process (SIGTTIN).
    if (tcgetpgrp(STDIN_FILENO) != getpgrp()) {
        poll(0, 0, 200);
        return 0;
    }
    struct pollfd descriptor = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&descriptor, 1, 200) <= 0) { return 0; }
    if (tcgetpgrp(STDIN_FILENO) != getpgrp()) { return 0; }
    ssize_t count = read(STDIN_FILENO, bytes, (size_t)capacity);
    return count > 0 ? (int)count : count < 0 && errno == EINTR ? 0 : -1;
}

int tapedeck_ask_secretly(const char *question, unsigned char *bytes, int capacity) {
    struct termios before, silent;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0) { return -1; }
    if (tcgetattr(fd, &before) != 0) {
        close(fd);
        return -1;
    }
    silent = before;
    // Ctrl-C ends the line instead of the process, which would leave the terminal without echo.
    silent.c_lflag = (silent.c_lflag | ICANON) & ~(tcflag_t)(ECHO | ISIG);
    silent.c_cc[VEOL] = 3;
    tcsetattr(fd, TCSAFLUSH, &silent);
    ssize_t written = write(fd, question, strlen(question));
    (void)written;
    ssize_t count;
    do { count = read(fd, bytes, (size_t)capacity); } while (count < 0 && errno == EINTR);
    tcsetattr(fd, TCSAFLUSH, &before);
    written = write(fd, "\n", 1);
    close(fd);
    bool interrupted = count > 0 && bytes[count - 1] == 3;
    while (count > 0 && (bytes[count - 1] == '\n' || bytes[count - 1] == '\r' || bytes[count - 1] == 3)) { count--; }
    if (interrupted) { raise(SIGINT); }
    return count < 0 ? 0 : (int)count;
}

static volatile sig_atomic_t first_signal = 0;
static volatile sig_atomic_t signal_count = 0;
static volatile sig_atomic_t wake_fd = -1;

static void on_stop_signal(int number) {
    if (first_signal == 0) { first_signal = number; }
    signal_count = signal_count + 1;
    if (signal_count >= 3) {
        tapedeck_keys_end();
        _exit(128 + number);
    }
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

void tapedeck_bound_allocator(void) {
    // One arena for each of the two threads that matter.
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

void tapedeck_trim_allocator(void) { malloc_trim(0); }
