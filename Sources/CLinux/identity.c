#define _GNU_SOURCE
#include "clinux_identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define ROOM 65536

static int take(int error, const struct passwd *found, struct clinux_user *user) {
    // "Not found" has many numbers: POSIX names none (getpwnam(3)).
    if (!found) return error == 0 || error == ESRCH || error == EBADF || error == EPERM ? -ENOENT : -error;
    memset(user, 0, sizeof *user);
    user->uid = found->pw_uid;
    user->gid = found->pw_gid;
    snprintf(user->name, sizeof user->name, "%s", found->pw_name);
    snprintf(user->home, sizeof user->home, "%s", found->pw_dir ? found->pw_dir : "/");
    return 0;
}

int clinux_user_named(const char *name, struct clinux_user *user) {
    struct passwd entry, *found = NULL;
    char room[ROOM];
    return take(getpwnam_r(name, &entry, room, sizeof room, &found), found, user);
}

int clinux_user_numbered(uid_t uid, struct clinux_user *user) {
    struct passwd entry, *found = NULL;
    char room[ROOM];
    return take(getpwuid_r(uid, &entry, room, sizeof room, &found), found, user);
}

int clinux_group_named(const char *name, gid_t *gid) {
    struct group entry, *found = NULL;
    char room[ROOM];
    int error = getgrnam_r(name, &entry, room, sizeof room, &found);
    if (!found) return error == 0 || error == ESRCH || error == EBADF || error == EPERM ? -ENOENT : -error;
    *gid = found->gr_gid;
    return 0;
}

int clinux_groups_of(const char *name, gid_t group, gid_t *groups, int capacity) {
    int count = capacity;
    return getgrouplist(name, group, groups, &count) < 0 ? -E2BIG : count;
}
