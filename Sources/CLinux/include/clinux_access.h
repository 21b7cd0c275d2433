#ifndef CLINUX_ACCESS_H
#define CLINUX_ACCESS_H
#include <stddef.h>
#include <stdint.h>

/// Lets users of these ids use a file or folder besides its owner, and nobody else: a POSIX access list, acl(5), that
/// replaces group and other. `permission` is 4 (read) + 2 (write) + 1 (execute, search). The owner keeps what the mode says.
/// Returns 0 or -errno; -EOPNOTSUPP where the file system has no access lists; -E2BIG for more than 200 users.
int clinux_allow_users(const char *path, const uint32_t *users, size_t count, int permission);
#endif
