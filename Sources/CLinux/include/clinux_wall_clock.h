#ifndef CLINUX_WALL_CLOCK_H
#define CLINUX_WALL_CLOCK_H
#include <stdint.h>

/// A timer of the clock on the wall (CLOCK_REALTIME), close-on-exec, non-blocking. Returns a descriptor or -errno.
int clinux_wall_timer(void);
/// Makes the descriptor readable at a second since the epoch, and at once when somebody sets the clock; 0 disarms it.
/// Returns 0 or -errno.
int clinux_wall_timer_arm(int descriptor, int64_t second);
/// Takes what has made it readable: its time or a clock that was set. Returns 0.
int clinux_wall_timer_clear(int descriptor);
#endif
