#ifndef CLINUX_SIGNAL_H
#define CLINUX_SIGNAL_H

/// Blocks the signals in the calling thread and returns a descriptor that reports them (close-on-exec, non-blocking).
/// Threads started afterwards inherit the mask.
int clinux_signalfd(const int *signals, int count);
/// Takes one signal. Returns its number, 0 when none is waiting, or -errno. `sender` is the pid it came from.
int clinux_signalfd_read(int descriptor, int *sender);
/// Blocks every signal in the calling thread: for helper threads, so that only the loop's thread sees them.
int clinux_block_all_signals(void);
/// Ignores a signal for the whole process.
int clinux_ignore_signal(int signal);
/// Undoes clinux_signalfd's blocking in the calling thread.
int clinux_unblock_signals(const int *signals, int count);
#endif
