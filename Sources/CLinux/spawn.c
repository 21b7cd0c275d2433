#define _GNU_SOURCE
#include "clinux_spawn.h"

#include "clinux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

// The child shares the parent's memory until it has called exec (as in vfork and glibc's posix_spawn), which is faster
// than copying page tables and makes reporting an error a plain store: no pipe that could fail with EMFILE. The calling
// thread is suspended meanwhile. The old clone call takes CLONE_PIDFD too, so a seccomp filter that refuses clone3 does
// not matter; only a child with a control group of its own is made by clone3 where that is allowed. In the child: system
// calls only. glibc's setuid, setgid and setgroups would signal the parent's threads, so those three are called directly.

struct job {
    const struct clinux_spawn_request *request;
    pid_t parent;
    int in_group; ///< whether the child is born in its control group
    int begun;    ///< whether the child has run at all
    int step;
    int error;
};

static int fail(struct job *job, int step) {
    job->step = step;
    job->error = errno ? errno : EINVAL;
    _exit(127);
}

static void reset_signals(void) {
    // The kernel's own struct, all zero: SIG_DFL. glibc's sigaction refuses the two signals it keeps for itself.
    const unsigned long standard[8] = {0};
    for (int number = 1; number < NSIG; number++) syscall(SYS_rt_sigaction, number, standard, NULL, 8);
}

static void write_number(char *text, pid_t value) {
    char digits[12];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0 && count < 11);
    for (int index = 0; index < count; index++) text[index] = digits[count - 1 - index];
    text[count] = 0;
}

static void close_from(unsigned int first) {
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
    struct rlimit limit;
    unsigned int last = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < last) last = (unsigned int)limit.rlim_cur;
    for (unsigned int number = first; number < last; number++) close((int)number);
}

/// Puts the inherited descriptors in place: first all out of the way, then each to its number, so that no order of
/// sources can overwrite one that is still needed.
static int place_descriptors(const struct clinux_spawn_request *request) {
    int sources[CLINUX_SPAWN_DESCRIPTORS + CLINUX_SPAWN_PLACED + 3];
    int targets[CLINUX_SPAWN_DESCRIPTORS + CLINUX_SPAWN_PLACED + 3];
    int count = 0;
    int first_free = 3 + request->descriptor_count;
    for (int index = 0; index < request->placed_count; index++) {
        int number = request->placed[2 * index + 1];
        if (number >= first_free) first_free = number + 1;
    }
    const int standard[3] = {request->standard_input, request->standard_output, request->standard_error};
    for (int index = 0; index < 3; index++) {
        if (standard[index] < 0) continue;
        sources[count] = standard[index];
        targets[count++] = index;
    }
    for (int index = 0; index < request->descriptor_count; index++) {
        sources[count] = request->descriptors[index];
        targets[count++] = 3 + index;
    }
    for (int index = 0; index < request->placed_count; index++) {
        sources[count] = request->placed[2 * index];
        targets[count++] = request->placed[2 * index + 1];
    }
    for (int index = 0; index < count; index++) {
        sources[index] = fcntl(sources[index], F_DUPFD_CLOEXEC, first_free);
        if (sources[index] < 0) return -1;
    }
    // Whatever stands between them is none of the child's business.
    for (int number = 3; number < first_free; number++) close(number);
    for (int index = 0; index < count; index++) {
        if (dup2(sources[index], targets[index]) < 0) return -1;
        // An inherited listener is used by whoever accepts first: blocking mode is the receiver's own choice.
    }
    close_from((unsigned int)first_free);
    return 0;
}

static int set_limits(const struct clinux_spawn_request *request) {
    if (clinux_restore_descriptor_limit() < 0) return -1;
    for (size_t index = 0; index < request->limit_count; index++) {
        const struct clinux_limit *limit = &request->limits[index];
        struct rlimit value = {(rlim_t)limit->soft, (rlim_t)limit->hard};
        if (setrlimit((__rlimit_resource_t)limit->resource, &value) < 0) return -1;
    }
    return 0;
}

/// Moves the calling process, whose writer "0" is. The kernel waits for an RCU grace period here: some 6 ms.
static int enter_group(int group) {
    int list = openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (list < 0) return -1;
    int entered = write(list, "0", 1) < 0 ? -1 : 0;
    int error = errno;
    close(list);
    errno = error;
    return entered;
}

