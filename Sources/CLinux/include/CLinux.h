#ifndef TAPEDECK_CLINUX_H
#define TAPEDECK_CLINUX_H

#include <stdbool.h>
#include <stdint.h>

/// Asks the kernel for 1 ns timer slack for the calling thread (prctl(2), PR_SET_TIMERSLACK).
void tapedeck_set_precise_timers(void);

/// An eventfd(2), non-blocking and close-on-exec, or -1.
int tapedeck_eventfd(void);
/// Adds one to an eventfd. Async-signal-safe.
void tapedeck_eventfd_signal(int fd);

/// What tapedeck_poll answers, added up.
enum { TAPEDECK_READABLE = 1, TAPEDECK_WRITABLE = 2, TAPEDECK_WOKEN = 4 };

/// Waits until `fd` can be read (if `reading`) or written (if `writing`), `wake` can be read, or `timeout` ns have passed;
/// a descriptor of -1 is left out. Answers TAPEDECK_… bits, 0 when time was up or a signal came.
int tapedeck_poll(int fd, bool reading, bool writing, int wake, int64_t timeout);

/// Installs handlers for SIGINT, SIGTERM and SIGHUP (without SA_RESTART) and ignores SIGPIPE. The first signal is
/// remembered and wakes `fd`; a third one ends the process at once with 128 + its number.
void tapedeck_install_stop_handlers(int fd);
/// The first stop signal received since the handlers were installed, or 0.
int tapedeck_stop_signal(void);

#endif
