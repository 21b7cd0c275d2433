#define _GNU_SOURCE
#include "clinux_signal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void fill(sigset_t *set, const int *signals, int count) {
    sigemptyset(set);
    for (int index = 0; index < count; index++) sigaddset(set, signals[index]);
}

int clinux_signalfd(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error) return -error;
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_signalfd_read(int descriptor, int *sender) {
    struct signalfd_siginfo info;
    for (;;) {
        ssize_t size = read(descriptor, &info, sizeof info);
        if (size == (ssize_t)sizeof info) {
            *sender = (int)info.ssi_pid;
            return (int)info.ssi_signo;
        }
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno != EAGAIN) return -errno;
        return 0;
    }
}

int clinux_block_all_signals(void) {
    sigset_t all;
    sigfillset(&all);
    return -pthread_sigmask(SIG_SETMASK, &all, NULL);
}

int clinux_ignore_signal(int signal) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    return sigaction(signal, &action, NULL) < 0 ? -errno : 0;
}

int clinux_unblock_signals(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    return -pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
