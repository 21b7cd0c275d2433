#define _GNU_SOURCE
#include "clinux_confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_forbid_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int get_capabilities(struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(SYS_capget, &header, data) < 0 ? -errno : 0;
}

uint64_t clinux_effective_capabilities(void) {
    struct __user_cap_data_struct data[2];
    if (get_capabilities(data) < 0) return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
}

int clinux_keep_capabilities(uint64_t kept) {
    // Without CAP_SETPCAP the bounding set stays; no_new_privs has made it meaningless for us by then.
    for (int number = 0; number < 64; number++) {
        if (kept >> number & 1) continue;
        if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0 && errno == EINVAL) break;
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_data_struct data[2];
    int result = get_capabilities(data);
    if (result < 0) return result;
    for (int word = 0; word < 2; word++) {
        uint32_t mask = (uint32_t)(kept >> (32 * word));
        data[word].effective &= mask;
        data[word].permitted &= mask;
        data[word].inheritable = 0;
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

// Landlock's numbers and structures are the kernel's ABI (linux/landlock.h); the headers of Debian 12 know version 2 only.
enum { create_ruleset = 444, add_rule = 445, restrict_self = 446 };

struct ruleset {
    uint64_t fs, net, scoped;
};

struct __attribute__((packed)) beneath {
    uint64_t allowed;
    int32_t parent;
};

enum {
    execute = 1 << 0, write_file = 1 << 1, read_file = 1 << 2, read_folder = 1 << 3, remove_folder = 1 << 4,
    remove_file = 1 << 5, make_device = 1 << 6, make_folder = 1 << 7, make_file = 1 << 8, make_socket = 1 << 9,
    make_fifo = 1 << 10, make_block = 1 << 11, make_link = 1 << 12, refer = 1 << 13, truncate_file = 1 << 14,
};

static uint64_t accesses(int uses, int version) {
    uint64_t rights = 0;
    if (uses & CLINUX_PLACE_EXECUTE) rights |= execute;
    if (uses & CLINUX_PLACE_READ) rights |= read_file | read_folder;
    if (uses & CLINUX_PLACE_WRITE) {
        rights |= write_file | remove_folder | remove_file | make_device | make_folder | make_file | make_socket
            | make_fifo | make_block | make_link;
        if (version >= 2) rights |= refer;
        if (version >= 3) rights |= truncate_file;
    }
    return rights;
}

int clinux_landlock_version(void) {
    long version = syscall(create_ruleset, NULL, 0, 1);
    return version > 0 ? (int)version : 0;
}

int clinux_landlock_begin(int handled) {
    int version = clinux_landlock_version();
    if (version == 0) return -ENOSYS;
    struct ruleset rules = {accesses(handled, version), 0, version >= 6 ? 1 << 1 : 0};
    size_t size = version >= 6 ? sizeof rules : version >= 4 ? offsetof(struct ruleset, scoped) : sizeof rules.fs;
    long file = syscall(create_ruleset, &rules, size, 0);
    return file < 0 ? -errno : (int)file;
}

int clinux_landlock_allow(int rules, const char *path, int uses) {
    struct stat status;
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return -errno;
    int result = 0;
    if (fstat(place, &status) < 0) {
        result = -errno;
    } else {
        uint64_t rights = accesses(uses, clinux_landlock_version());
        if (!S_ISDIR(status.st_mode)) rights &= execute | write_file | read_file | truncate_file;
        struct beneath rule = {rights, place};
        if (syscall(add_rule, rules, 1, &rule, 0) < 0) result = -errno;
    }
    close(place);
    return result;
}

int clinux_landlock_enforce(int rules) {
    return syscall(restrict_self, rules, 0) < 0 ? -errno : 0;
}
