#define _GNU_SOURCE
#include "clinux_pidfd.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define CLINUX_P_PIDFD 3

int clinux_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int clinux_pidfd_open(pid_t pid) {
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    return pidfd < 0 ? -errno : pidfd;
}

static int reap(idtype_t type, id_t id, struct clinux_exit *result) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    memset(result, 0, sizeof *result);
    while (waitid(type, id, &info, WEXITED | WNOHANG) < 0) {
        if (errno != EINTR) return -errno;
    }
    if (info.si_pid == 0) return 0;
    result->pid = info.si_pid;
    result->status = info.si_status;
    result->signalled = info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED;
    result->dumped = info.si_code == CLD_DUMPED;
    return 0;
}

int clinux_reap_pidfd(int pidfd, struct clinux_exit *exit) {
    return reap((idtype_t)CLINUX_P_PIDFD, (id_t)pidfd, exit);
}

int clinux_reap_any(struct clinux_exit *exit) {
    return reap(P_ALL, 0, exit);
}

int clinux_reap_pid(pid_t pid, struct clinux_exit *exit) {
    return reap(P_PID, (id_t)pid, exit);
}
