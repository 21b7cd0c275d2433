#ifndef CLINUX_WALL_CLOCK_H
#define CLINUX_WALL_CLOCK_H
#include <stdint.h>

/// A timer of the clock on the wall (CLOCK_REALTIME), close-on-exec, non-blocking. Returns a descriptor or -errno.
int clinux_wall_timer(void);
/// Makes the descriptor readable at a second since the epoch, and at once when somebody sets the clock; 0 disarms it.
/// Returns 0 or -errno.
int clinux_wall_timer_arm(int descriptor, int64_t second);
/// What it woke for: 1 its time has come, 0 nothing, -ECANCELED the clock was set, or another -errno.
int clinux_wall_timer_read(int descriptor);
#endif
