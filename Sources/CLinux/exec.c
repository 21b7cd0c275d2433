#define _GNU_SOURCE
#include "clinux_exec.h"
#include "clinux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int clinux_memory_file(const char *name) {
    int descriptor = memfd_create(name, MFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_keep_on_exec(int descriptor, int keep) {
    int flags = fcntl(descriptor, F_GETFD);
    if (flags < 0) return -errno;
    flags = keep ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
    return fcntl(descriptor, F_SETFD, flags) < 0 ? -errno : 0;
}

int clinux_execute(const char *path, char *const arguments[], char *const environment[]) {
    // The next program is given what we were given, and raises it again.
    clinux_restore_descriptor_limit();
    execve(path, arguments, environment);
    int error = errno;
    clinux_raise_descriptor_limit();
    return -error;
}
