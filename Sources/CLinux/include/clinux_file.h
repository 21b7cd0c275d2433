#ifndef CLINUX_FILE_H
#define CLINUX_FILE_H
#include <stdint.h>

/// What stat(2) tells of a file, in fields that Swift reads alike with and without Foundation in sight: linked
/// statically, Foundation claims `struct stat` for a module of its own, and MemberImportVisibility hides its members.
struct clinux_status {
    uint64_t device;
    uint64_t inode;
    int64_t size;
    /// Nanoseconds since the epoch.
    int64_t modified;
    int64_t changed;
    /// Permission bits, 07777 at most.
    uint32_t mode;
    uint32_t owner;
    _Bool is_folder;
    _Bool is_file;
};

/// Follows a link at the end of the path. Returns 0 or -errno.
int clinux_stat(const char *path, struct clinux_status *status);
/// Tells of the link itself. Returns 0 or -errno.
int clinux_lstat(const char *path, struct clinux_status *status);
/// Tells of an open file. Returns 0 or -errno.
int clinux_fstat(int descriptor, struct clinux_status *status);
/// Lets the kernel begin to write a range of a file to the disk, without waiting for it: the sync at the end is then
/// short. A hint, whose failure shows in that sync. Returns 0 or -errno.
int clinux_start_write_back(int descriptor, int64_t offset, int64_t count);
/// Reads what is in memory, without waiting for the disk (Linux 4.14). Returns how much that was, 0 at the end of the file,
/// or -errno: -EAGAIN where nothing is, -EOPNOTSUPP where the file system cannot tell.
int64_t clinux_read_cached(int descriptor, void *bytes, int64_t count, int64_t offset);
#endif
