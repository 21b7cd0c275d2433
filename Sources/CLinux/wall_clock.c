#define _GNU_SOURCE
#include "clinux_wall_clock.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

int clinux_wall_timer(void) {
    int descriptor = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_wall_timer_arm(int descriptor, int64_t second) {
    struct itimerspec when = {.it_value = {.tv_sec = second}};
    int flags = second == 0 ? 0 : TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    return timerfd_settime(descriptor, flags, &when, NULL) < 0 ? -errno : 0;
}

int clinux_wall_timer_read(int descriptor) {
    uint64_t count = 0;
    if (read(descriptor, &count, sizeof count) == sizeof count) return 1;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}
