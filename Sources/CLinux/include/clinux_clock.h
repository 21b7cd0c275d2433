#ifndef CLINUX_CLOCK_H
#define CLINUX_CLOCK_H

/// A timer of the wall clock: a descriptor, readable when its time has come and when somebody sets the clock.
/// - Returns the descriptor (close-on-exec, non-blocking), or -errno.
int clinux_wall_timer(void);

/// Arms it for a second since the epoch. Returns 0 or -errno.
int clinux_wall_timer_arm(int descriptor, long long seconds);

/// What it woke for: 1 its time has come, 0 nothing, -ECANCELED the clock was set, or another -errno.
int clinux_wall_timer_read(int descriptor);
#endif
