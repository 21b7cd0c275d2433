#include "clinux_access.h"

#include <endian.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { MAX_USERS = 200 };

struct entry {
    uint16_t tag;
    uint16_t permission;
    uint32_t id;
};

// The layout of linux/posix_acl_xattr.h: little-endian, a version, then the entries in the order of their tags and ids.
struct list {
    uint32_t version;
    struct entry entries[MAX_USERS + 4];
};

enum { TAG_OWNER = 0x01, TAG_USER = 0x02, TAG_GROUP = 0x04, TAG_MASK = 0x10, TAG_OTHER = 0x20 };

static struct entry make(uint16_t tag, int permission, uint32_t id) {
    struct entry entry = {htole16(tag), htole16((uint16_t)permission), htole32(id)};
    return entry;
}

int clinux_allow_users(const char *path, const uint32_t *users, size_t count, int permission) {
    if (count > MAX_USERS) return -E2BIG;
    struct stat status;
    if (stat(path, &status) != 0) return -errno;
    struct list list = {.version = htole32(2)};
    size_t used = 0;
    list.entries[used++] = make(TAG_OWNER, (status.st_mode >> 6) & 7, UINT32_MAX);
    for (size_t i = 0; i < count; i++) {
        // Insertion keeps the ids ascending, as the kernel asks.
        size_t place = used;
        while (place > 1 && le32toh(list.entries[place - 1].id) > users[i]) {
            list.entries[place] = list.entries[place - 1];
            place--;
        }
        list.entries[place] = make(TAG_USER, permission, users[i]);
        used++;
    }
    list.entries[used++] = make(TAG_GROUP, 0, UINT32_MAX);
    list.entries[used++] = make(TAG_MASK, permission, UINT32_MAX);
    list.entries[used++] = make(TAG_OTHER, 0, UINT32_MAX);
    size_t size = sizeof list.version + used * sizeof list.entries[0];
    return setxattr(path, "system.posix_acl_access", &list, size, 0) == 0 ? 0 : -errno;
}
