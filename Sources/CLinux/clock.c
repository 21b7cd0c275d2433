#include "clinux_clock.h"

#include <errno.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int clinux_wall_timer(void) {
    int descriptor = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_wall_timer_arm(int descriptor, long long seconds) {
    // A second of 0 would disarm it.
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(seconds < 1 ? 1 : seconds)}};
    int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    return timerfd_settime(descriptor, flags, &when, NULL) < 0 ? -errno : 0;
}

int clinux_wall_timer_read(int descriptor) {
    uint64_t count = 0;
    if (read(descriptor, &count, sizeof count) == sizeof count) return 1;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}