static int child(void *argument) {
    struct job *job = argument;
    const struct clinux_spawn_request *request = job->request;
    job->begun = 1;
    reset_signals();
    if (request->new_session && setsid() < 0) fail(job, CLINUX_STEP_SESSION);
    if (request->control_group >= 0 && !job->in_group && enter_group(request->control_group) < 0)
        fail(job, CLINUX_STEP_CONTROL_GROUP);
    if (place_descriptors(request) < 0) fail(job, CLINUX_STEP_DESCRIPTORS);
    if (set_limits(request) < 0) fail(job, CLINUX_STEP_LIMITS);
    if (request->has_nice && setpriority(PRIO_PROCESS, 0, request->nice) < 0) fail(job, CLINUX_STEP_NICE);
    if (request->has_identity) {
        if (syscall(SYS_setgroups, request->group_count, request->groups) < 0) fail(job, CLINUX_STEP_GROUPS);
        if (syscall(SYS_setresgid, request->gid, request->gid, request->gid) < 0) fail(job, CLINUX_STEP_GROUP);
        if (syscall(SYS_setresuid, request->uid, request->uid, request->uid) < 0) fail(job, CLINUX_STEP_USER);
    }
    // After the change of identity, which clears it. A parent that is gone already sends nothing any more.
    if (request->parent_death_signal) {
        if (prctl(PR_SET_PDEATHSIG, request->parent_death_signal) < 0) fail(job, CLINUX_STEP_PARENT_DEATH);
        if (syscall(SYS_getppid) != job->parent && job->parent != 1) {
            errno = ESRCH;
            fail(job, CLINUX_STEP_PARENT_DEATH);
        }
    }
    if (request->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(job, CLINUX_STEP_PRIVILEGES);
    if (request->file_mask >= 0) umask((mode_t)request->file_mask);
    if (request->folder && chdir(request->folder) < 0) fail(job, CLINUX_STEP_FOLDER);
    if (request->listen_pid) write_number(request->listen_pid, (pid_t)syscall(SYS_getpid));
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->arguments, request->environment);
    return fail(job, CLINUX_STEP_EXEC);
}

#if defined(__x86_64__) || defined(__aarch64__)
/// A child that is born in its control group, on a stack of its own: clone(2), clone3 with CLONE_INTO_CGROUP (Linux 5.7).
/// glibc has no function for it. \returns -1 with errno where kernel or filter refuse it.
static pid_t clone_in_group(struct job *job, char *stack, size_t size, int *pidfd) {
    struct {
        uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
    } arguments = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_INTO_CGROUP,
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
        .stack = (uintptr_t)stack,
        .stack_size = size,
        .cgroup = (uint64_t)job->request->control_group,
    };
#if defined(__x86_64__)
    long pid;
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"
        "mov %[job], %%rdi\n\t"
        "call *%[entry]\n\t"
        "hlt\n"
        "1:"
        : "=a"(pid)
        : "a"((long)SYS_clone3), "D"(&arguments), "S"(sizeof arguments), [job] "r"(job), [entry] "r"(child)
        : "rcx", "r11", "cc", "memory");
#else
    register long pid __asm__("x0") = (long)&arguments;
    register long length __asm__("x1") = (long)sizeof arguments;
    register long number __asm__("x8") = SYS_clone3;
    __asm__ volatile(
        "svc #0\n\t"
        "cbnz x0, 1f\n\t"
        "mov x29, xzr\n\t"
        "mov x0, %[job]\n\t"
        "blr %[entry]\n\t"
        "brk #1\n"
        "1:"
        : "+r"(pid)
        : "r"(length), "r"(number), [job] "r"(job), [entry] "r"(child)
        : "x30", "cc", "memory");
#endif
    if (pid < 0) errno = (int)-pid;
    return pid < 0 ? -1 : (pid_t)pid;
}
#else
static pid_t clone_in_group(struct job *job, char *stack, size_t size, int *pidfd) {
    (void)job, (void)stack, (void)size, (void)pidfd;
    errno = ENOSYS;
    return -1;
}
#endif

int clinux_spawn(const struct clinux_spawn_request *request, struct clinux_spawn_result *result) {
    memset(result, 0, sizeof *result);
    result->pidfd = -1;
    if (request->descriptor_count < 0 || request->descriptor_count > CLINUX_SPAWN_DESCRIPTORS) {
        result->step = CLINUX_STEP_DESCRIPTORS;
        return -EINVAL;
    }
    for (int index = 0; index < request->placed_count; index++) {
        int number = request->placed[2 * index + 1];
        if (index < CLINUX_SPAWN_PLACED && number >= 0 && number < 1024) continue;
        result->step = CLINUX_STEP_DESCRIPTORS;
        return -EINVAL;
    }
    char stack[65536] __attribute__((aligned(64)));
    struct job job = {.request = request, .parent = getpid()};
    sigset_t all, before;
    sigfillset(&all);
    // No handler of the parent may run in the child, which shares its memory.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    int pidfd = -1;
    pid_t pid = -1;
    errno = ENOSYS;
    if (request->control_group >= 0) {
        job.in_group = 1;
        pid = clone_in_group(&job, stack, sizeof stack, &pidfd);
        // Linux 6.18 kills at birth whom it takes for a member of a group that has been killed before.
        if (pid > 0 && !*(volatile int *)&job.begun) {
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
            close(pidfd);
            pidfd = pid = -1;
            errno = ENOSYS;
        }
        if (pid < 0) job.in_group = 0;
    }
    // Whatever was wrong with the group, the child meets it too, and says so. A process limit is no matter of the call.
    if (pid < 0 && errno != EAGAIN && errno != ENOMEM)
        pid = clone(child, stack + sizeof stack, flags | CLONE_PIDFD, &job, &pidfd);
    if (pid < 0 && errno == EINVAL) {
        pid = clone(child, stack + sizeof stack, flags, &job);
        if (pid > 0) pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    }
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) {
        result->step = CLINUX_STEP_CLONE;
        return -error;
    }
    if (job.error) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        if (pidfd >= 0) close(pidfd);
        result->step = job.step;
        return -job.error;
    }
    result->pid = pid;
    result->pidfd = pidfd;
    return 0;
}
