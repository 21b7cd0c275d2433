#define _GNU_SOURCE
#include "clinux_log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_pipe_grow(int descriptor, int bytes) {
    int size = fcntl(descriptor, F_SETPIPE_SZ, bytes);
    return size < 0 ? -errno : size;
}

long clinux_last_newline(const void *bytes, size_t count) {
    const char *found = memrchr(bytes, '\n', count);
    return found ? found - (const char *)bytes : -1;
}

long clinux_find(const void *bytes, size_t count, const void *text, size_t length) {
    const char *found = memmem(bytes, count, text, length);
    return found ? found - (const char *)bytes : -1;
}

void clinux_run_when_idle(void) {
    // Linux gives each thread its own: 0 is the calling one. I/O of the class "idle" (3), see ioprio_set(2).
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
    syscall(SYS_ioprio_set, 1, 0, 3 << 13);
    struct sched_param none = {0};
    sched_setscheduler(0, SCHED_BATCH, &none);
}
