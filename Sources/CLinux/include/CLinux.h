#ifndef TAPEDECK_CLINUX_H
#define TAPEDECK_CLINUX_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/// Asks the kernel for 1 ns timer slack for the calling thread (prctl(2), PR_SET_TIMERSLACK).
void tapedeck_set_precise_timers(void);

/// An eventfd(2), non-blocking and close-on-exec, or -1.
int tapedeck_eventfd(void);
/// Adds one to an eventfd. Async-signal-safe.
void tapedeck_eventfd_signal(int fd);
/// Makes an eventfd unreadable until it is signalled again.
void tapedeck_eventfd_clear(int fd);

/// What tapedeck_poll answers, added up.
enum { TAPEDECK_READABLE = 1, TAPEDECK_WRITABLE = 2, TAPEDECK_WOKEN = 4 };

/// Waits until `fd` can be read (if `reading`) or written (if `writing`), `wake` can be read, or `timeout` ns have passed;
/// a descriptor of -1 is left out. Answers TAPEDECK_… bits, 0 when time was up or a signal came.
int tapedeck_poll(int fd, bool reading, bool writing, int wake, int64_t timeout);

/// Waits until one of `count` descriptors has an event that it is watched for (poll(2); those of -1 are left out), or
/// `timeout` ns have passed. False when time was up or a signal came; `revents` says nothing then.
bool tapedeck_poll_many(struct pollfd *descriptors, int count, int64_t timeout);

/// Closes a descriptor, unless it is -1.
void tapedeck_close(int fd);

/// Lets a TCP socket gather what is written into full segments until it is uncorked (tcp(7), TCP_CORK).
void tapedeck_cork(int fd, bool corked);

/// An epoll(7) instance, or -1. It can itself be waited for with tapedeck_poll.
int tapedeck_epoll(void);
/// Watches `fd` under the name `token`, or, with neither direction, watches it no more.
void tapedeck_epoll_set(int epoll, int fd, uint64_t token, bool reading, bool writing);
/// Takes what is ready without waiting: tokens and TAPEDECK_… bits, 64 at most. Answers how many, -1 for none.
int tapedeck_epoll_take(int epoll, uint64_t *tokens, int *bits, int capacity);

/// Raises the process's limit of open descriptors towards `wanted` as far as the system allows; answers what it is.
int64_t tapedeck_raise_descriptor_limit(int64_t wanted);

/// Lets standard input give single keys without showing them, where it is a terminal and ours to read; answers whether
/// it does. Ctrl-C and Ctrl-Z work as ever. The terminal is put back by tapedeck_keys_end, at exit, while the process
/// is stopped, and when a third stop signal ends it.
bool tapedeck_keys_begin(void);
/// Puts the terminal back. Async-signal-safe.
void tapedeck_keys_end(void);
/// Reads what was typed, waiting a fifth of a second at most: how many bytes, 0 for none, -1 when there is no more.
int tapedeck_keys_read(unsigned char *bytes, int capacity);

/// Asks a question on the terminal and reads the answer, a line of at most `capacity` bytes, without showing it. Answers its
/// length without the end of line, -1 where there is no terminal. Ctrl-C ends the process as ever.
int tapedeck_ask_secretly(const char *question, unsigned char *bytes, int capacity);

/// Installs handlers for SIGINT, SIGTERM and SIGHUP (without SA_RESTART) and ignores SIGPIPE. The first signal is
/// remembered and wakes `fd`; a third one ends the process at once with 128 + its number.
void tapedeck_install_stop_handlers(int fd);
/// The first stop signal received since the handlers were installed, or 0.
int tapedeck_stop_signal(void);

/// Has the C library's allocator keep little of what is freed: two arenas, large blocks in pages of their own (mallopt(3)).
void tapedeck_bound_allocator(void);

/// Gives freed memory back to the system (malloc_trim(3)).
void tapedeck_trim_allocator(void);

#endif
