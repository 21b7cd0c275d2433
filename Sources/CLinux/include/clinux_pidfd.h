#ifndef CLINUX_PIDFD_H
#define CLINUX_PIDFD_H
#include <sys/types.h>

/// How a child ended.
struct clinux_exit {
    pid_t pid;      ///< 0: nothing has ended
    int signalled;  ///< 1: `status` is a signal's number; 0: an exit code
    int dumped;     ///< a core was written
    int status;
};

/// Sends a signal to the process behind a pidfd, which cannot have been reused. Returns 0 or -errno.
int clinux_pidfd_signal(int pidfd, int signal);
/// Opens a pidfd of a running process, close-on-exec.
int clinux_pidfd_open(pid_t pid);
/// Reaps the child behind a pidfd if it has ended. Returns 0 (see `pid`) or -errno; -ECHILD: reaped by somebody else.
int clinux_reap_pidfd(int pidfd, struct clinux_exit *exit);
/// Reaps any child that has ended, orphans that came to us included. Returns 0 (see `pid`) or -errno.
int clinux_reap_any(struct clinux_exit *exit);
/// Reaps one child by its pid, if it has ended.
int clinux_reap_pid(pid_t pid, struct clinux_exit *exit);
#endif
