#ifndef CLINUX_IDENTITY_H
#define CLINUX_IDENTITY_H
#include <stddef.h>
#include <sys/types.h>

/// What the user database tells of a user.
struct clinux_user {
    uid_t uid;
    gid_t gid;
    char name[256];
    char home[1024];
};

/// Looks a user up by name. May ask the network: not for a thread that must not wait. Returns 0, -ENOENT or -errno.
int clinux_user_named(const char *name, struct clinux_user *user);
/// Looks a user up by number. Returns 0, -ENOENT or -errno.
int clinux_user_numbered(uid_t uid, struct clinux_user *user);
/// Looks a group up by name. Returns 0, -ENOENT or -errno.
int clinux_group_named(const char *name, gid_t *gid);
/// The groups of a user, `group` among them, as initgroups(3) would set them. Returns how many, or -errno.
int clinux_groups_of(const char *name, gid_t group, gid_t *groups, int capacity);
#endif
